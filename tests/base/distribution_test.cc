// Every distribution against its own moments: with a fixed seed, the mean and the variance of a
// million samples lie within four standard errors of what the distribution says of itself.
#include "base/distribution.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace springtide {
namespace {

constexpr int samples = 1'000'000;

Empirical of_values(std::vector<Duration> values) {
  return {"values.txt", std::make_shared<const std::vector<Duration>>(std::move(values))};
}

struct Observed {
  double mean, variance, mean_error, variance_error;  // seconds, and standard errors of both
  Duration least;
};

Observed observe(const Distribution& distribution) {
  Stream stream(11, "samples");
  std::vector<double> values;
  values.reserve(samples);
  Duration least = distribution.sample(stream);
  for (int i = 0; i < samples; ++i) {
    const Duration value = distribution.sample(stream);
    least = std::min(least, value);
    values.push_back(value.seconds());
  }
  double sum = 0, squares = 0, fourth = 0;
  for (const double value : values) sum += value;
  const double mean = sum / samples;
  for (const double value : values) {
    const double square = (value - mean) * (value - mean);
    squares += square;
    fourth += square * square;
  }
  const double variance = squares / samples;
  return {mean, variance, std::sqrt(variance / samples),
          std::sqrt(std::max(0.0, fourth / samples - variance * variance) / samples), least};
}

void check_moments(const Distribution::Form& form) {
  const Distribution distribution(form);
  const Observed observed = observe(distribution);
  const double rounding = 1e-9;  // samples are whole nanoseconds
  CHECK(std::abs(observed.mean - distribution.mean_seconds()) < 4 * observed.mean_error + rounding);
  CHECK(std::abs(observed.variance - distribution.variance_seconds2()) <
        4 * observed.variance_error + rounding * rounding);
  CHECK(observed.least >= distribution.minimum());
}

TEST_CASE("samples have the moments that their distribution says") {
  SUBCASE("exponential") { check_moments(Exponential{millisecond * 2}); }
  SUBCASE("uniform") { check_moments(Uniform{millisecond, millisecond * 5}); }
  SUBCASE("lognormal") { check_moments(Lognormal{millisecond, millisecond * 4}); }
  SUBCASE("pareto") { check_moments(Pareto{millisecond, 6}); }
  SUBCASE("erlang") { check_moments(Erlang{millisecond * 3, 4}); }
  SUBCASE("hyperexponential") {
    check_moments(Hyperexponential{0.9, millisecond, millisecond * 20});
  }
  SUBCASE("empirical") {
    check_moments(of_values({millisecond, millisecond, millisecond * 3, millisecond * 10}));
  }
}

TEST_CASE("a distribution whose mean is 3 % wrong would be noticed") {
  const Observed observed = observe(Distribution(Exponential{millisecond * 2}));
  CHECK(std::abs(observed.mean - 1.03 * 2e-3) > 4 * observed.mean_error);
  CHECK(std::abs(observed.variance - 1.03 * 4e-6) > 4 * observed.variance_error);
}

TEST_CASE("the moments are those of the textbook") {
  CHECK(Distribution(Constant{second}).mean_seconds() == 1);
  CHECK(Distribution(Constant{second}).variance_seconds2() == 0);
  CHECK(Distribution(Exponential{second * 2}).squared_coefficient_of_variation() == 1);
  CHECK(Distribution(Erlang{second, 4}).squared_coefficient_of_variation() == 0.25);
  CHECK(Distribution(Uniform{second, second * 3}).mean_seconds() == 2);
  CHECK(Distribution(Uniform{second, second * 3}).variance_seconds2() ==
        doctest::Approx(4.0 / 12).epsilon(1e-12));
  CHECK(Distribution(Pareto{second, 3}).mean_seconds() == 1.5);
  CHECK(Distribution(Pareto{second, 3}).variance_seconds2() == doctest::Approx(0.75));
  // of ln: mean 0, standard deviation ln 4 / 2.3263
  const double sigma = std::log(4.0) / 2.3263478740408408;
  CHECK(Distribution(Lognormal{second, second * 4}).mean_seconds() ==
        doctest::Approx(std::exp(sigma * sigma / 2)).epsilon(1e-12));
}

TEST_CASE("a heavy tail has no mean, or no variance") {
  CHECK(std::isinf(Distribution(Pareto{second, 1}).mean_seconds()));
  CHECK(std::isinf(Distribution(Pareto{second, 2}).variance_seconds2()));
  CHECK_FALSE(std::isinf(Distribution(Pareto{second, 2}).mean_seconds()));
}

TEST_CASE("a lognormal's median and 99th percentile are the given ones") {
  const Distribution lognormal(Lognormal{millisecond, millisecond * 15});
  Stream stream(2, "quantiles");
  int below_median = 0, below_p99 = 0;
  for (int i = 0; i < samples; ++i) {
    const Duration value = lognormal.sample(stream);
    below_median += value < millisecond ? 1 : 0;
    below_p99 += value < millisecond * 15 ? 1 : 0;
  }
  CHECK(std::abs(below_median - 0.5 * samples) < 4 * std::sqrt(0.25 * samples));
  CHECK(std::abs(below_p99 - 0.99 * samples) < 4 * std::sqrt(0.0099 * samples));
}

TEST_CASE("the normal variates are standard normal") {
  Stream stream(4, "normal");
  double sum = 0, squares = 0;
  int beyond = 0;
  for (int i = 0; i < samples; ++i) {
    const double z = sample_normal(stream);
    sum += z;
    squares += z * z;
    beyond += std::abs(z) > 1.959963984540054 ? 1 : 0;
  }
  CHECK(std::abs(sum / samples) < 4 / std::sqrt(samples));
  CHECK(std::abs(squares / samples - 1) < 4 * std::sqrt(2.0 / samples));
  CHECK(std::abs(beyond - 0.05 * samples) < 4 * std::sqrt(0.0475 * samples));
}

TEST_CASE("a sample takes a fixed number of draws, so that variants stay aligned") {
  const auto draws = [](const Distribution::Form& form) {
    const Distribution distribution(form);
    Stream stream(1, "draws");
    for (int i = 0; i < 100; ++i) (void)distribution.sample(stream);
    return static_cast<double>(stream.draws()) / 100;
  };
  CHECK(draws(Constant{second}) == 0);
  CHECK(draws(Exponential{second}) == 1);
  CHECK(draws(Uniform{second, second * 2}) == 1);
  CHECK(draws(Lognormal{second, second * 2}) == 1);
  CHECK(draws(Pareto{second, 2}) == 1);
  CHECK(draws(Erlang{second, 3}) == 3);
  CHECK(draws(Hyperexponential{0.5, second, second * 2}) == 2);
  CHECK(draws(of_values({second, second * 2})) == 1);
}

TEST_CASE("durations are rounded to the nearest nanosecond and end at 9e18") {
  CHECK(rounded_duration(0.4).ns == 0);
  CHECK(rounded_duration(0.6).ns == 1);
  CHECK(rounded_duration(1e300).ns == 9'000'000'000'000'000'000);
}

}  // namespace
}  // namespace springtide
