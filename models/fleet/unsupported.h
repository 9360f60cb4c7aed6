// What a scenario asks for and the fleet road would not do: told, instead of left out in silence.
//
// Only what changes a result: what the road leaves out of every run, whatever the scenario says
// (the scheduler's constants, the packet queues of SETs), is in docs/fleet.md.
#pragma once

#include <string>

#include "base/diagnostic.h"
#include "spec/scenario.h"

namespace springtide::models::fleet {

// Names of entries of the scenario that the road runs; all of them exist.
struct Run {
  std::string clients, service, link;
};

Diagnostics unsupported(const spec::Scenario& scenario, const Run& run);

}  // namespace springtide::models::fleet
