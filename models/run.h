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
#include <string>

#include "base/diagnostic.h"
#include "base/time.h"
#include "measure/record.h"
#include "models/checkpoint/head.h"
#include "sim/ranks/ranks.h"
#include "spec/scenario.h"

namespace springtide::models {

// How far a run is. Told at the ends of windows, often enough for the eye however long the run is,
// always from the thread that called run_scenario; the receiver decides how often it shows it.
struct Progress {
  Instant now;                // simulated
  Instant end;                // where the run will stop sending
  std::int64_t requests = 0;  // offered so far, all operations together
  // Where this program began: after the start where the run goes on from a checkpoint.
  Instant begun{};
  std::int64_t requests_before = 0;
};

// How a run is kept beside it, so that one that ends half way can go on (docs/fleet.md,
// "Checkpoints"). What is written, and when, changes nothing in the record.
struct Checkpoints {
  std::string file;           // written here; empty: nowhere
  std::function<bool()> due;  // asked between two slabs of time; a run that stops is due too
  std::string resume;         // goes on from this checkpoint; empty: from the start
  CheckpointHead head;        // of what is written; of what is resumed, it must be the same run
  std::function<void(Diagnostic)> failed;  // to write one; the run goes on
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
  Checkpoints checkpoints{};
};

// Fails with diagnostics where the scenario asks for what the models cannot do (that is exit
// code 2 of the program); it never throws.
Result<measure::Record> run_scenario(const spec::Scenario& scenario, const RunOptions& options);

}  // namespace springtide::models
