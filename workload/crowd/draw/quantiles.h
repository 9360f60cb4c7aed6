// A distribution by its quantiles: what a crowd draws from, and what the expected rate is computed
// from, so that both mean the same.
//
// 4096 cells of equal probability. Within a cell values lie evenly between its ends (linear
// interpolation); within the first and the last cell, where tails are, the inverse of the
// distribution function is taken itself, down to a probability of 2^-33. A jump of the distribution
// function (measured values) is smeared over at most one cell: an error of at most 1/4096 in
// probability. For the continuous ones the error of interpolation is below 1e-3 of the value for
// a lognormal with p99 = 10 medians, and less for lighter tails.
#pragma once

#include <cstdint>
#include <vector>

#include "base/distribution.h"

namespace springtide::workload {

// The inverse of a distribution function, in seconds; 0 < p < 1.
class QuantileFunction {
 public:
  explicit QuantileFunction(const Distribution& distribution);
  double operator()(double p) const;

 private:
  Distribution distribution_;
  std::vector<Duration> sorted_;  // of an empirical one
};

class Quantiles {
 public:
  static constexpr int cell_bits = 12;
  static constexpr std::uint32_t cells = 1u << cell_bits;

  explicit Quantiles(const Distribution& distribution);

  // The value for 32 uniform bits, in ticks of 2^-20 s; not below the distribution's minimum.
  std::int64_t ticks(std::uint32_t random) const {
    const std::uint32_t cell = random >> (32 - cell_bits);
    const std::int64_t low = ends_[cell], high = ends_[cell + 1];
    if ((low | high) < 0) [[unlikely]]
      return of_tail(random);
    const std::int64_t within = random & ((1u << (32 - cell_bits)) - 1);
    return low + ((high - low) * within >> (32 - cell_bits));
  }

  // Probability of a value of at most `seconds`, as `ticks` draws them.
  double below(double seconds) const;
  double mean_seconds() const { return mean_; }
  double largest_seconds() const { return points_.back().seconds; }

  // The middle of a cell, in seconds.
  double middle(std::uint32_t cell) const {
    return function_((static_cast<double>(cell) + 0.5) / cells);
  }

 private:
  struct Point {
    double probability, seconds;
  };
  std::int64_t of_tail(std::uint32_t random) const;

  QuantileFunction function_;
  std::int64_t minimum_ = 0;        // ticks
  std::vector<std::int64_t> ends_;  // of cells, ticks; the outermost are -1: the tails
  std::vector<Point> points_;       // of the distribution function
  double mean_ = 0;
};

}  // namespace springtide::workload
