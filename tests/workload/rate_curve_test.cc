#include "workload/rate_curve.h"

#include <doctest/doctest.h>

namespace springtide::workload {
namespace {

const spec::RateSteps surge = {
    {second * 1, Rate{100}}, {second * 3, Rate{0}}, {second * 4, Rate{1000}}};

TEST_CASE("the integral of a rate grows by rate times time within each step") {
  const RateCurve curve(surge);
  CHECK(curve.integral(Instant{}) == 0);
  CHECK(curve.integral(Instant{} + second) == 0);
  CHECK(curve.integral(Instant{} + second * 2) == doctest::Approx(100));
  CHECK(curve.integral(Instant{} + second * 3) == doctest::Approx(200));
  CHECK(curve.integral(Instant{} + second * 4) == doctest::Approx(200));
  CHECK(curve.integral(Instant{} + millisecond * 4500) == doctest::Approx(700));
}

TEST_CASE("a rate holds from its step until the next") {
  const RateCurve curve(surge);
  CHECK(curve.per_second_at(Instant{}) == 0);
  CHECK(curve.per_second_at(Instant{} + second) == doctest::Approx(100));
  CHECK(curve.per_second_at(Instant{} + second * 3) == 0);
  CHECK(curve.per_second_at(Instant{} + minute) == doctest::Approx(1000));
}

TEST_CASE("the walk is the inverse of the integral, across steps and pauses") {
  const RateCurve curve(surge);
  CurveWalk walk(curve);
  double amount = 0;
  Instant last{};
  for (int i = 0; i < 5000; ++i) {
    const double step = 0.1 * (i % 7);
    amount += step;
    const Instant at = walk.advance(step);
    CHECK(at >= last);
    CHECK(curve.integral(at) == doctest::Approx(amount).epsilon(1e-6));
    last = at;
  }
}

TEST_CASE("a walk over a rate that ends, or never begins, comes to an end") {
  CHECK(CurveWalk(RateCurve({})).advance(0) == Instant::never());
  CHECK(CurveWalk(RateCurve({{Duration{}, Rate{0}}})).advance(0) == Instant::never());
  CurveWalk walk(RateCurve({{Duration{}, Rate{10}}, {second, Rate{0}}}));
  CHECK(walk.advance(9.5) < Instant{} + second);
  CHECK(walk.advance(0.6) == Instant::never());
  CHECK(walk.advance(1) == Instant::never());
}

TEST_CASE("a rate so small that nothing ever comes does not overflow") {
  CurveWalk walk(RateCurve({{Duration{}, Rate{1e-300}}}));
  CHECK(walk.advance(0) == Instant{});
  CHECK(walk.advance(1) == Instant::never());
}

TEST_CASE("steps before the start of the run count from the start") {
  const RateCurve curve({{-second, Rate{5}}, {Duration{}, Rate{7}}});
  REQUIRE(curve.steps().size() == 1);
  CHECK(curve.integral(Instant{} + second) == doctest::Approx(7));
}

}  // namespace
}  // namespace springtide::workload
