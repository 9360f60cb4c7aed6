// The requests of a second one by one, with those among them that are lost and come again before
// the second is over: what Crowd::again() does not take.
//
//   SecondWalk walk(crowd.requests_of(second, workspace));
//   while (const std::optional<Shake> shake = walk.next())
//     if (lost(*shake) && !crowd.again(*shake, arrives)) walk.again(*shake, arrives);
//
// In the order of instants, then users. Costs a comparison a request as long as nothing is lost.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "base/check.h"
#include "base/time.h"
#include "workload/crowd/shake.h"

namespace springtide::workload {

class SecondWalk {
 public:
  explicit SecondWalk(std::span<const Shake> requests) : requests_(requests) {}

  std::optional<Shake> next() {
    if (!again_.empty() && (at_ == requests_.size() || again_.front() < requests_[at_]))
        [[unlikely]]
      return next_again();
    if (at_ == requests_.size()) return {};
    return requests_[at_++];
  }

  // In the second of the walk, and not before the request that next() gave last.
  // shake.attempt() < Shake::max_attempt.
  void again(Shake shake, Instant arrives) {
    SPRINGTIDE_CHECK(shake.attempt() < Shake::max_attempt, "attempts are numbered up to 13");
    const std::int64_t offset = ticks_of(arrives.since_start()) & (ticks_per_second - 1);
    again_.push_back({pack(offset, shake.user(), shake.kind() + 1, 0)});
    std::push_heap(again_.begin(), again_.end(), std::greater<>());
    ++inserted_;
  }

  // How many came again; CrowdCounts::again has those of earlier seconds only.
  std::int64_t inserted() const { return inserted_; }

 private:
  std::optional<Shake> next_again() {
    std::pop_heap(again_.begin(), again_.end(), std::greater<>());
    const Shake shake = again_.back();
    again_.pop_back();
    return shake;
  }

  std::span<const Shake> requests_;
  std::size_t at_ = 0;
  std::vector<Shake> again_;  // a heap, the earliest in front
  std::int64_t inserted_ = 0;
};

}  // namespace springtide::workload
