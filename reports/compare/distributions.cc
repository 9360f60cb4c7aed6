#include "reports/compare/distributions.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/random.h"
#include "measure/confidence.h"
#include "reports/chart/axis.h"
#include "reports/compare/tolerance.h"

namespace springtide::reports {
namespace {

using measure::Histogram;

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t most_resampled = 10'000;  // values; more have no noise worth telling
constexpr double level = 0.99;
constexpr std::size_t resamples = 400;

struct Statistic {
  const char* name;
  enum class Kind { number, mean, sd, quantile } kind;
  double p = 0;  // of a quantile
};
using Kind = Statistic::Kind;
constexpr Statistic statistics[] = {{"n", Kind::number},
                                    {"mean", Kind::mean},
                                    {"sd", Kind::sd},
                                    {"min", Kind::quantile, 0},
                                    {"p50", Kind::quantile, 0.5},
                                    {"p90", Kind::quantile, 0.9},
                                    {"p99", Kind::quantile, 0.99},
                                    {"p99.9", Kind::quantile, 0.999},
                                    {"max", Kind::quantile, 1}};

bool is_extreme(const Statistic& statistic) {
  return statistic.kind == Kind::quantile && (statistic.p == 0 || statistic.p == 1);
}

// A quantile beyond which fewer than one value lies is not known.
double value_of(const Histogram& values, const Statistic& statistic, double unit_ns) {
  switch (statistic.kind) {
    case Kind::number: return static_cast<double>(values.count());
    case Kind::mean: return values.mean() / unit_ns;
    case Kind::sd: return values.standard_deviation() / unit_ns;
    case Kind::quantile: break;
  }
  const bool known =
      is_extreme(statistic) || static_cast<double>(values.count()) * (1 - statistic.p) >= 1;
  return known ? static_cast<double>(*values.quantile(statistic.p)) / unit_ns : nothing;
}

std::vector<double> values_in(const Histogram& histogram) {
  std::vector<double> values;
  histogram.for_each_bucket([&](std::int64_t lowest, std::int64_t highest, std::int64_t count) {
    const auto value = static_cast<double>(histogram.representative(lowest, highest));
    values.insert(values.end(), static_cast<std::size_t>(count), value);
  });
  return values;
}

double half_width(const Histogram& histogram, const Statistic& statistic, double unit_ns,
                  std::uint64_t side) {
  Stream stream(1, "compare/distribution", side);
  const auto value = [&](std::span<const double> sample) {
    Histogram resampled;
    for (const double one : sample) resampled.record(static_cast<std::int64_t>(one));
    return value_of(resampled, statistic, unit_ns);
  };
  return measure::block_bootstrap_interval(values_in(histogram), 1, value, resamples, level, stream)
      .half_width();
}

std::optional<double> noise_of(const ComparedDistribution& compared, const Statistic& statistic) {
  if (statistic.kind == Kind::number || is_extreme(statistic)) return std::nullopt;
  const std::int64_t fewest = std::min(compared.here.count(), compared.there.count());
  const std::int64_t most = std::max(compared.here.count(), compared.there.count());
  if (fewest < 2 || most > most_resampled) return std::nullopt;
  const double a = half_width(compared.here, statistic, compared.unit_ns, 0);
  const double b = half_width(compared.there, statistic, compared.unit_ns, 1);
  const double noise = std::sqrt(a * a + b * b);
  return std::isfinite(noise) ? std::optional(noise) : std::nullopt;
}

double nanoseconds_in(const std::string& unit) {
  if (unit == "ns") return 1;
  if (unit == "us" || unit == "µs") return 1e3;
  if (unit == "ms") return 1e6;
  return unit == "s" ? 1e9 : 0;
}

}  // namespace

std::map<std::string, Histogram> distributions_of(const measure::RecordedSeries& recorded) {
  constexpr double longest = 1e18;  // ns; more is no duration of ours
  std::map<std::string, Histogram> result;
  if (!recorded.clock_at_start.empty()) return result;
  for (const measure::Series& series : recorded.series) {
    const double unit = nanoseconds_in(series.unit);
    if (unit == 0) continue;
    Histogram histogram;
    for (const double value : series.values)
      if (value >= 0 && value * unit < longest) histogram.record(std::llround(value * unit));
    if (!histogram.empty()) result.emplace(series.name, std::move(histogram));
  }
  return result;
}

ComparedDistribution compared_distributions(const DistributionPair& pair,
                                            const CompareOptions& options) {
  ComparedDistribution result;
  result.name = pair.here;
  result.other_name = pair.there;
  result.here = *pair.here_values;
  result.there = *pair.there_values;
  const auto largest = static_cast<double>(std::max(*result.here.max(), *result.there.max()));
  const TimeUnit unit = time_unit_for(largest);
  result.unit = unit.name;
  result.unit_ns = unit.nanoseconds;
  for (const Statistic& statistic : statistics) {
    const double a = value_of(result.here, statistic, unit.nanoseconds);
    const double b = value_of(result.there, statistic, unit.nanoseconds);
    if (std::isnan(a) && std::isnan(b)) continue;
    const std::string of = statistic.kind == Kind::number ? "" : result.unit;
    ComparedStatistic compared{statistic.name, of, a, b, a - b, {}, {}, true};
    compared.noise = noise_of(result, statistic);
    judge(compared, options);
    result.statistics.push_back(std::move(compared));
  }
  return result;
}

std::vector<std::string> distribution_statistic_names() {
  std::vector<std::string> names;
  for (const Statistic& statistic : statistics) names.emplace_back(statistic.name);
  return names;
}

}  // namespace springtide::reports
