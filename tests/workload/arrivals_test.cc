#include "workload/arrivals.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

namespace springtide::workload {
namespace {

std::vector<Instant> all_before(const spec::Plan& plan, Instant end, std::uint64_t seed = 1) {
  auto arrivals = Arrivals::make(plan, Stream(seed, "test/arrivals"));
  REQUIRE(arrivals.has_value());
  std::vector<Instant> all;
  std::vector<Instant> part(37);
  for (;;) {
    const std::size_t count = arrivals->fill(part, end);
    all.insert(all.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(count));
    if (count < part.size()) return all;
  }
}

// Kolmogorov and Smirnov's distance of values that should be uniform on (0, 1), times sqrt(n).
double uniform_distance(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto n = static_cast<double>(values.size());
  double worst = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto at = static_cast<double>(i);
    worst = std::max({worst, values[i] - at / n, (at + 1) / n - values[i]});
  }
  return worst * std::sqrt(n);
}
constexpr double distance_limit = 1.95;  // exceeded with a probability of 0.001

TEST_CASE("gaps of a Poisson plan of one rate are exponential") {
  const auto arrivals =
      all_before(spec::PoissonPlan{{{Duration{}, Rate{1e5}}}}, Instant{} + second);
  std::vector<double> values;
  Instant last{};
  for (const Instant at : arrivals) {
    values.push_back(1 - std::exp(-(at - last).seconds() * 1e5));
    last = at;
  }
  CHECK(uniform_distance(values) < distance_limit);
}

TEST_CASE("through the integral of its rate, a stepped Poisson plan is one of rate 1") {
  const spec::RateSteps steps = {{millisecond * 100, Rate{2e4}},
                                 {millisecond * 400, Rate{0}},
                                 {millisecond * 500, Rate{1e5}},
                                 {millisecond * 700, Rate{5e3}}};
  const RateCurve curve(steps);
  std::vector<double> values;
  double last = 0;
  for (const Instant at : all_before(spec::PoissonPlan{steps}, Instant{} + second * 3)) {
    const double here = curve.integral(at);
    values.push_back(1 - std::exp(-(here - last)));
    last = here;
  }
  CHECK(uniform_distance(values) < distance_limit);
}

TEST_CASE("counts of a Poisson plan by interval are Poisson (chi-square of the dispersion)") {
  constexpr int intervals = 1000;
  const auto arrivals =
      all_before(spec::PoissonPlan{{{Duration{}, Rate{2e4}}}}, Instant{} + second);
  std::vector<int> counts(intervals);
  for (const Instant at : arrivals) ++counts[static_cast<std::size_t>(at.ns / millisecond.ns)];
  double chi = 0;
  for (const int count : counts) chi += (count - 20.0) * (count - 20.0) / 20.0;
  // 1000 degrees of freedom: mean 1000, standard deviation 44.7; 99.9 % both sides
  CHECK(chi > 1000 - 3.3 * 44.7);
  CHECK(chi < 1000 + 3.3 * 44.7);
}

TEST_CASE("an evenly spaced plan has exactly ceil(integral) arrivals before any instant") {
  const spec::RateSteps steps = {
      {Duration{}, Rate{3}}, {second * 2, Rate{0}}, {second * 3, Rate{1e4}}, {second * 4, Rate{7}}};
  const RateCurve curve(steps);
  const auto arrivals = all_before(spec::ConstantPlan{steps}, Instant{} + second * 10);
  for (std::size_t k = 0; k < arrivals.size(); ++k) {
    const double before = curve.integral(arrivals[k]);
    CHECK(std::fabs(before - static_cast<double>(k)) < 1e-4);
  }
  CHECK(arrivals.size() == static_cast<std::size_t>(std::ceil(6 + 1e4 + 42)));
}

TEST_CASE("an evenly spaced plan does not drift over a long run") {
  const auto arrivals =
      all_before(spec::ConstantPlan{{{Duration{}, Rate{3}}}}, Instant{} + second * 100'000);
  REQUIRE(arrivals.size() == 300'000);
  CHECK(arrivals[299'997] == Instant{} + second * 99'999);
}

TEST_CASE("gaps of a renewal plan have its distribution, the first one included") {
  const Distribution interval(Uniform{microsecond, microsecond * 3});
  std::vector<double> values;
  Instant last{};
  for (const Instant at : all_before(spec::RenewalPlan{interval}, Instant{} + millisecond * 50)) {
    values.push_back(((at - last).microseconds() - 1) / 2);
    last = at;
  }
  CHECK(uniform_distance(values) < distance_limit);
}

TEST_CASE("arrivals taken one by one or in parts are the same plan; parts may end anywhere") {
  for (const spec::Plan& plan :
       {spec::Plan{spec::PoissonPlan{{{Duration{}, Rate{1e4}}}}},
        spec::Plan{spec::ConstantPlan{{{Duration{}, Rate{1e4}}}}},
        spec::Plan{spec::RenewalPlan{Distribution{Exponential{microsecond * 100}}}}}) {
    const auto whole = all_before(plan, Instant{} + millisecond * 100);
    auto arrivals = Arrivals::make(plan, Stream(1, "test/arrivals"));
    std::vector<Instant> parts(whole.size() + 10);
    std::size_t count = 0;
    for (int ms = 1; ms <= 90; ++ms)
      count += arrivals->fill(std::span(parts).subspan(count), Instant{} + millisecond * ms);
    while (count < whole.size()) parts[count++] = arrivals->next();
    parts.resize(count);
    CHECK(parts == whole);
  }
}

TEST_CASE("closed plans and slots have no instants of their own") {
  CHECK_FALSE(Arrivals::make(spec::ClosedPlan{}, Stream(1, "x")).has_value());
  CHECK_FALSE(Arrivals::make(spec::SlotsPlan{}, Stream(1, "x")).has_value());
}

TEST_CASE("a plan without a rate has no arrivals") {
  CHECK(all_before(spec::PoissonPlan{}, Instant{} + minute).empty());
  CHECK(all_before(spec::ConstantPlan{{{Duration{}, Rate{0}}}}, Instant{} + minute).empty());
}

}  // namespace
}  // namespace springtide::workload
