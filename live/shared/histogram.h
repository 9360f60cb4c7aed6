// A histogram in memory that processes share: of fixed size, usable from all-zero bytes, written by
// one process and readable by others at any time, and still there when its writer is killed.
//
// Buckets are log-linear as those of measure::Histogram, 256 to the octave instead of 2048, so that
// a few megabytes of many of them are touched at most: the error of a quantile is at most 1/512
// (0.2 %); values below 512, count, minimum and maximum are exact.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "live/shared/counter.h"
#include "measure/histogram.h"

namespace springtide::live::shared {

class Histogram {
 public:
  // Nonnegative; a negative value counts as 0 (a clock read twice may run back by a moment).
  void record(std::int64_t value) {
    if (value < 0) value = 0;
    add_to(counts_[bucket_of(value)], std::uint32_t{1});
    // The least is kept as its distance from the largest number there is, so that zeros are right.
    constexpr std::int64_t top = std::numeric_limits<std::int64_t>::max();
    if (top - value > least_) std::atomic_ref(least_).store(top - value, std::memory_order_relaxed);
    if (value > most_) std::atomic_ref(most_).store(value, std::memory_order_relaxed);
  }

  void merge_into(measure::Histogram& histogram) const;

 private:
  static constexpr int mantissa_bits = 8;
  static constexpr std::size_t buckets = (std::size_t{63} - mantissa_bits + 1) << mantissa_bits;

  static std::size_t bucket_of(std::int64_t value) {
    const auto v = static_cast<std::uint64_t>(value);
    const int width = static_cast<int>(std::bit_width(v | (std::uint64_t{1} << mantissa_bits)));
    const int shift = width - 1 - mantissa_bits;
    return (static_cast<std::size_t>(shift) << mantissa_bits) + (v >> shift);
  }
  static std::int64_t middle_of(std::size_t bucket);

  std::int64_t least_, most_;
  std::array<std::uint32_t, buckets> counts_;
};

}  // namespace springtide::live::shared
