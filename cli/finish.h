// The end of a run, simulated or live: it is judged, written as a result directory, and told.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "cli/interrupt.h"
#include "cli/rendering.h"
#include "measure/record.h"
#include "measure/result_directory.h"
#include "spec/scenario_reader.h"

namespace springtide::cli {

// Adds the checks that every record must pass and the verdict of every threshold. What the run
// could have measured but has no data for fails. An interrupted run is judged only where it has
// what the thresholds ask for. Problems are of thresholds that name what no run measures.
Diagnostics judge_run(const spec::Scenario& scenario, measure::Record& record);

struct ResultWish {
  std::string directory;
  bool force = false, json = false, report = true;
  RenderingOptions rendering{};
  bool live = false;                 // over sockets, in real time
  std::vector<std::string> notes{};  // what a reader should know besides
};

// Returns the exit code.
int write_and_tell(const ResultWish& wish, const spec::LoadedScenario& scenario,
                   const measure::Record& record, const measure::Manifest& manifest,
                   const Interrupt& interrupt);

}  // namespace springtide::cli
