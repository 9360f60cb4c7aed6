// Record and replay: where does a run first differ from an earlier one of the same model?
//
// For every window and every process that ran in it, the log keeps the process's fingerprint after
// the window. A second run compares as it goes and ends at the first difference: what differs
// began in that process, in that window.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/time.h"
#include "sim/event.h"

namespace springtide::sim {

struct ReplayEntry {
  Instant window_begin, window_end;
  std::uint64_t fingerprint = 0;  // of the process, after the window
  std::uint64_t events = 0;       // of the process, after the window
  ProcessId process = 0;
  std::uint32_t unused = 0;
  bool operator==(const ReplayEntry&) const = default;
};

struct ReplayLog {
  std::vector<ReplayEntry> entries;  // in the order in which windows and stages ran
};

struct Divergence {
  std::string process;
  Instant window_begin, window_end;
  std::string what;
};

}  // namespace springtide::sim
