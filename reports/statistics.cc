#include "reports/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "measure/confidence.h"

namespace springtide::reports {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

std::vector<Excursion> excursions(std::span<const double> values, double target, double sign,
                                  const DipRule& rule) {
  std::vector<Excursion> found;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double distance = sign * (values[i] - target);
    if (!(distance > rule.threshold)) continue;
    if (found.empty() || i - found.back().last > rule.join_within) found.push_back({i, i, 0, 0});
    Excursion& current = found.back();
    current.last = i;
    current.depth = std::max(current.depth, distance);
    current.sum += distance;
  }
  return found;
}

void describe_dips(std::span<const double> values, const DipRule& rule, SeriesStatistics& result) {
  result.target = rule.target.value_or(result.p50);
  result.dips = dips_of(values, result.target, rule);
  result.spikes = spikes_of(values, result.target, rule);
  const double total = result.mean * static_cast<double>(result.n);
  const double wanted = result.target * static_cast<double>(result.n);
  result.below = wanted != 0 ? (wanted - total) / wanted : nothing;
  for (const double value : values)
    if (result.target - value > rule.threshold) ++result.dip_seconds;
  std::vector<double> depths;
  for (const Excursion& dip : result.dips) depths.push_back(dip.depth);
  std::sort(depths.begin(), depths.end());
  if (depths.empty()) return;
  result.median_depth = interpolated_quantile(depths, 0.5);
  result.max_depth = depths.back();
}

}  // namespace

double interpolated_quantile(std::span<const double> sorted, double p) {
  if (sorted.empty()) return nothing;
  const double at = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (at - static_cast<double>(below));
}

std::vector<Excursion> dips_of(std::span<const double> values, double target, const DipRule& rule) {
  return excursions(values, target, -1, rule);
}

std::vector<Excursion> spikes_of(std::span<const double> values, double target,
                                 const DipRule& rule) {
  return excursions(values, target, 1, rule);
}

SeriesStatistics statistics_of(std::span<const double> values, const DipRule& rule) {
  SeriesStatistics result;
  std::vector<double> sorted;
  for (const double value : values)
    if (!std::isnan(value)) sorted.push_back(value);
  result.n = sorted.size();
  if (sorted.empty()) {
    result.mean = result.sd = result.min = result.p1 = result.p5 = result.p50 = result.p95 =
        result.p99 = result.max = result.target = result.below = nothing;
    return result;
  }
  double sum = 0, squares = 0;
  for (const double value : sorted) sum += value;
  result.mean = sum / static_cast<double>(result.n);
  for (const double value : sorted) squares += (value - result.mean) * (value - result.mean);
  result.sd = std::sqrt(squares / static_cast<double>(result.n));
  std::sort(sorted.begin(), sorted.end());
  result.min = sorted.front();
  result.max = sorted.back();
  result.p1 = interpolated_quantile(sorted, 0.01);
  result.p5 = interpolated_quantile(sorted, 0.05);
  result.p50 = interpolated_quantile(sorted, 0.50);
  result.p95 = interpolated_quantile(sorted, 0.95);
  result.p99 = interpolated_quantile(sorted, 0.99);
  describe_dips(values, rule, result);
  return result;
}

std::optional<Recurrence> recurrence_of(std::span<const double> values, double period) {
  if (values.size() < 60) return std::nullopt;
  std::vector<double> sums;
  for (std::size_t i = 0; i + 2 < values.size(); ++i)
    sums.push_back(values[i] + values[i + 1] + values[i + 2]);
  const std::size_t last = std::min<std::size_t>(300, sums.size() - 1);
  const std::vector<double> at = measure::autocorrelation(sums, last);
  if (at.size() <= last || std::isnan(at[last])) return std::nullopt;
  if (period <= 0)
    period = static_cast<double>(std::max_element(at.begin() + 10, at.end()) - at.begin());
  Recurrence result{period, nothing, nothing};
  for (std::size_t lag = 10; lag <= last; ++lag) {
    const double apart = std::abs(static_cast<double>(lag) - period);
    if (apart <= 2)
      result.at_period = std::fmax(result.at_period, at[lag]);
    else if (apart > 9)
      result.elsewhere = std::fmax(result.elsewhere, at[lag]);
  }
  return result;
}

}  // namespace springtide::reports
