// Counts of latencies in the buckets of measure::Histogram, as a plain array: recording is one
// increment at a number that was computed for a whole block of requests at once.
//
// From 2 us up to 2^40 ns (18 minutes); others are kept one by one. Sum, minimum and maximum are
// exact.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "measure/histogram.h"
#include "models/fleet/server/arrays/stages.h"

namespace springtide::models::fleet {

class LatencyCounts {
 public:
  static constexpr std::int64_t shortest = 2048, longest = (std::int64_t{1} << 40) - 1;

  LatencyCounts() : counts_(measure::Histogram::bucket_of(longest) + 1) {}

  // The numbers of the buckets of n values within shortest .. longest (find_buckets), and their
  // sums; n >= 1.
  void record(const std::uint32_t* buckets, std::size_t n, const LatencySums& sums) {
    for (std::size_t i = 0; i < n; ++i) ++counts_[buckets[i]];
    count_ += static_cast<std::int64_t>(n);
    sum_ += sums.latency;
    min_ = sums.least < min_ ? sums.least : min_;
    max_ = sums.most > max_ ? sums.most : max_;
  }

  // Any nonnegative values.
  void record_any(const std::int64_t* values, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) others_.record(values[i]);
  }

  // Adds everything to a histogram and forgets it.
  void move_into(measure::Histogram& histogram);

 private:
  std::vector<std::uint32_t> counts_;
  std::int64_t count_ = 0;
  measure::Int128 sum_ = 0;
  std::int64_t min_ = std::numeric_limits<std::int64_t>::max(), max_ = -1;
  measure::Histogram others_;
};

}  // namespace springtide::models::fleet
