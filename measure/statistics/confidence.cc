#include "measure/confidence.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.h"
#include "measure/tally.h"

namespace springtide::measure {
namespace {

Interval infinite_interval(double center, std::size_t samples) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  return {-infinity, infinity, center, samples};
}

double mean_of(std::span<const double> values) {
  Tally tally;
  for (const double value : values) tally.add(value);
  return tally.mean();
}

// The q-quantile of sorted values, linear between them (type 7 of Hyndman and Fan 1996).
double sorted_quantile(const std::vector<double>& sorted, double q) {
  const double position = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (position - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

}  // namespace

Interval replication_interval(std::span<const double> values, double level) {
  SPRINGTIDE_CHECK(level > 0 && level < 1, "a confidence level lies between 0 and 1");
  Tally tally;
  for (const double value : values) tally.add(value);
  if (values.size() < 2) return infinite_interval(tally.mean(), values.size());
  const auto n = static_cast<double>(values.size());
  const double t = student_t_quantile((1 + level) / 2, n - 1);
  const double half = t * std::sqrt(tally.variance() / n);
  return {tally.mean() - half, tally.mean() + half, tally.mean(), values.size()};
}

Interval batch_means_interval(std::span<const double> values, std::size_t batches, double level) {
  SPRINGTIDE_CHECK(batches >= 2, "an interval needs two batches or more");
  const std::size_t length = values.size() / batches;
  if (length == 0) return infinite_interval(mean_of(values), 0);
  const std::span<const double> used = values.last(length * batches);
  std::vector<double> means;
  for (std::size_t i = 0; i < batches; ++i)
    means.push_back(mean_of(used.subspan(i * length, length)));
  return replication_interval(means, level);
}

Interval block_bootstrap_interval(std::span<const double> values, std::size_t block,
                                  const std::function<double(std::span<const double>)>& statistic,
                                  std::size_t resamples, double level, Stream& stream) {
  SPRINGTIDE_CHECK(!values.empty() && block >= 1, "a bootstrap needs values and a block length");
  SPRINGTIDE_CHECK(resamples >= 2, "a bootstrap needs resamples");
  SPRINGTIDE_CHECK(level > 0 && level < 1, "a confidence level lies between 0 and 1");
  const std::size_t n = values.size();
  std::vector<double> resample(n);
  std::vector<double> results;
  for (std::size_t r = 0; r < resamples; ++r) {
    for (std::size_t filled = 0; filled < n;) {
      const std::size_t begin = stream.below(n);
      for (std::size_t i = 0; i < block && filled < n; ++i)
        resample[filled++] = values[(begin + i) % n];
    }
    results.push_back(statistic(resample));
  }
  std::sort(results.begin(), results.end());
  return {sorted_quantile(results, (1 - level) / 2), sorted_quantile(results, (1 + level) / 2),
          statistic(values), n / block};
}

std::vector<double> autocorrelation(std::span<const double> values, std::size_t max_lag) {
  Tally tally;
  for (const double value : values)
    if (!std::isnan(value)) tally.add(value);
  const double center = tally.mean();
  const auto covariance = [&](std::size_t lag) {
    double sum = 0;
    for (std::size_t i = 0; i + lag < values.size(); ++i) {
      const double product = (values[i] - center) * (values[i + lag] - center);
      if (!std::isnan(product)) sum += product;
    }
    return sum;
  };
  const double whole = covariance(0);
  std::vector<double> result;
  for (std::size_t lag = 0; lag <= max_lag; ++lag)
    result.push_back(whole > 0 ? covariance(lag) / whole
                               : std::numeric_limits<double>::quiet_NaN());
  return result;
}

}  // namespace springtide::measure
