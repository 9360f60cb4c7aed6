#include "models/fleet/server/arrays/stages.h"

#include <algorithm>
#include <bit>

#include "measure/histogram.h"
#include "models/fleet/server/arrays/every_width.h"
#include "workload/crowd/shake.h"

namespace springtide::models::fleet {

SPRINGTIDE_EVERY_WIDTH void find_instants(const std::uint64_t* words, std::size_t n,
                                          std::int64_t begin, std::int64_t* instants) {
  constexpr int offset_shift = 64 - workload::tick_bits;
  for (std::size_t i = 0; i < n; ++i) {
    const auto offset = static_cast<std::uint32_t>(words[i] >> offset_shift);
    instants[i] = begin + static_cast<std::int64_t>(std::uint64_t{offset} * 1'953'125u >> 11);
  }
}

SPRINGTIDE_EVERY_WIDTH bool all_apart(const std::int64_t* instants, std::size_t n,
                                      std::size_t places, std::int64_t least) {
  std::int64_t close = 0;
  for (std::size_t i = places; i < n; ++i)
    close += std::int64_t{instants[i] - instants[i - places] < least};
  return close == 0;
}

SPRINGTIDE_EVERY_WIDTH LatencySums find_latencies(const std::int64_t* base,
                                                  const std::int64_t* done, std::size_t n,
                                                  std::int64_t* ways) {
  LatencySums sums;
  for (std::size_t i = 0; i < n; ++i) {
    ways[i] += done[i] - base[i];
    sums.done += done[i];
    sums.latency += ways[i];
  }
  sums.least = sums.most = ways[0];
  for (std::size_t i = 1; i < n; ++i) {
    sums.least = ways[i] < sums.least ? ways[i] : sums.least;
    sums.most = ways[i] > sums.most ? ways[i] : sums.most;
  }
  return sums;
}

// Buckets are the leading 12 bits of a value and its magnitude: those of the value as a double, but
// for a constant. 2^52 + v is exact, and so is what is left when 2^52 is taken away.
SPRINGTIDE_EVERY_WIDTH void find_buckets(const std::int64_t* values, std::size_t n,
                                         std::uint32_t* buckets) {
  constexpr int bits = measure::Histogram::mantissa_bits;
  constexpr std::uint64_t two_to_52 = 0x4330'0000'0000'0000;
  constexpr std::uint64_t first = (std::uint64_t{1023 + bits} << bits) - (std::uint64_t{1} << bits);
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint64_t raised = static_cast<std::uint64_t>(values[i]) | two_to_52;
    const double value = std::bit_cast<double>(raised) - 0x1p52;
    const std::uint64_t number = (std::bit_cast<std::uint64_t>(value) >> (52 - bits)) - first;
    buckets[i] = static_cast<std::uint32_t>(number);
  }
}

}  // namespace springtide::models::fleet
