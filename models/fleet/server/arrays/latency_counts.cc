#include "models/fleet/server/arrays/latency_counts.h"

#include <algorithm>

namespace springtide::models::fleet {

void LatencyCounts::move_into(measure::Histogram& histogram) {
  histogram.merge(others_);
  others_ = {};
  if (count_ == 0) return;
  const std::size_t first = measure::Histogram::bucket_of(min_);
  const std::size_t last = measure::Histogram::bucket_of(max_);
  histogram.add_counts(first, {counts_.data() + first, last + 1 - first}, min_, max_, sum_);
  std::fill(counts_.data() + first, counts_.data() + last + 1, 0);
  count_ = 0;
  sum_ = 0;
  min_ = std::numeric_limits<std::int64_t>::max();
  max_ = -1;
}

}  // namespace springtide::models::fleet
