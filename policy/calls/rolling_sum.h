// A sum over the recent past: what was added in the last `window`, in ten slices that expire one
// after the other. So what is remembered is between nine tenths of the window and all of it.
//
//     |  s1 |  s2 |  s3 | ... | s10 |        a slice is window / 10; as a new one begins, the
//     ^ expires next          ^ now          oldest is forgotten
//
// The same cut that Finagle's WindowedAdder and Hystrix's rolling counters make. Pure: state and
// instants, which must not go back. Memory: ten numbers.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/time.h"

namespace springtide::policy {

template <typename Number>
class RollingSum {
 public:
  static constexpr std::int64_t slices = 10;

  explicit RollingSum(Duration window)  // at least 10 ns; shorter counts as that
      : slice_(std::max<std::int64_t>(window.ns / slices, 1)) {}

  void add(Instant now, Number amount) {
    move_to(now);
    at(number_) += amount;
    sum_ += amount;
  }

  Number sum(Instant now) {
    move_to(now);
    return sum_;
  }

  void clear() {
    values_ = {};
    sum_ = {};
  }

 private:
  Number& at(std::int64_t number) { return values_[static_cast<std::size_t>(number % slices)]; }

  void move_to(Instant now) {
    const std::int64_t number = now.ns / slice_;
    if (number == number_) return;
    const std::int64_t first = std::max(number_ + 1, number - slices + 1);
    for (std::int64_t i = first; i <= number; ++i) {
      sum_ -= at(i);
      at(i) = {};
    }
    number_ = number;
  }

  std::int64_t slice_;  // ns
  std::int64_t number_ = 0;
  std::array<Number, static_cast<std::size_t>(slices)> values_{};
  Number sum_{};
};

}  // namespace springtide::policy
