#include "workload/arrivals.h"

namespace springtide::workload {

std::optional<Arrivals> Arrivals::make(const spec::Plan& plan, Stream stream) {
  if (const auto* poisson = std::get_if<spec::PoissonPlan>(&plan))
    return Arrivals(Poisson{CurveWalk(RateCurve(poisson->rate))}, stream);
  if (const auto* constant = std::get_if<spec::ConstantPlan>(&plan))
    return Arrivals(Constant{CurveWalk(RateCurve(constant->rate))}, stream);
  if (const auto* renewal = std::get_if<spec::RenewalPlan>(&plan))
    return Arrivals(Renewal{renewal->interval, {}}, stream);
  return std::nullopt;
}

Instant Arrivals::next(Poisson& poisson) {
  return poisson.walk.advance(sample_exponential(stream_));
}

Instant Arrivals::next(Constant& constant) {
  const Instant at = constant.walk.advance(constant.step);
  constant.step = 1;
  return at;
}

Instant Arrivals::next(Renewal& renewal) {
  const Duration gap = renewal.interval.sample(stream_);
  if (gap >= Instant::never() - renewal.last) return renewal.last = Instant::never();
  return renewal.last += gap;
}

Instant Arrivals::next() {
  if (beyond_) {
    const Instant at = *beyond_;
    if (at != Instant::never()) beyond_.reset();
    return at;
  }
  return std::visit([this](auto& form) { return next(form); }, form_);
}

std::size_t Arrivals::fill(std::span<Instant> instants, Instant end) {
  if (beyond_ && *beyond_ >= end) return 0;
  return std::visit(
      [&](auto& form) -> std::size_t {
        std::size_t count = 0;
        while (count < instants.size()) {
          const Instant at = beyond_ ? *beyond_ : next(form);
          beyond_.reset();
          if (at >= end) {
            beyond_ = at;
            break;
          }
          instants[count++] = at;
        }
        return count;
      },
      form_);
}

}  // namespace springtide::workload
