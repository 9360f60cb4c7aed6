// Counts of latencies in the buckets of measure::Histogram, as a plain array: recording is one
// increment at a number that was computed for a whole block of requests at once.
//
// Up to 2^40 ns (18 minutes); longer ones are kept one by one. Sum, minimum and maximum are exact.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "measure/histogram.h"

namespace springtide::models::fleet {

class LatencyCounts {
 public:
  static constexpr int value_bits = 40;

  LatencyCounts() : counts_(measure::Histogram::bucket_of(std::int64_t{1} << value_bits)) {}

  // Nonnegative values and the numbers of their buckets (measure::Histogram::bucket_of).
  void record(const std::int64_t* values, const std::uint32_t* buckets, std::size_t n) {
    std::int64_t sum = 0, least = min_, most = max_;
    for (std::size_t i = 0; i < n; ++i) {
      sum += values[i];
      least = std::min(least, values[i]);
      most = std::max(most, values[i]);
    }
    if (most >> value_bits != 0) [[unlikely]]
      return record_long(values, n);
    sum_ += sum;
    min_ = least;
    max_ = most;
    count_ += static_cast<std::int64_t>(n);
    for (std::size_t i = 0; i < n; ++i) ++counts_[buckets[i]];
  }

  // Adds everything to a histogram and forgets it.
  void move_into(measure::Histogram& histogram);

 private:
  void record_long(const std::int64_t* values, std::size_t n);

  std::vector<std::uint32_t> counts_;
  std::int64_t count_ = 0;
  measure::Int128 sum_ = 0;
  std::int64_t min_ = std::numeric_limits<std::int64_t>::max(), max_ = -1;
  measure::Histogram long_;
};

}  // namespace springtide::models::fleet
