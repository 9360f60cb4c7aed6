#include "measure/confidence.h"

#include <cmath>
#include <numbers>

#include <doctest/doctest.h>

#include "base/distribution.h"
#include "measure/tally.h"

namespace springtide::measure {
namespace {

TEST_CASE("Student's quantiles agree with the tables") {
  // Abramowitz & Stegun, table 26.10, and its exact forms for 1, 2 and 4 degrees of freedom.
  CHECK(student_t_quantile(0.975, 1) == doctest::Approx(12.7062047361747).epsilon(1e-10));
  CHECK(student_t_quantile(0.995, 9) == doctest::Approx(3.24983554159213).epsilon(1e-10));
  CHECK(student_t_quantile(0.975, 10) == doctest::Approx(2.22813885198627).epsilon(1e-10));
  CHECK(student_t_quantile(0.9995, 29) == doctest::Approx(3.659).epsilon(2e-4));
  CHECK(student_t_quantile(0.975, 120) == doctest::Approx(1.97993040508244).epsilon(1e-10));
  for (const double p : {0.5001, 0.6, 0.9, 0.999, 0.999999}) {
    CHECK(student_t_quantile(p, 1) ==
          doctest::Approx(std::tan(std::numbers::pi * (p - 0.5))).epsilon(1e-9));
    CHECK(student_t_quantile(p, 2) ==
          doctest::Approx((2 * p - 1) / std::sqrt(2 * p * (1 - p))).epsilon(1e-9));
    const double a = 4 * p * (1 - p);
    const double q = std::cos(std::acos(std::sqrt(a)) / 3) / std::sqrt(a);
    CHECK(student_t_quantile(p, 4) == doctest::Approx(2 * std::sqrt(q - 1)).epsilon(1e-9));
  }
}

TEST_CASE("Student's quantile inverts the distribution and is odd about one half") {
  for (const double n : {0.5, 1.0, 3.0, 7.5, 30.0, 200.0, 999.0, 1000.0, 5000.0, 1e5})
    for (const double p : {0.0005, 0.025, 0.4, 0.5, 0.9, 0.9995}) {
      CHECK(student_t_cumulative(student_t_quantile(p, n), n) == doctest::Approx(p).epsilon(1e-9));
      CHECK(student_t_quantile(1 - p, n) ==
            doctest::Approx(-student_t_quantile(p, n)).epsilon(1e-9));
    }
}

TEST_CASE("where the method changes, at 1000 degrees of freedom, nothing jumps") {
  for (const double p : {0.9, 0.975, 0.9995, 0.9999995}) {
    const double below = student_t_quantile(p, 999.999999), above = student_t_quantile(p, 1000);
    CHECK(above == doctest::Approx(below).epsilon(2e-10));
  }
}

TEST_CASE("a 95 % interval of replications contains the mean in about 95 % of cases") {
  Stream stream(1, "test/coverage");
  int contained = 0;
  constexpr int trials = 4000;
  for (int i = 0; i < trials; ++i) {
    std::vector<double> sample;
    for (int k = 0; k < 5; ++k) sample.push_back(3 + sample_normal(stream));
    contained += replication_interval(sample, 0.95).contains(3);
  }
  // Binomial: sd 13.8; five of them on either side.
  CHECK(std::abs(contained - trials * 0.95) < 70);
}

// A first-order autoregression with mean 0: strongly correlated.
std::vector<double> correlated(std::size_t n, double factor, std::uint64_t entity) {
  Stream stream(2, "test/correlated", entity);
  std::vector<double> values;
  double x = 0;
  for (std::size_t i = 0; i < n; ++i) values.push_back(x = factor * x + sample_normal(stream));
  return values;
}

TEST_CASE("batch means and blocks keep their coverage where values are correlated") {
  int plain = 0, batches = 0, blocks = 0;
  constexpr int trials = 200;
  for (std::uint64_t i = 0; i < trials; ++i) {
    const auto values = correlated(2000, 0.9, i);
    plain += replication_interval(values, 0.95).contains(0);
    batches += batch_means_interval(values, 15, 0.95).contains(0);
    Stream stream(3, "test/bootstrap", i);
    const auto mean = [](std::span<const double> v) {
      Tally tally;
      for (const double x : v) tally.add(x);
      return tally.mean();
    };
    blocks += block_bootstrap_interval(values, 100, mean, 100, 0.95, stream).contains(0);
  }
  CHECK(plain < trials * 0.6);  // as if independent: far too narrow
  CHECK(batches > trials * 0.88);
  CHECK(blocks > trials * 0.85);
}

TEST_CASE("too few values give an infinite interval, not a false one") {
  CHECK(std::isinf(replication_interval(std::vector<double>{5}, 0.99).half_width()));
  CHECK(std::isinf(batch_means_interval(std::vector<double>{5, 6}, 3, 0.99).half_width()));
}

TEST_CASE("autocorrelation finds the lag of a repeating dip and is one at lag zero") {
  std::vector<double> series(600, 100.0);
  for (std::size_t i = 5; i < series.size(); i += 121) series[i] = 20;
  series[300] = std::nan("");
  const auto r = autocorrelation(series, 130);
  CHECK(r[0] == 1);
  CHECK(r[121] > 0.6);
  for (std::size_t lag = 1; lag < 121; ++lag) REQUIRE(std::fabs(r[lag]) < 0.1);
  const auto ar = autocorrelation(correlated(50'000, 0.7, 1), 2);
  CHECK(ar[1] == doctest::Approx(0.7).epsilon(0.03));
  CHECK(std::isnan(autocorrelation(std::vector<double>{1, 1, 1}, 1)[0]));
}

}  // namespace
}  // namespace springtide::measure
