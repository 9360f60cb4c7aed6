#include "measure/tally.h"

namespace springtide::measure {

double IntegerTally::mean() const {
  if (count_ == 0) return std::numeric_limits<double>::quiet_NaN();
  return static_cast<double>(sum_) / static_cast<double>(count_);
}

double IntegerTally::variance() const {
  if (count_ < 2) return std::numeric_limits<double>::quiet_NaN();
  // sum (x - m)^2 = sum x^2 - s m - r m, taken about the whole part m of the mean: exact integers,
  // so that only the last steps round.
  const Int128 m = sum_ / count_;
  const Int128 rest = sum_ - m * count_;  // |rest| < count
  const Int128 about_m = squares_ - m * sum_ - m * rest;
  const auto n = static_cast<double>(count_);
  const double excess = static_cast<double>(rest) / n * static_cast<double>(rest);
  return (static_cast<double>(about_m) - excess) / (n - 1);
}

void Tally::merge(const Tally& other) {
  if (other.count_ == 0) return;
  const auto mine = static_cast<double>(count_);
  const auto theirs = static_cast<double>(other.count_);
  const double step = other.mean_ - mean_;
  mean_ += step * (theirs / (mine + theirs));
  squares_ += other.squares_ + step * step * (mine * theirs / (mine + theirs));
  count_ += other.count_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

}  // namespace springtide::measure
