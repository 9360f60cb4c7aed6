#include "live/shared/histogram.h"

#include <algorithm>

namespace springtide::live::shared {

std::int64_t Histogram::middle_of(std::size_t bucket) {
  const int shift =
      bucket >> (mantissa_bits + 1) == 0 ? 0 : static_cast<int>(bucket >> mantissa_bits) - 1;
  const auto lowest =
      static_cast<std::int64_t>(bucket - (static_cast<std::size_t>(shift) << mantissa_bits))
      << shift;
  return lowest + ((std::int64_t{1} << shift) - 1) / 2;
}

void Histogram::merge_into(measure::Histogram& histogram) const {
  const std::int64_t least = std::numeric_limits<std::int64_t>::max() - read_of(least_);
  const std::int64_t most = read_of(most_);
  if (most < least) return;  // nothing was recorded
  std::int64_t least_left = 1, most_left = 1;
  // No further: the pages beyond have never been touched, and reading one makes it.
  for (std::size_t bucket = bucket_of(least); bucket <= bucket_of(most); ++bucket) {
    std::int64_t count = read_of(counts_[bucket]);
    if (count == 0) continue;
    // One value each is known exactly.
    if (bucket == bucket_of(least) && least_left > 0) {
      histogram.record(least);
      --least_left, --count;
    }
    if (count > 0 && bucket == bucket_of(most) && most_left > 0) {
      histogram.record(most);
      --most_left, --count;
    }
    histogram.record(std::clamp(middle_of(bucket), least, most), count);
  }
}

}  // namespace springtide::live::shared
