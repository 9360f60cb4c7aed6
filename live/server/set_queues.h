// The bounded input queues of the SETs, as one worker sees them.
//
// SET = user mod `sets`. The limit is of what waits in all processes together; each worker keeps
// what it has put itself and serves all of it before it reads again. A full queue refuses: the
// request is dropped without an answer, as the original does. Where a worker is killed, what it had
// waiting is taken off the shared lengths by forget().
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "live/shared/memory.h"

namespace springtide::live::server {

// Waiting requests by SET: of all processes, and of one.
class SetLengths {
 public:
  static Result<SetLengths> make(std::size_t sets) {
    auto lengths = shared::Memory<std::atomic<std::int64_t>>::make(sets);
    if (!lengths) return lengths.problems();
    SetLengths result;
    result.lengths_ = std::move(lengths.value());
    return result;
  }
  std::atomic<std::int64_t>& operator[](std::size_t set) const { return lengths_[set]; }
  std::size_t size() const { return lengths_.size(); }

 private:
  shared::Memory<std::atomic<std::int64_t>> lengths_;
};

// Takes what a killed worker had waiting off the lengths of all.
inline void forget(const SetLengths& all, const SetLengths& killed) {
  for (std::size_t set = 0; set < all.size(); ++set) all[set] -= killed[set].exchange(0);
}

template <typename Request>
class SetQueues {
 public:
  SetQueues(const SetLengths& all, const SetLengths& own, std::int64_t limit)
      : all_(all), own_(own), limit_(limit), queues_(all.size()) {}

  bool put(std::size_t set, const Request& request) {
    if (all_[set].fetch_add(1, std::memory_order_relaxed) >= limit_) {
      all_[set].fetch_sub(1, std::memory_order_relaxed);
      return false;
    }
    own_[set].store(own_[set].load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    if (queues_[set].empty()) active_.push_back(set);
    queues_[set].push_back(request);
    return true;
  }

  // Calls serve(set, request) for all that waits: SET by SET in the order in which they got their
  // first request, within a SET first come first served.
  template <typename Serve>
  void serve_all(Serve&& serve) {
    for (const std::size_t set : active_) {
      for (const Request& request : queues_[set]) serve(set, request);
      const auto served = static_cast<std::int64_t>(queues_[set].size());
      own_[set].store(0, std::memory_order_relaxed);
      all_[set].fetch_sub(served, std::memory_order_relaxed);
      queues_[set].clear();
    }
    active_.clear();
  }

 private:
  const SetLengths& all_;
  const SetLengths& own_;
  std::int64_t limit_;
  std::vector<std::vector<Request>> queues_;
  std::vector<std::size_t> active_;
};

}  // namespace springtide::live::server
