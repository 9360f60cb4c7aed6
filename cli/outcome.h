// How a run ended, told to a person or to a script.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "measure/record.h"

namespace springtide::cli {

struct Outcome {
  const measure::Record& record;
  std::string title;
  std::uint64_t seed = 1;
  std::string directory;  // of the result
  std::string report;     // path of report.html; empty without one
  double wall_seconds = 0;
  bool live = false;                 // over sockets, in real time
  std::vector<std::string> notes{};  // what a reader should know besides
};

// Interrupted beats invalid, invalid beats a failed threshold.
int exit_code_of(const measure::Record& record);

// A few lines: what was run, what every request came to, thresholds, what is broken, verdict.
std::string to_text(const Outcome& outcome);

// One JSON object, keys sorted:
//   title, seed, fingerprint, verdict ("passed", "threshold failed", "invalid", "interrupted"),
//   exit_code, result, report, requests {operation: {offered, answered, ...}},
//   figures {name: {value, unit}}, thresholds [{metric, expression, observed, unit, passed}],
//   broken [{name, detail}], estimated (where not all was simulated: from what)
std::string to_json(const Outcome& outcome);

}  // namespace springtide::cli
