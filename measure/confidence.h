// Confidence intervals, and the correlation in time that decides which one may be used.
//
//   independent runs (one value a seed)        replication_interval
//   one long correlated run                    batch_means_interval: means of long batches
//   any statistic of a correlated series       block_bootstrap_interval
//
// `level` is the coverage, 0 < level < 1: 0.999 for a 99.9 % interval. Results use only portable
// arithmetic, so they may stand in deterministic files.
// Reference: A. M. Law, Simulation Modeling and Analysis, 5th ed., chapters 4 and 9.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "base/random.h"

namespace springtide::measure {

struct Interval {
  double low = 0, high = 0;
  double center = 0;        // the estimate
  std::size_t samples = 0;  // independent values it rests on
  double half_width() const { return (high - low) / 2; }
  bool contains(double value) const { return low <= value && value <= high; }
};

// Student's t: P(T <= t) and its inverse, for any real degrees of freedom > 0, 0 < p < 1.
// Relative error below 1e-9. By the regularised incomplete beta function, I_x(dof/2, 1/2), from
// its continued fraction (NIST DLMF 8.17.22); from 1000 degrees of freedom by the Cornish-Fisher
// expansion (Abramowitz & Stegun 26.7.5).
double student_t_cumulative(double t, double degrees_of_freedom);
double student_t_quantile(double p, double degrees_of_freedom);

// The mean of independent, about normal values. Infinite with fewer than two.
Interval replication_interval(std::span<const double> values, double level);

// The mean of a correlated stationary series: `batches` means of equally long batches (the first
// few values that do not fill a batch are left out). 10 to 30 batches are usual. 2 <= batches.
Interval batch_means_interval(std::span<const double> values, std::size_t batches, double level);

// Any statistic of a stationary series: quantiles of it over resamples made of circular blocks
// (Kuensch 1989; Politis and Romano 1992). The block should be several correlation times long.
Interval block_bootstrap_interval(std::span<const double> values, std::size_t block,
                                  const std::function<double(std::span<const double>)>& statistic,
                                  std::size_t resamples, double level, Stream& stream);

// Correlation of the series with itself `lag` steps later, for lags 0 .. max_lag; the biased
// estimator (divided by n), as is usual. NaN values are left out by pairs. NaN if it is constant.
std::vector<double> autocorrelation(std::span<const double> values, std::size_t max_lag);

}  // namespace springtide::measure
