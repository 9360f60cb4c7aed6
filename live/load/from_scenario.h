// What a scenario says about the load: who sends, by what plan, how long.
#pragma once

#include <cstdint>
#include <string>

#include "base/diagnostic.h"
#include "live/load/load.h"
#include "spec/scenario.h"

namespace springtide::live::load {

struct ScenarioLoad {
  std::string clients;    // the name of the group that sends
  std::string operation;  // what it asks
  LoadOptions options;    // plan, connections (the population), plan_from, plan_end,
                          // measured_from, start_unix, seed; the target is not the scenario's
};

// The scenario must have one group of clients, over a population. plan_from is the second in which
// the first request may be due: the time before it, in which a simulated population connects, is
// not waited through; connecting takes as long as it takes.
Result<ScenarioLoad> load_of(const spec::Scenario& scenario);

// The text of a scenario for a load that has none: `connections` users asking the red-packet access
// server of 2017 at `rate` ("60k/s") for `duration` ("60s"); plan: "slots", "poisson", "constant".
std::string scenario_text(const std::string& title, std::int64_t connections,
                          const std::string& plan, const std::string& rate,
                          const std::string& duration);

}  // namespace springtide::live::load
