#include <algorithm>
#include <cmath>
#include <deque>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "theory/fluid.h"
#include "theory/scalability.h"

namespace springtide::theory {
namespace {

doctest::Approx near(double value, double tolerance = 1e-9) {
  return doctest::Approx(value).epsilon(tolerance);
}

TEST_CASE("a surge above capacity leaves the backlog that arithmetic says") {
  // 30/s for 10 s, 90/s for 20 s, 30/s again; 60/s served: 30/s too many, then 30/s to spare.
  const auto surge = fluid_surge({{0, 30}, {10, 90}, {30, 30}}, {{0, 60}});
  CHECK(surge->peak_backlog == near(600));
  CHECK(surge->peak_at == near(30));
  CHECK(*surge->cleared_at == near(50));
  CHECK(surge->longest_wait == near(10));
  CHECK(surge->delayed == near(90 * 20 + 30 * 20));
  CHECK(surge->waiting_seconds == near(600 * 40 / 2.0));
  CHECK(surge->backlog_at(20) == near(300));
  CHECK(surge->backlog_at(40) == near(300));
  CHECK(surge->backlog_at(5) == 0);
}

TEST_CASE("a standstill is a surge too: 3 s without capacity") {
  const auto surge = fluid_surge({{0, 30'000}}, {{0, 71'000}, {100, 0}, {103, 71'000}});
  CHECK(surge->peak_backlog == near(90'000));
  CHECK(*surge->cleared_at == near(103 + 90'000.0 / 41'000));
  CHECK(surge->longest_wait == near(3));  // of the first that came
}

TEST_CASE("below capacity there is no backlog, and above it for ever there is no end") {
  const auto calm = fluid_surge({{0, 30}, {10, 60}}, {{0, 60}});
  CHECK(calm->peak_backlog == 0);
  CHECK(calm->longest_wait == 0);
  CHECK(calm->cleared_at.has_value());
  const auto lost = fluid_surge({{0, 61}}, {{0, 60}});
  CHECK(std::isinf(lost->peak_backlog));
  CHECK(std::isinf(lost->longest_wait));
  CHECK_FALSE(lost->cleared_at);
  const auto stuck = fluid_surge({{0, 90}, {10, 60}}, {{0, 60}});
  CHECK(stuck->peak_backlog == near(300));
  CHECK(stuck->longest_wait == near(5));
  CHECK_FALSE(stuck->cleared_at);
}

// The slow twin: one small drop after another through a first-in-first-out queue.
double longest_wait_by_drops(const std::vector<RateStep>& arrivals,
                             const std::vector<RateStep>& capacity, double end) {
  const auto rate = [](const std::vector<RateStep>& steps, double t) {
    double value = 0;
    for (const RateStep& step : steps)
      if (step.from <= t) value = step.per_second;
    return value;
  };
  const double step = 1e-3;
  std::deque<std::pair<double, double>> queue;  // (arrived, amount)
  double longest = 0;
  for (double t = 0; t < end; t += step) {
    queue.emplace_back(t, rate(arrivals, t) * step);
    double can = rate(capacity, t) * step;
    while (!queue.empty() && can > 0) {
      const double served = std::min(can, queue.front().second);
      can -= served;
      longest = std::max(longest, t - queue.front().first);
      if ((queue.front().second -= served) <= 1e-12) queue.pop_front();
    }
  }
  return longest;
}

TEST_CASE("the longest wait agrees with a queue of small drops") {
  const std::vector<std::pair<std::vector<RateStep>, std::vector<RateStep>>> cases = {
      {{{0, 30}, {2, 90}, {5, 10}}, {{0, 60}}},
      {{{0, 50}}, {{0, 80}, {3, 0}, {4, 20}, {7, 100}}},
      {{{0, 50}, {4, 0}, {9, 70}, {11, 0}}, {{0, 30}, {6, 60}, {10, 5}, {12, 90}}}};
  for (const auto& [arrivals, capacity] : cases)
    CHECK(fluid_surge(arrivals, capacity)->longest_wait ==
          doctest::Approx(longest_wait_by_drops(arrivals, capacity, 60)).epsilon(3e-3));
}

TEST_CASE("the capacity for a wait is just enough") {
  const std::vector<RateStep> arrivals = {{0, 30}, {10, 90}, {30, 30}};
  const double capacity = *capacity_for_wait(arrivals, 10);
  CHECK(capacity == near(60));
  CHECK(*capacity_for_wait(arrivals, 0) == 90);
}

TEST_CASE("steps that are no steps give nothing") {
  CHECK_FALSE(fluid_surge({}, {{0, 1}}));
  CHECK_FALSE(fluid_surge({{1, 1}, {0, 1}}, {{0, 1}}));
  CHECK_FALSE(fluid_surge({{0, -1}}, {{0, 1}}));
  CHECK_FALSE(fluid_surge({{0, NAN}}, {{0, 1}}));
  CHECK_FALSE(capacity_for_wait({{0, 1}}, -1));
}

TEST_CASE("a scalability law is recovered from points on it, at each of its bounds") {
  for (const ScalabilityLaw law :
       {ScalabilityLaw{1000, 0.05, 0.0002}, {1000, 0.05, 0}, {7, 0, 1e-4}, {7, 0, 0}}) {
    std::vector<ScalabilityPoint> points;
    for (const double n : {1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0})
      points.push_back({n, law.throughput(n)});
    const auto fit = fit_scalability(points);
    REQUIRE(fit);
    CHECK(fit->law.gamma == near(law.gamma, 1e-6));
    CHECK(std::fabs(fit->law.alpha - law.alpha) < 1e-7);
    CHECK(std::fabs(fit->law.beta - law.beta) < 1e-7);
    CHECK(fit->r_squared == near(1));
  }
}

TEST_CASE("a fit is a least of squares and never has a negative coefficient") {
  // Faster than linear at first: alpha would want to be negative.
  const std::vector<ScalabilityPoint> points = {{1, 100}, {2, 215}, {4, 430}, {8, 700}, {16, 900}};
  const auto fit = fit_scalability(points);
  REQUIRE(fit);
  CHECK(fit->law.alpha >= 0);
  CHECK(fit->law.beta >= 0);
  const auto squares = [&](const ScalabilityLaw& law) {
    double sum = 0;
    for (const auto& [n, x] : points) sum += (x - law.throughput(n)) * (x - law.throughput(n));
    return sum;
  };
  const double least = squares(fit->law);
  for (const double change : {-0.001, 0.001}) {
    ScalabilityLaw other = fit->law;
    other.gamma *= 1 + change;
    CHECK(squares(other) > least);
    other = fit->law;
    other.alpha = std::max(0.0, other.alpha + change);
    CHECK(squares(other) >= least);
    other = fit->law;
    other.beta = std::max(0.0, other.beta + change);
    CHECK(squares(other) >= least);
  }
}

TEST_CASE("the peak of a scalability law is where throughput is largest") {
  const ScalabilityLaw law{1000, 0.05, 0.001};
  const double peak = law.peak();
  CHECK(law.throughput(peak) > law.throughput(peak * 0.99));
  CHECK(law.throughput(peak) > law.throughput(peak * 1.01));
  CHECK(std::isinf(ScalabilityLaw{1, 0.1, 0}.peak()));
}

TEST_CASE("too few or impossible points give nothing") {
  CHECK_FALSE(fit_scalability({{1, 1}, {2, 2}, {2, 2.1}}));
  CHECK_FALSE(fit_scalability({{0, 1}, {2, 2}, {3, 3}}));
  CHECK_FALSE(fit_scalability({{1, 0}, {2, 2}, {3, 3}}));
}

}  // namespace
}  // namespace springtide::theory
