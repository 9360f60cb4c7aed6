// A histogram of nonnegative 64-bit values (latencies in nanoseconds, queue lengths, sizes) with a
// bounded relative error over the whole range, 0 to 2^63-1. Nothing is ever clamped or lost.
//
//   value      0 .. 4095   4096 .. 8191   8192 .. 16383   ...   2^62 .. 2^63-1
//   bucket     1 wide      2 wide         4 wide          ...   2^51 wide
//
// Buckets are log-linear: 2048 to the octave, so a bucket is at most 1/2048 of its value wide. The
// middle of a bucket stands for what lies in it: the error of a quantile is at most 1/4096
// (0.025 %); values below 4096, count, minimum, maximum, sum and mean are exact.
//
// Memory is taken in pages of 128 buckets (1 KiB, a sixteenth of an octave) when a value first
// falls there. Merging adds integers: any order and grouping gives the same histogram.
// Left out: removing values, correction for coordinated omission (our latencies count from the
// intended instant, so there is none to correct).
// The scheme is that of Gil Tene's HdrHistogram (hdrhistogram.org) with a fixed precision.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

#include "base/check.h"

namespace springtide::measure {

__extension__ using Int128 = __int128;

class Histogram {
 public:
  static constexpr int mantissa_bits = 11;
  static constexpr double relative_error = 1.0 / (2 << mantissa_bits);

  // A negative value is a bug of the caller.
  void record(std::int64_t value) {
    SPRINGTIDE_CHECK(value >= 0, "a histogram holds nonnegative values");
    ++bucket(bucket_of(value));
    ++count_;
    sum_ += value;
    if (value < min_) min_ = value;
    if (value > max_) max_ = value;
  }
  void record(std::int64_t value, std::int64_t times);  // times >= 0

  void merge(const Histogram& other);

  // For those who count in an array of their own: the number of a value's bucket, and all that was
  // counted in the buckets from `first` on, with its exact values. A value is at least 0; not all
  // counts are zero.
  static std::size_t bucket_of(std::int64_t value) {
    const auto v = static_cast<std::uint64_t>(value);
    const int width = static_cast<int>(std::bit_width(v | (std::uint64_t{1} << mantissa_bits)));
    const int shift = width - 1 - mantissa_bits;
    return (static_cast<std::size_t>(shift) << mantissa_bits) + (v >> shift);
  }
  static std::int64_t lowest_of(std::size_t bucket) {
    const int shift = shift_of(bucket);
    return static_cast<std::int64_t>(bucket - (static_cast<std::size_t>(shift) << mantissa_bits))
           << shift;
  }
  void add_counts(std::size_t first, std::span<const std::uint32_t> counts, std::int64_t min,
                  std::int64_t max, Int128 sum);

  bool empty() const { return count_ == 0; }
  std::int64_t count() const { return count_; }
  Int128 sum() const { return sum_; }
  // Nothing, or NaN, where no value was recorded.
  std::optional<std::int64_t> min() const { return empty() ? std::nullopt : std::optional(min_); }
  std::optional<std::int64_t> max() const { return empty() ? std::nullopt : std::optional(max_); }
  double mean() const;
  double standard_deviation() const;  // from the middles of the buckets; of the population

  // The smallest value with at least the share p of all values at or below it (the ceil(p n)-th
  // smallest), within `relative_error`; exactly the minimum at p = 0 and the maximum at p = 1.
  // 0 <= p <= 1. Monotone in p.
  std::optional<std::int64_t> quantile(double p) const;

  // How many values lie above `value`, but for those in the same bucket, which count as not above
  // (they are within 0.05 % of it).
  std::int64_t count_above(std::int64_t value) const;

  // Calls visit(lowest, highest, count) for every bucket that is not empty, in ascending order;
  // the bucket holds the values lowest .. highest, both included.
  template <typename Visitor>
  void for_each_bucket(Visitor&& visit) const {
    for (std::size_t page = 0; page < offset_of_page_.size(); ++page) {
      if (offset_of_page_[page] == no_page) continue;
      for (std::size_t i = 0; i < page_size; ++i)
        if (const std::int64_t n = counts_[offset_of_page_[page] + i]; n > 0) {
          const std::size_t number = (page << page_bits) + i;
          visit(lowest_of(number), lowest_of(number) + (width_of(number) - 1), n);
        }
    }
  }

  // What stands for the values of the bucket lowest .. highest: its middle, within min .. max.
  std::int64_t representative(std::int64_t lowest, std::int64_t highest) const;

  std::size_t bytes() const;  // of memory

  // Equal counts in every bucket and equal exact values, whatever the order of recording.
  bool operator==(const Histogram& other) const;

  // For readers of a written histogram: counts by bucket alone cannot restore the exact values.
  // All three must be possible for the recorded buckets; false (and no change) if they are not.
  bool restore_exact(std::int64_t min, std::int64_t max, Int128 sum);

  // For checkpoints (base/bytes.h). The bytes say what was recorded, not in which order.
  static void state(auto& self, auto& bytes) {
    if constexpr (std::is_const_v<std::remove_reference_t<decltype(self)>>)
      fields(self.with_ordered_pages(), bytes);
    else
      fields(self, bytes);
  }

 private:
  static constexpr int page_bits = 7;
  static constexpr std::size_t page_size = std::size_t{1} << page_bits;
  static constexpr std::uint32_t no_page = std::numeric_limits<std::uint32_t>::max();

  static int shift_of(std::size_t number) {
    return number >> (mantissa_bits + 1) == 0 ? 0 : static_cast<int>(number >> mantissa_bits) - 1;
  }
  static std::int64_t width_of(std::size_t number) { return std::int64_t{1} << shift_of(number); }

  std::int64_t& bucket(std::size_t number) {
    const std::size_t page = number >> page_bits;
    if (page >= offset_of_page_.size() || offset_of_page_[page] == no_page) [[unlikely]]
      add_page(page);
    return counts_[offset_of_page_[page] + (number & (page_size - 1))];
  }
  void add_page(std::size_t page);
  Histogram with_ordered_pages() const;
  static void fields(auto&& self, auto& bytes) {
    bytes(self.offset_of_page_, self.counts_, self.count_, self.sum_, self.min_, self.max_);
    for (const std::uint32_t offset : self.offset_of_page_)
      bytes.require(offset == no_page || offset + page_size <= self.counts_.size());
  }

  std::vector<std::uint32_t> offset_of_page_;  // into counts_, or no_page
  std::vector<std::int64_t> counts_;           // page after page, in order of first use
  std::int64_t count_ = 0;
  Int128 sum_ = 0;
  std::int64_t min_ = std::numeric_limits<std::int64_t>::max();
  std::int64_t max_ = -1;
};

}  // namespace springtide::measure
