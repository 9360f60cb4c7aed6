// Ctrl-C (SIGINT) and SIGTERM while a run goes on.
//
//   once   stop() becomes true: the run ends at its next window, its partial result is written
//   twice  the program ends at once, without a result; a directory half written is removed
//
// The signals are taken by a thread of their own, so nothing here runs inside a signal handler.
// Make one before any other thread exists: threads inherit that the signals are blocked.
#pragma once

#include <atomic>
#include <filesystem>
#include <string>

namespace springtide::cli {

class Interrupt {
 public:
  // `destination` is where the result will be: what lies half written beside it is removed.
  explicit Interrupt(std::filesystem::path destination);
  // The thread lives until the program ends, so this object must be made once and kept.
  ~Interrupt() = default;
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  const std::atomic<bool>* stop() const;
  // Before a failure to write is told: after the second signal it is only that signal's doing, and
  // the program is about to end. Then this does not return.
  void stay_if_ending() const;
};

}  // namespace springtide::cli
