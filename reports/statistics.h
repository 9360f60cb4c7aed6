// What is said about a series of one value a second, and about its dips.
//
// The definitions are those by which the record of the test of 2017 was described:
//
//   mean, sd     sd is that of a population (divided by n)
//   quantiles    linear interpolation between order statistics (numpy's default, type 7 of
//                Hyndman and Fan 1996)
//   target       the median, unless one is given
//   deficit      target - value
//   dip second   a second whose deficit is above 250 (in the unit of the series)
//   dip          dip seconds less than 3 s apart (at most one normal second between two of them)
//   depth        the deficit of the deepest second of a dip
//   spike        as a dip, but above the target
//   below        sum of all (positive and negative) deficits / (n * target): for requests, the
//                share that was never sent
//
// Missing values (NaN) are left out; a gap in time does not end a dip by itself.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace springtide::reports {

struct DipRule {
  double threshold = 250;        // in the unit of the series
  std::size_t join_within = 2;   // dip seconds at most this far apart are one dip
  std::optional<double> target;  // else the median
};

struct Excursion {
  std::size_t first = 0, last = 0;  // seconds, both included
  double depth = 0;                 // largest distance from the target
  double sum = 0;                   // of the distances of its seconds beyond the threshold
};

struct SeriesStatistics {
  std::size_t n = 0;
  double mean = 0, sd = 0, min = 0, p1 = 0, p5 = 0, p50 = 0, p95 = 0, p99 = 0, max = 0;
  double target = 0;
  double below = 0;  // share of the target that is missing
  std::vector<Excursion> dips, spikes;
  double dip_seconds = 0;
  double median_depth = 0, max_depth = 0;  // of dips; 0 without one
};

// All fields NaN but n where no value is present.
SeriesStatistics statistics_of(std::span<const double> values, const DipRule& rule = {});

// 0 <= p <= 1, of sorted values without NaN; NaN of nothing.
double interpolated_quantile(std::span<const double> sorted, double p);

std::vector<Excursion> dips_of(std::span<const double> values, double target, const DipRule& rule);
std::vector<Excursion> spikes_of(std::span<const double> values, double target,
                                 const DipRule& rule);

// How a series repeats: the autocorrelation of sums of three seconds (a dip may fall into either
// of two seconds), by the biased estimator, at lags of 10 .. 300 s.
struct Recurrence {
  double period = 0;     // s: where it was looked for, or the strongest lag
  double at_period = 0;  // the largest within 2 s of the period
  double elsewhere = 0;  // the largest at lags further than 9 s from the period
};
// `period` 0: that of the strongest lag. Nothing where the series is shorter than 60 s or constant.
std::optional<Recurrence> recurrence_of(std::span<const double> values, double period = 0);

}  // namespace springtide::reports
