// A rate that changes in steps, and its integral: how many arrivals it asks for until an instant.
//
//   rate |      ____           integral |        /----
//        |     |    |                   |       /
//        |_____|    |______             |______/           exact on both sides: each step is a
//        +-----------------> t          +-----------> t    straight line of the integral
//
// The integral and its inverse are what makes a plan independent of any clock: the k-th arrival of
// an evenly spaced plan stands where the integral reaches k, and a Poisson process of this rate is
// one of rate 1 seen through the inverse (Cinlar 1975, Introduction to Stochastic Processes, 4.7).
// No thinning: no arrival is drawn only to be thrown away.
//
// Rates are per second, not negative and finite; before the first step the rate is zero. An instant
// before the start of the run counts as the start.
#pragma once

#include <cstddef>
#include <vector>

#include "base/time.h"
#include "spec/scenario.h"

namespace springtide::workload {

class RateCurve {
 public:
  struct Step {
    Instant from;
    double per_second = 0;
    double amount = 0;  // arrivals of the whole step; infinite for a last step with a rate
  };

  explicit RateCurve(const spec::RateSteps& rate);

  double per_second_at(Instant at) const;
  double integral(Instant until) const;  // of the rate over [0, until)
  const std::vector<Step>& steps() const { return steps_; }

 private:
  std::vector<Step> steps_;
};

// Walks along the integral: advance(x) goes on by x arrivals (x >= 0) and tells the instant that is
// reached, rounded down to a nanosecond; Instant::never() once the curve has no more to give.
// Positions are kept within a step, so rounding does not build up over a long run.
class CurveWalk {
 public:
  explicit CurveWalk(RateCurve curve);

  Instant advance(double arrivals) {
    into_ += arrivals;
    if (into_ >= amount_) [[unlikely]]
      return next_step();
    return {from_ + static_cast<std::int64_t>(into_ * ns_each_)};
  }

 private:
  Instant next_step();
  void enter(std::size_t step);

  RateCurve curve_;
  std::size_t step_ = 0;
  double into_ = 0;        // arrivals since the step began
  double amount_ = 0;      // of the step
  double ns_each_ = 0;     // nanoseconds per arrival
  std::int64_t from_ = 0;  // ns
};

}  // namespace springtide::workload
