// Count, mean, variance, minimum and maximum of a sample.
//
//   IntegerTally  exact sums of integers (nanoseconds): merging in any order gives the same bits
//   Tally         real numbers, by Welford's method (Technometrics 4, 1962): no cancellation;
//                 merging (Chan, Golub, LeVeque 1979) is exact only up to rounding
//
// Mean and variance of an empty tally are NaN, and so is the variance of a single value.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "base/check.h"
#include "measure/histogram.h"

namespace springtide::measure {

class IntegerTally {
 public:
  void add(std::int64_t value) {
    ++count_;
    sum_ += value;
    const Int128 square = static_cast<Int128>(value) * value;
    SPRINGTIDE_CHECK(!__builtin_add_overflow(squares_, square, &squares_),
                     "the sum of squares of a tally exceeds 127 bits");
    min_ = std::min(min_, value);
    max_ = std::max(max_, value);
  }
  void merge(const IntegerTally& other) {
    count_ += other.count_;
    sum_ += other.sum_;
    SPRINGTIDE_CHECK(!__builtin_add_overflow(squares_, other.squares_, &squares_),
                     "the sum of squares of a tally exceeds 127 bits");
    min_ = std::min(min_, other.min_);
    max_ = std::max(max_, other.max_);
  }

  std::int64_t count() const { return count_; }
  Int128 sum() const { return sum_; }
  std::int64_t min() const { return min_; }  // the largest int64 while empty
  std::int64_t max() const { return max_; }  // the smallest int64 while empty
  double mean() const;
  double variance() const;  // of the sample: divided by count - 1
  double standard_deviation() const { return std::sqrt(variance()); }
  bool operator==(const IntegerTally&) const = default;

 private:
  std::int64_t count_ = 0;
  Int128 sum_ = 0;
  Int128 squares_ = 0;
  std::int64_t min_ = std::numeric_limits<std::int64_t>::max();
  std::int64_t max_ = std::numeric_limits<std::int64_t>::min();
};

class Tally {
 public:
  void add(double value) {
    ++count_;
    const double step = value - mean_;
    mean_ += step / static_cast<double>(count_);
    squares_ += step * (value - mean_);
    min_ = std::min(min_, value);
    max_ = std::max(max_, value);
  }
  void merge(const Tally& other);

  std::int64_t count() const { return count_; }
  double mean() const { return count_ > 0 ? mean_ : nan; }
  double variance() const { return count_ > 1 ? squares_ / static_cast<double>(count_ - 1) : nan; }
  double standard_deviation() const { return std::sqrt(variance()); }
  double min() const { return count_ > 0 ? min_ : nan; }
  double max() const { return count_ > 0 ? max_ : nan; }

 private:
  static constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  std::int64_t count_ = 0;
  double mean_ = 0;
  double squares_ = 0;  // of the distances from the mean
  double min_ = std::numeric_limits<double>::infinity();
  double max_ = -std::numeric_limits<double>::infinity();
};

}  // namespace springtide::measure
