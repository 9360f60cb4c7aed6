#include "measure/statistics/stratified.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.h"

namespace springtide::measure {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

double sum_of(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum;
}

// How much of a stratum's variance goes into that of the total.
double gain(const Stratum& stratum) {
  const auto all = static_cast<double>(stratum.all), seen = static_cast<double>(stratum.seen);
  return all * (all - seen) / seen;
}

// Values as they may be, between ends that begin with what has been seen.
Interval above_seen(Interval interval, std::span<const double> values) {
  if (std::all_of(values.begin(), values.end(), [](double value) { return value >= 0; }))
    interval.low = std::max(interval.low, sum_of(values));
  return interval;
}

}  // namespace

std::int64_t expanded(std::int64_t count, std::int64_t all, std::int64_t seen) {
  const Int128 twice = static_cast<Int128>(count) * all * 2;
  const Int128 whole = (twice >= 0 ? twice + seen : twice - seen) / (2 * static_cast<Int128>(seen));
  return static_cast<std::int64_t>(whole);
}

Histogram expanded(const Histogram& histogram, std::int64_t all, std::int64_t seen) {
  if (all == seen || histogram.empty()) return histogram;
  Histogram result;
  std::int64_t below = 0;
  histogram.for_each_bucket([&](std::int64_t lowest, std::int64_t highest, std::int64_t count) {
    const std::int64_t times = expanded(below + count, all, seen) - expanded(below, all, seen);
    result.record(histogram.representative(lowest, highest), times);
    below += count;
  });
  const double scale = static_cast<double>(result.count()) / static_cast<double>(histogram.count());
  const auto sum = static_cast<Int128>(static_cast<double>(histogram.sum()) * scale + 0.5);
  result.restore_exact(*histogram.min(), *histogram.max(), sum);
  return result;
}

StratifiedSample::StratifiedSample(std::vector<Stratum> strata) : strata_(std::move(strata)) {
  for (const Stratum& stratum : strata_) {
    SPRINGTIDE_CHECK(stratum.seen >= 1 && static_cast<std::int64_t>(stratum.seen) <= stratum.all,
                     "of each stratum at least one is seen, and not more than there are");
    seen_ += stratum.seen;
    all_ += stratum.all;
  }
}

double StratifiedSample::total(std::span<const double> values) const {
  SPRINGTIDE_CHECK(values.size() == seen_, "a value for each thing seen");
  double total = 0;
  for (const Stratum& stratum : strata_) {
    const double sum = sum_of(values.first(stratum.seen));
    total += sum * static_cast<double>(stratum.all) / static_cast<double>(stratum.seen);
    values = values.subspan(stratum.seen);
  }
  return total;
}

StratifiedSample::Error StratifiedSample::error_of(std::span<const double> values) const {
  Error error;
  double squares = 0;
  for (const Stratum& stratum : strata_) {
    const auto seen = values.first(stratum.seen);
    values = values.subspan(stratum.seen);
    if (static_cast<std::int64_t>(stratum.seen) == stratum.all) continue;
    if (stratum.seen < 2) {
      error.known = false;
      continue;
    }
    const auto n = static_cast<double>(stratum.seen);
    const double mean = sum_of(seen) / n;
    double deviations = 0;
    for (const double value : seen) deviations += (value - mean) * (value - mean);
    const double part = gain(stratum) * deviations / (n - 1);
    error.variance += part;
    squares += part * part / (n - 1);
  }
  error.degrees = squares > 0 ? error.variance * error.variance / squares : 0;
  return error;
}

Interval StratifiedSample::total_interval(std::span<const double> values, double level) const {
  SPRINGTIDE_CHECK(level > 0 && level < 1, "a confidence level lies between 0 and 1");
  const double center = total(values);
  const Error error = error_of(values);
  double half = error.known ? 0 : infinity;
  if (error.known && error.degrees > 0)
    half = student_t_quantile((1 + level) / 2, error.degrees) * std::sqrt(error.variance);
  return above_seen({center - half, center + half, center, seen_}, values);
}

Interval StratifiedSample::ratio_interval(std::span<const double> values,
                                          std::span<const double> by, double level) const {
  const double whole = total(by), ratio = total(values) / whole;
  std::vector<double> residuals(values.begin(), values.end());
  for (std::size_t i = 0; i < residuals.size(); ++i) residuals[i] -= ratio * by[i];
  const Error error = error_of(residuals);
  double half = error.known ? 0 : infinity;
  if (error.known && error.degrees > 0)
    half = student_t_quantile((1 + level) / 2, error.degrees) * std::sqrt(error.variance) / whole;
  return {ratio - half, ratio + half, ratio, seen_};
}

Interval StratifiedSample::quantile_interval(std::span<const Histogram> seen, double p,
                                             double level) const {
  const Histogram all = expanded(seen);
  const auto value = all.quantile(p);
  if (!value) {
    constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
    return {nothing, nothing, nothing, seen_};
  }
  std::vector<double> below, counts;
  for (const Histogram& one : seen) {
    counts.push_back(static_cast<double>(one.count()));
    below.push_back(static_cast<double>(one.count() - one.count_above(*value)));
  }
  const double half = ratio_interval(below, counts, level).half_width();
  const auto at = [&](double share) {
    return static_cast<double>(*all.quantile(std::clamp(share, 0.0, 1.0)));
  };
  return {at(p - half), at(p + half), static_cast<double>(*value), seen_};
}

Interval StratifiedSample::largest_interval(std::size_t instants, const Fill& fill,
                                            double level) const {
  Interval largest{-infinity, -infinity, -infinity, seen_};
  const double each = 1 - (1 - level) / static_cast<double>(std::max<std::size_t>(instants, 1));
  double degrees = 0;
  for (const Stratum& stratum : strata_)
    if (static_cast<std::int64_t>(stratum.seen) < stratum.all)
      degrees += static_cast<double>(stratum.seen) - 1;
  const double t = degrees > 0 ? student_t_quantile((1 + each) / 2, degrees) : 0;
  std::vector<double> values(seen_);
  for (std::size_t instant = 0; instant < instants; ++instant) {
    fill(instant, values);
    const double center = total(values);
    const Error error = error_of(values);
    const double half = error.known ? t * std::sqrt(error.variance) : infinity;
    const Interval here = above_seen({center - half, center + half, center, seen_}, values);
    largest.low = std::max(largest.low, here.low);
    largest.high = std::max(largest.high, here.high);
    largest.center = std::max(largest.center, center);
  }
  return largest;
}

Histogram StratifiedSample::expanded(std::span<const Histogram> seen) const {
  SPRINGTIDE_CHECK(seen.size() == seen_, "a histogram for each thing seen");
  Histogram all;
  for (const Stratum& stratum : strata_) {
    Histogram sum;
    for (const Histogram& one : seen.first(stratum.seen)) sum.merge(one);
    all.merge(measure::expanded(sum, stratum.all, static_cast<std::int64_t>(stratum.seen)));
    seen = seen.subspan(stratum.seen);
  }
  return all;
}

}  // namespace springtide::measure
