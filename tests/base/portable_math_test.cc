// Against the C library's long double functions, whose 64 bits of mantissa are exact for us.
#include "base/portable_math.h"

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include "base/random.h"

namespace springtide {
namespace {

constexpr long double allowed = 4e-16L;  // what portable_math.h promises

double error_of(double ours, long double exact) {
  return static_cast<double>(std::abs((ours - exact) / exact));
}

TEST_CASE("the portable exponential is within 4e-16 over its whole range") {
  Stream stream(1, "exp");
  double worst = 0;
  const auto check = [&](double x) {
    worst = std::max(worst, error_of(portable_exp(x), std::exp(static_cast<long double>(x))));
  };
  for (int i = 0; i < 200'000; ++i) {
    check((stream.uniform() - 0.5) * 2);
    check((stream.uniform() - 0.5) * 80);
    check(-708 + stream.uniform() * (709.7 + 708));
    check((stream.uniform() - 0.5) * 1e-9);
  }
  CHECK(worst <= static_cast<double>(allowed));
}

TEST_CASE("the portable exponential at its ends") {
  CHECK(portable_exp(0.0) == 1.0);
  CHECK(portable_exp(709.69) == 0x1.d2aa3fc4e2b17p+1023);  // nearly the largest number
  CHECK(portable_exp(-1000) == 0);
  CHECK(std::isinf(portable_exp(1000)));
}

TEST_CASE("the portable logarithm is within 4e-16 of the exact one") {
  Stream stream(2, "log");
  double worst = 0;
  const auto check = [&](double x) {
    if (x == 1) return;
    worst = std::max(worst, error_of(portable_log(x), std::log(static_cast<long double>(x))));
  };
  for (int i = 0; i < 200'000; ++i) {
    check(stream.uniform());
    check(1 + (stream.uniform() - 0.5) / 16);
    check(1 + (stream.uniform() - 0.5) * 1e-12);
    check(std::ldexp(1 + stream.uniform(), static_cast<int>(stream.below(2040)) - 1020));
  }
  CHECK(worst <= static_cast<double>(allowed));
}

TEST_CASE("logarithm and exponential undo each other") {
  Stream stream(3, "both");
  for (int i = 0; i < 10'000; ++i) {
    const double x = 1e-6 + stream.uniform() * 1e6;
    REQUIRE(portable_exp(portable_log(x)) == doctest::Approx(x).epsilon(1e-14));
  }
}

TEST_CASE("the portable exponential gives the same bits everywhere") {
  CHECK(portable_exp(10.0) == 0x1.5829dcf95056p+14);
  CHECK(portable_exp(-0.3) == 0x1.7b4c869c37c05p-1);
}

TEST_CASE("the normal quantile is the inverse of the normal distribution") {
  const auto probability = [](long double z) { return std::erfc(-z / std::sqrt(2.0L)) / 2; };
  CHECK(normal_quantile(0.5) == 0);
  CHECK(normal_quantile(0.99) == doctest::Approx(2.3263478740408408).epsilon(1e-15));
  CHECK(normal_quantile(0.975) == doctest::Approx(1.959963984540054).epsilon(1e-15));
  Stream stream(4, "quantile");
  for (int i = 0; i < 20'000; ++i) {
    const double p = i % 2 == 0 ? stream.uniform() / 2 : std::ldexp(stream.uniform(), -i % 900);
    if (p <= std::numeric_limits<double>::min()) continue;
    const double z = normal_quantile(p);
    // an error of z by a relative 1e-15 changes the probability by about z^2 times that
    REQUIRE(error_of(static_cast<double>(probability(z)), p) < 2e-14 + 2e-15 * z * z);
  }
}

}  // namespace
}  // namespace springtide
