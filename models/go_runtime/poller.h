// The network poller: which goroutines have become readable, and since when.
//
// One parked thread may block in the poll; data wakes it after a thread wake-up, it takes up to a
// batch, gives the first goroutine to an idle P and the rest to the global queue. While every P
// finds work of its own nobody polls, until the monitor does (src/runtime/proc.go findrunnable,
// sysmon; netpoll_epoll.go). A poll returns its batch in reverse order (netpollready pushes at the
// head).
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/time.h"
#include "models/go_runtime/run_queue.h"

namespace springtide::models::go {

class Poller {
 public:
  // `at` must not go back between calls.
  void readable(Instant at, Goroutine g) { pending_.push_back({at, g}); }

  bool any(Instant now) const { return first_ < pending_.size() && pending_[first_].at <= now; }
  bool waiting() const { return first_ < pending_.size(); }
  Instant earliest() const { return waiting() ? pending_[first_].at : Instant::never(); }

  // Up to `most` goroutines readable by `now`, in the order in which a poll returns them.
  void poll(Instant now, std::size_t most, std::vector<Goroutine>& batch) {
    batch.clear();
    while (any(now) && batch.size() < most) batch.push_back(pending_[first_++].g);
    std::reverse(batch.begin(), batch.end());
    last_poll = now;
    if (first_ == pending_.size()) {
      pending_.clear();
      first_ = 0;
    } else if (first_ > 4096 && first_ * 2 > pending_.size()) {
      pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(first_));
      first_ = 0;
    }
  }

  bool blocked = false;    // a thread is blocked in the poll
  bool returning = false;  // and has been woken
  Instant last_poll{};

 private:
  struct Readable {
    Instant at;
    Goroutine g;
  };
  std::vector<Readable> pending_;
  std::size_t first_ = 0;
};

}  // namespace springtide::models::go
