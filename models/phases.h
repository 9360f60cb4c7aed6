// The phases of a scenario as marks of a record.
#pragma once

#include "measure/record.h"
#include "spec/scenario.h"

namespace springtide::models {

inline void add_phases(const spec::Scenario& scenario, measure::Record& record) {
  for (const auto& [name, phase] : scenario.phases)
    record.marks.push_back({"phase", name, Instant{} + phase.from, Instant{} + phase.to});
}

}  // namespace springtide::models
