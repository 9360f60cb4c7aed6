#include "measure/histogram.h"

#include <algorithm>
#include <cmath>

namespace springtide::measure {

void Histogram::add_page(std::size_t page) {
  if (page >= offset_of_page_.size()) offset_of_page_.resize(page + 1, no_page);
  offset_of_page_[page] = static_cast<std::uint32_t>(counts_.size());
  // Records hold hundreds of histograms: a quarter to spare, not as much again as there is.
  if (counts_.size() == counts_.capacity()) {
    const std::size_t more = std::max(counts_.size() / (4 * page_size), std::size_t{2});
    counts_.reserve(counts_.size() + more * page_size);
  }
  counts_.resize(counts_.size() + page_size);
}

Histogram Histogram::with_ordered_pages() const {
  Histogram ordered = *this;
  ordered.counts_.clear();
  for (std::size_t page = 0; page < offset_of_page_.size(); ++page) {
    if (offset_of_page_[page] == no_page) continue;
    const auto from = counts_.begin() + offset_of_page_[page];
    ordered.offset_of_page_[page] = static_cast<std::uint32_t>(ordered.counts_.size());
    ordered.counts_.insert(ordered.counts_.end(), from, from + page_size);
  }
  return ordered;
}

void Histogram::record(std::int64_t value, std::int64_t times) {
  SPRINGTIDE_CHECK(value >= 0, "a histogram holds nonnegative values");
  SPRINGTIDE_CHECK(times >= 0, "values cannot be taken back");
  if (times == 0) return;
  bucket(bucket_of(value)) += times;
  count_ += times;
  sum_ += static_cast<Int128>(value) * times;
  min_ = std::min(min_, value);
  max_ = std::max(max_, value);
}

void Histogram::merge(const Histogram& other) {
  if (&other == this) return merge(Histogram(other));
  for (std::size_t page = 0; page < other.offset_of_page_.size(); ++page) {
    if (other.offset_of_page_[page] == no_page) continue;
    std::int64_t* mine = &bucket(page << page_bits);
    const std::int64_t* theirs = &other.counts_[other.offset_of_page_[page]];
    for (std::size_t i = 0; i < page_size; ++i) mine[i] += theirs[i];
  }
  count_ += other.count_;
  sum_ += other.sum_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

void Histogram::add_counts(std::size_t first, std::span<const std::uint32_t> counts,
                           std::int64_t min, std::int64_t max, Int128 sum) {
  SPRINGTIDE_CHECK(bucket_of(min) >= first && bucket_of(max) < first + counts.size() && min <= max,
                   "extremes must lie in buckets that are counted");
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    bucket(first + i) += counts[i];
    count_ += counts[i];
  }
  sum_ += sum;
  min_ = std::min(min_, min);
  max_ = std::max(max_, max);
}

double Histogram::mean() const {
  if (empty()) return std::numeric_limits<double>::quiet_NaN();
  return static_cast<double>(sum_) / static_cast<double>(count_);
}

double Histogram::standard_deviation() const {
  if (empty()) return std::numeric_limits<double>::quiet_NaN();
  const double center = mean();
  double squares = 0;
  for_each_bucket([&](std::int64_t lowest, std::int64_t highest, std::int64_t n) {
    const double distance = static_cast<double>(representative(lowest, highest)) - center;
    squares += distance * distance * static_cast<double>(n);
  });
  return std::sqrt(squares / static_cast<double>(count_));
}

std::int64_t Histogram::representative(std::int64_t lowest, std::int64_t highest) const {
  return std::clamp(lowest + (highest - lowest) / 2, min_, max_);
}

std::optional<std::int64_t> Histogram::quantile(double p) const {
  SPRINGTIDE_CHECK(p >= 0 && p <= 1, "a quantile needs a share from 0 to 1");
  if (empty()) return {};
  // p n is rounded in binary: 0.07 x 100 is a little above 7, and must still mean the seventh.
  const double exact_rank = p * static_cast<double>(count_) * (1 - 0x1p-51);
  const auto rank = std::max<std::int64_t>(static_cast<std::int64_t>(std::ceil(exact_rank)), 1);
  if (rank >= count_) return max_;
  if (rank == 1) return min_;
  std::int64_t below = 0;
  for (std::size_t page = 0; page < offset_of_page_.size(); ++page) {
    if (offset_of_page_[page] == no_page) continue;
    for (std::size_t i = 0; i < page_size; ++i) {
      below += counts_[offset_of_page_[page] + i];
      if (below < rank) continue;
      const std::size_t number = (page << page_bits) + i;
      return representative(lowest_of(number), lowest_of(number) + (width_of(number) - 1));
    }
  }
  return max_;
}

std::int64_t Histogram::count_above(std::int64_t value) const {
  if (value < 0) return count_;
  const std::int64_t own_lowest = lowest_of(bucket_of(value));
  std::int64_t above = 0;
  for_each_bucket([&](std::int64_t lowest, std::int64_t, std::int64_t n) {
    if (lowest > own_lowest) above += n;
  });
  return above;
}

std::size_t Histogram::bytes() const {
  return sizeof *this + offset_of_page_.capacity() * sizeof(std::uint32_t) +
         counts_.capacity() * sizeof(std::int64_t);
}

bool Histogram::operator==(const Histogram& other) const {
  if (count_ != other.count_ || sum_ != other.sum_ || min_ != other.min_ || max_ != other.max_)
    return false;
  const auto covered_by = [](const Histogram& a, const Histogram& b) {
    bool equal = true;
    a.for_each_bucket([&](std::int64_t lowest, std::int64_t, std::int64_t n) {
      const std::size_t number = bucket_of(lowest);
      const std::size_t page = number >> page_bits;
      equal = equal && page < b.offset_of_page_.size() && b.offset_of_page_[page] != no_page &&
              b.counts_[b.offset_of_page_[page] + (number & (page_size - 1))] == n;
    });
    return equal;
  };
  return covered_by(*this, other);  // equal totals: nothing can be left over on the other side
}

bool Histogram::restore_exact(std::int64_t min, std::int64_t max, Int128 sum) {
  if (empty()) return false;
  if (bucket_of(std::max<std::int64_t>(min, 0)) != bucket_of(min_) || min < 0) return false;
  if (bucket_of(std::max<std::int64_t>(max, 0)) != bucket_of(max_) || max < min) return false;
  Int128 least = 0, most = 0;
  for_each_bucket([&](std::int64_t lowest, std::int64_t highest, std::int64_t n) {
    least += static_cast<Int128>(std::max(lowest, min)) * n;
    most += static_cast<Int128>(std::min(highest, max)) * n;
  });
  if (sum < least || sum > most) return false;
  min_ = min;
  max_ = max;
  sum_ = sum;
  return true;
}

}  // namespace springtide::measure
