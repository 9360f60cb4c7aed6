// The stages of a block of requests that are the same few operations on every element: written so
// that the compiler does several at once. Integers only, or doubles that are exact: every way of
// compiling gives the same values.
#pragma once

#include <cstddef>
#include <cstdint>

namespace springtide::models::fleet {

// When requests arrive, ns: words as in workload/crowd/shake.h, of the second that begins at
// `begin`.
void find_instants(const std::uint64_t* words, std::size_t n, std::int64_t begin,
                   std::int64_t* instants);

// Whether every instant is at least `least` after the one that stands `places` before it.
bool all_apart(const std::int64_t* instants, std::size_t n, std::size_t places, std::int64_t least);

struct LatencySums {
  std::int64_t done = 0, latency = 0;
  std::int64_t least = 0, most = 0;  // latency
};

// Adds the time from `base` to `done` to each of `ways`, which it makes latencies. n >= 1.
LatencySums find_latencies(const std::int64_t* base, const std::int64_t* done, std::size_t n,
                           std::int64_t* ways);

// The numbers of the buckets of measure::Histogram; values from 2048 to 2^52 - 1.
void find_buckets(const std::int64_t* values, std::size_t n, std::uint32_t* buckets);

}  // namespace springtide::models::fleet
