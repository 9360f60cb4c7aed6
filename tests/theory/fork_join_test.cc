#include "theory/networks/fork_join.h"

#include <cmath>
#include <cstddef>
#include <vector>

#include <doctest/doctest.h>

namespace springtide::theory {
namespace {

// The mean response of two stations from the balance equations of their two queue lengths, cut off
// at `size`: requests inside are as many as the longer queue holds, and Little gives the time.
double by_balance_equations(double arrival_rate, double service_rate, std::size_t size) {
  std::vector<double> p(size * size, 1.0);
  const auto at = [&](std::size_t i, std::size_t j) -> double& { return p[i * size + j]; };
  for (int round = 0; round < 3000; ++round)
    for (std::size_t i = 0; i < size; ++i)
      for (std::size_t j = 0; j < size; ++j) {
        double in = i > 0 && j > 0 ? arrival_rate * at(i - 1, j - 1) : 0;
        if (i + 1 < size) in += service_rate * at(i + 1, j);
        if (j + 1 < size) in += service_rate * at(i, j + 1);
        const double out = (i + 1 < size && j + 1 < size ? arrival_rate : 0) +
                           (i > 0 ? service_rate : 0) + (j > 0 ? service_rate : 0);
        if (out > 0) at(i, j) = in / out;
      }
  double sum = 0, inside = 0;
  for (std::size_t i = 0; i < size; ++i)
    for (std::size_t j = 0; j < size; ++j) {
      sum += at(i, j);
      inside += at(i, j) * static_cast<double>(i > j ? i : j);
    }
  return inside / sum / arrival_rate;
}

TEST_CASE("fork and join of two stations is what their balance equations give") {
  for (const double rho : {0.2, 0.5, 0.6})
    CHECK(fork_join(rho, 1, 2)->approximate ==
          doctest::Approx(by_balance_equations(rho, 1, 40)).epsilon(1e-5));
}

TEST_CASE("fork and join: the bounds hold the approximation, and meet where nobody waits") {
  for (const int stations : {3, 8, 32})
    for (const double rho : {0.01, 0.3, 0.7, 0.95}) {
      const auto response = fork_join(rho * 5, 5, stations);
      CHECK(response->lower < response->approximate);
      CHECK(response->approximate < response->upper);
    }
  const auto idle = fork_join(1e-6, 1, 4);
  const double slowest_of_four = 1 + 1.0 / 2 + 1.0 / 3 + 1.0 / 4;
  CHECK(idle->lower == doctest::Approx(slowest_of_four).epsilon(1e-5));
  CHECK(idle->upper == doctest::Approx(slowest_of_four).epsilon(1e-5));
}

TEST_CASE("fork and join: evenly spaced arrivals are those of D/M/1") {
  // the root below one of s = exp(-(1 - s) / 0.8), by bisection; H_3 = 11/6
  double low = 0, high = 0.9;
  while (high - low > 1e-14) {
    const double middle = (low + high) / 2;
    (std::exp(-(1 - middle) / 0.8) > middle ? low : high) = middle;
  }
  CHECK(fork_join(0.8, 1, 3)->lower == doctest::Approx(11.0 / 6 / (1 - low)).epsilon(1e-9));
}

TEST_CASE("fork and join of one station is that station; without meaning there is nothing") {
  CHECK(fork_join(3, 5, 1)->approximate == doctest::Approx(0.5));
  CHECK_FALSE(fork_join(5, 5, 2));
  CHECK_FALSE(fork_join(0, 5, 2));
  CHECK_FALSE(fork_join(3, 5, 0));
  CHECK_FALSE(fork_join(3, 5, 33));
  CHECK_FALSE(fork_join(NAN, 5, 2));
}

}  // namespace
}  // namespace springtide::theory
