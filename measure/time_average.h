// The average over time of an integer that changes at instants: a queue length, busy workers.
// The integral is exact (128-bit value x nanoseconds), so no rounding builds up over a long run.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "base/check.h"
#include "base/time.h"
#include "measure/histogram.h"

namespace springtide::measure {

class TimeAverage {
 public:
  explicit TimeAverage(Instant begin = {}, std::int64_t value = 0)
      : begin_(begin), since_(begin), value_(value), max_(value) {}

  // Instants must not go back.
  void set(Instant at, std::int64_t value) {
    advance(at);
    value_ = value;
    max_ = std::max(max_, value);
  }
  void change(Instant at, std::int64_t by) { set(at, value_ + by); }

  // Forgets what was before (the end of a warm-up); the value stays.
  void restart(Instant at) { *this = TimeAverage(at, value_); }

  std::int64_t value() const { return value_; }
  std::int64_t max() const { return max_; }

  // Over [begin, end]; NaN if that is empty. `end` must not be before the last change.
  double mean(Instant end) const {
    SPRINGTIDE_CHECK(end >= since_, "an average cannot end before its last change");
    const Int128 total = integral_ + static_cast<Int128>(value_) * (end - since_).ns;
    if (end == begin_) return std::numeric_limits<double>::quiet_NaN();
    return static_cast<double>(total) / static_cast<double>((end - begin_).ns);
  }

 private:
  void advance(Instant at) {
    SPRINGTIDE_CHECK(at >= since_, "time must not go back");
    integral_ += static_cast<Int128>(value_) * (at - since_).ns;
    since_ = at;
  }

  Instant begin_, since_;
  std::int64_t value_;
  std::int64_t max_;
  Int128 integral_ = 0;
};

}  // namespace springtide::measure
