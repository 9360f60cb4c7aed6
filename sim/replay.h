// Record and replay: where does a run first differ from an earlier one of the same model?
//
// A run that records fills a log with the fingerprint of each process as it goes; a run that
// replays compares with it and ends at the first difference. In three steps to the very event:
//
//   period = 1 s              a long run in a small log: which second, which process first?
//   from, to = that second    every window in which a process ran: which window?
//   every_event = true        every event: which one?
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/time.h"
#include "sim/event.h"

namespace springtide::sim {

// The state of one process after a window, or (every_event) just before it handles an event.
struct ReplayEntry {
  Instant from, to;               // of the window; both the event's instant for an event
  std::uint64_t fingerprint = 0;  // of all events that the process has handled
  std::uint64_t events = 0;       // how many these are
  std::uint64_t scheduled = 0;    // how many it has scheduled and sent
  ProcessId process = 0;
  std::uint32_t kind = 0;  // of the event; 0 for a window
  bool operator==(const ReplayEntry&) const = default;
};

struct ReplayLog {
  Duration period{};                      // 0: every window; else the first window of each period
  Instant from{}, to = Instant::never();  // windows that begin in [from, to)
  bool every_event = false;               // 56 bytes an event; windows as well
  std::vector<ReplayEntry> entries;       // by window, stage and process

  // A binary file, readable on machines of the same byte order.
  std::optional<Diagnostic> save(const std::string& file) const;
  static Result<ReplayLog> load(const std::string& file);
};

struct Divergence {
  std::string process;
  Instant from, to;  // of the window (or event) of this run that differs
  std::string what;  // a sentence for the user
};

// Compares a run, entry by entry, with the log of an earlier one.
class ReplayCursor {
 public:
  explicit ReplayCursor(const ReplayLog& recorded) : recorded_(recorded) {}

  // The first difference, if this entry shows one.
  std::optional<Divergence> compare(const ReplayEntry& entry, const std::string& process);
  bool exhausted() const { return next_ >= recorded_.entries.size(); }

 private:
  const ReplayLog& recorded_;
  std::size_t next_ = 0;
};

}  // namespace springtide::sim
