// Resamples described without being written out are described as if they were.
#include "reports/compare/resampled.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include "base/random.h"
#include "measure/confidence.h"

namespace springtide::reports {
namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

// Many seconds alike, dips, spikes; where asked, seconds without a value.
std::vector<double> series(std::size_t n, bool gaps, std::uint64_t number) {
  Stream stream(number, "test/resampled");
  std::vector<double> values;
  for (std::size_t i = 0; i < n; ++i) {
    double value = std::floor(30'000 + 100 * stream.uniform());
    if (stream.uniform() < 0.03) value -= 4000 * stream.uniform();
    if (stream.uniform() < 0.02) value += 900;
    values.push_back(gaps && stream.uniform() < 0.05 ? missing : value);
  }
  return values;
}

std::vector<double> written_out(const std::vector<double>& values, Stream& stream) {
  const std::size_t n = values.size(), block = std::clamp<std::size_t>(n / 8, 1, 130);
  std::vector<double> sample;
  while (sample.size() < n) {
    const std::size_t begin = stream.below(n);
    for (std::size_t i = 0; i < block && sample.size() < n; ++i)
      sample.push_back(values[(begin + i) % n]);
  }
  return sample;
}

TEST_CASE("a resample's statistics are those of the resample written out") {
  for (const std::size_t n : {1UL, 5UL, 77UL, 1700UL})
    for (const bool gaps : {false, true}) {
      CAPTURE(n);
      CAPTURE(gaps);
      const std::vector<double> values = series(n, gaps, n);
      const DipRule rule;
      Resampled resampled(values, rule, true);
      Stream one(3, "draws"), other(3, "draws");
      for (int r = 0; r < 20; ++r) {
        const SeriesStatistics& fast = resampled.next(one);
        const SeriesStatistics slow = statistics_of(written_out(values, other), rule);
        REQUIRE(fast.n == slow.n);
        if (slow.n == 0) continue;
        CHECK(fast.mean == doctest::Approx(slow.mean).epsilon(1e-12));
        CHECK(fast.sd == doctest::Approx(slow.sd).epsilon(1e-9));
        for (const auto quantile :
             {&SeriesStatistics::p1, &SeriesStatistics::p5, &SeriesStatistics::p50,
              &SeriesStatistics::p95, &SeriesStatistics::p99, &SeriesStatistics::median_depth,
              &SeriesStatistics::max_depth, &SeriesStatistics::dip_seconds})
          CHECK(fast.*quantile == slow.*quantile);
        CHECK(fast.below == doctest::Approx(slow.below).epsilon(1e-6));
        CHECK(fast.dips.size() == slow.dips.size());
        CHECK(fast.spikes.size() == slow.spikes.size());
      }
    }
}

TEST_CASE("their intervals are those of the block bootstrap") {
  const std::vector<double> values = series(900, false, 4);
  const auto mean = [](std::span<const double> sample) { return statistics_of(sample).mean; };
  Stream one(8, "draws"), other(8, "draws");
  const double slow =
      measure::block_bootstrap_interval(values, 112, mean, 200, 0.99, one).half_width();
  const Resampled::Statistic wanted[] = {[](const SeriesStatistics& s) { return s.mean; }};
  const double fast = Resampled(values, {}, false).half_widths(wanted, 200, 0.99, other).front();
  CHECK(fast == doctest::Approx(slow).epsilon(1e-9));
}

}  // namespace
}  // namespace springtide::reports
