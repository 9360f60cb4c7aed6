#include "live/monitor/latency.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace springtide::live::monitor {
namespace {

// The bounds of a bucket in microseconds. What is above all bounds ends with the largest latency.
struct Bounds {
  double low, high;
};

Bounds bounds_of(std::size_t bucket, double largest) {
  const auto& bounds = wire::latency_bounds_us;
  const double low = bucket == 0 ? 0 : static_cast<double>(bounds[bucket - 1]);
  const double high =
      bucket < bounds.size() ? static_cast<double>(bounds[bucket]) : std::max(low, largest);
  return {low, largest >= low && largest < high ? largest : high};
}

}  // namespace

std::uint64_t latency_count(const wire::Counters& counters) {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < wire::latency_buckets; ++i)
    count += counters[wire::in_second::latency_first + i];
  return count;
}

std::optional<double> latency_quantile_ms(const wire::Counters& counters, double p) {
  SPRINGTIDE_CHECK(p > 0 && p <= 1, "a share of 0 to 1");
  const std::uint64_t count = latency_count(counters);
  if (count == 0) return std::nullopt;
  const double rank = std::max(1.0, std::ceil(p * static_cast<double>(count)));
  const auto largest = static_cast<double>(counters[wire::in_second::latency_max_us]);
  double below = 0;
  for (std::size_t i = 0; i < wire::latency_buckets; ++i) {
    const auto here = static_cast<double>(counters[wire::in_second::latency_first + i]);
    if (below + here < rank) {
      below += here;
      continue;
    }
    const Bounds bounds = bounds_of(i, largest);
    const double share = (rank - below) / here;
    const double us = bounds.low == 0 ? bounds.high * share
                                      : bounds.low * std::pow(bounds.high / bounds.low, share);
    return us / 1e3;
  }
  return largest / 1e3;  // sums that stopped at the largest number do not add up
}

}  // namespace springtide::live::monitor
