// Runs a scenario in virtual time: the one entry of this folder for everything above it.
//
//   spec::Scenario --run_scenario--> measure::Record
//
// The record depends on the scenario and the seed alone, never on the number of threads or ranks,
// on `progress` or on the machine (DESIGN: "Promise").
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include "base/diagnostic.h"
#include "base/time.h"
#include "measure/record.h"
#include "sim/ranks/ranks.h"
#include "spec/scenario.h"

namespace springtide::models {

// How far a run is. Told at the ends of windows, often enough for the eye however long the run is,
// always from the thread that called run_scenario; the receiver decides how often it shows it.
struct Progress {
  Instant now;                // simulated
  Instant end;                // where the run will stop sending
  std::int64_t requests = 0;  // offered so far, all operations together
};

struct RunOptions {
  unsigned threads = 1;     // 0: as many as the machine has cores
  std::uint64_t seed = 1;   // wins over the scenario's own
  std::int64_t sample = 0;  // of a fleet: so many servers of each kind, the rest is estimated from
                            // them; 0: all servers
  bool margins = false;     // of a fleet: simulates how much more a server could carry at the peak
  std::function<void(const Progress&)> progress;  // may be empty
  const std::atomic<bool>* stop = nullptr;  // once true, the run ends at the next window: what
                                            // was measured is returned with complete == false
  // Several: all of them call run_scenario with the same scenario and options; each runs its part
  // of the servers, on its own threads. Only the first gets the record, the others an empty one,
  // and only the first tells of progress. One that stops stops all. nullptr: alone.
  sim::Ranks* ranks = nullptr;
};

// Fails with diagnostics where the scenario asks for what the models cannot do (that is exit
// code 2 of the program); it never throws.
Result<measure::Record> run_scenario(const spec::Scenario& scenario, const RunOptions& options);

}  // namespace springtide::models
