#include "workload/rate_curve.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace springtide::workload {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double farthest_ns = 4e18;  // 127 years: what lies beyond it in a step never comes

// Divided last, so that a whole number of arrivals comes out as one.
double arrivals(double per_second, Duration time) {
  return per_second * static_cast<double>(time.ns) / 1e9;
}

}  // namespace

RateCurve::RateCurve(const spec::RateSteps& rate) {
  for (const auto& [from, value] : rate) {
    const Instant at{std::max<std::int64_t>(from.ns, 0)};
    if (!steps_.empty() && steps_.back().from == at) steps_.pop_back();
    steps_.push_back({at, value.per_second, 0});
  }
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    Step& step = steps_[i];
    if (step.per_second <= 0) continue;
    step.amount = i + 1 == steps_.size()
                      ? infinity
                      : arrivals(step.per_second, steps_[i + 1].from - step.from);
  }
}

double RateCurve::per_second_at(Instant at) const {
  double rate = 0;
  for (const Step& step : steps_)
    if (step.from <= at) rate = step.per_second;
  return rate;
}

double RateCurve::integral(Instant until) const {
  double sum = 0;
  for (std::size_t i = 0; i < steps_.size() && steps_[i].from < until; ++i) {
    const bool whole = i + 1 < steps_.size() && steps_[i + 1].from <= until;
    sum += whole ? steps_[i].amount : arrivals(steps_[i].per_second, until - steps_[i].from);
  }
  return sum;
}

CurveWalk::CurveWalk(RateCurve curve) : curve_(std::move(curve)) {
  if (!curve_.steps().empty()) enter(0);
}

void CurveWalk::enter(std::size_t step) {
  step_ = step;
  const RateCurve::Step& s = curve_.steps()[step];
  amount_ = std::min(s.amount, s.per_second * (farthest_ns / 1e9));
  ns_each_ = s.per_second > 0 ? std::min(1e9 / s.per_second, farthest_ns) : 0;
  from_ = s.from.ns;
}

Instant CurveWalk::next_step() {
  while (into_ >= amount_) {
    if (step_ + 1 >= curve_.steps().size()) return Instant::never();
    into_ -= amount_;
    enter(step_ + 1);
  }
  return {from_ + static_cast<std::int64_t>(into_ * ns_each_)};
}

}  // namespace springtide::workload
