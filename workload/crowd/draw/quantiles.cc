#include "workload/crowd/draw/quantiles.h"

#include <algorithm>
#include <cstddef>

#include "base/check.h"
#include "base/portable_math.h"
#include "workload/crowd/shake.h"

namespace springtide::workload {
namespace {

constexpr double z99 = 2.3263478740408408;  // normal_quantile(0.99)
constexpr double most_ticks = 4.0e15;       // 127 years

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

// Where an increasing function that is 0 at 0 reaches p. `scale` is any length of its order.
template <typename Function>
double inverse(const Function& function, double p, double scale) {
  double low = 0, high = scale;
  while (function(high) < p && high < 1e15) high *= 2;
  for (int i = 0; i < 200 && high - low > 1e-15 * high; ++i) {
    const double middle = low + (high - low) / 2;
    (function(middle) < p ? low : high) = middle;
  }
  return low + (high - low) / 2;
}

double erlang_quantile(const Erlang& d, double p) {
  const double mean = d.mean.seconds();
  if (mean <= 0) return 0;
  return inverse(
      [&](double x) {  // 1 - e^-y (1 + y + ... + y^(n-1)/(n-1)!)
        const double y = x * d.phases / mean;
        double term = 1, sum = 1;
        for (int i = 1; i < d.phases; ++i) sum += term *= y / i;
        return 1 - portable_exp(-y) * sum;
      },
      p, mean);
}

double hyperexponential_quantile(const Hyperexponential& d, double p) {
  const double a = d.mean_1.seconds(), b = d.mean_2.seconds();
  const auto survival = [](double x, double mean) {
    return mean > 0 ? portable_exp(-x / mean) : 0;
  };
  return inverse([&](double x) { return 1 - d.p * survival(x, a) - (1 - d.p) * survival(x, b); }, p,
                 std::max({a, b, 1e-9}));
}

std::int64_t to_ticks(double seconds) {
  const double ticks = seconds * static_cast<double>(ticks_per_second);
  return static_cast<std::int64_t>(std::min(ticks, most_ticks) + 0.5);
}

// The least number of ticks that is not shorter.
std::int64_t ticks_not_below(Duration duration) {
  const std::int64_t ticks = ticks_of(duration);
  return ticks + (ticks_of(duration + Duration{-1}) == ticks && duration.ns > 0 ? 1 : 0);
}

}  // namespace

QuantileFunction::QuantileFunction(const Distribution& distribution) : distribution_(distribution) {
  if (const auto* empirical = std::get_if<Empirical>(&distribution.form())) {
    sorted_ = *empirical->values;
    std::sort(sorted_.begin(), sorted_.end());
  }
}

double QuantileFunction::operator()(double p) const {
  SPRINGTIDE_CHECK(p > 0 && p < 1, "a quantile lies between 0 and 1");
  return std::visit(
      Overloaded{[](const Constant& d) { return d.value.seconds(); },
                 [&](const Exponential& d) { return -portable_log(1 - p) * d.mean.seconds(); },
                 [&](const Uniform& d) { return d.low.seconds() + p * (d.high - d.low).seconds(); },
                 [&](const Lognormal& d) {
                   const double mu = portable_log(d.median.seconds());
                   const double sigma = (portable_log(d.p99.seconds()) - mu) / z99;
                   return portable_exp(mu + sigma * normal_quantile(p));
                 },
                 [&](const Pareto& d) {
                   return d.minimum.seconds() * portable_exp(-portable_log(1 - p) / d.shape);
                 },
                 [&](const Erlang& d) { return erlang_quantile(d, p); },
                 [&](const Hyperexponential& d) { return hyperexponential_quantile(d, p); },
                 [&](const Empirical&) {
                   const auto n = static_cast<double>(sorted_.size());
                   const auto at = static_cast<std::size_t>(p * n);
                   return sorted_[std::min(at, sorted_.size() - 1)].seconds();
                 }},
      distribution_.form());
}

Quantiles::Quantiles(const Distribution& distribution)
    : function_(distribution), minimum_(ticks_not_below(distribution.minimum())) {
  const auto add = [&](double p) { points_.push_back({p, function_(p)}); };
  const auto part = [](int octave, int eighth) {  // of a tail, from 2^-33 to 2^-12
    return (1 + eighth / 8.0) / static_cast<double>(std::int64_t{1} << octave);
  };
  for (int octave = 33; octave > cell_bits; --octave)
    for (int eighth = 0; eighth < 8; ++eighth) add(part(octave, eighth));
  for (std::uint32_t i = 1; i < cells; ++i) add(static_cast<double>(i) / cells);
  for (int octave = cell_bits + 1; octave <= 33; ++octave)
    for (int eighth = 7; eighth >= 0; --eighth) add(1 - part(octave, eighth));

  ends_.assign(cells + 1, -1);
  for (std::uint32_t i = 1; i < cells; ++i)
    ends_[i] = std::max(minimum_, to_ticks(function_(static_cast<double>(i) / cells)));
  for (std::size_t i = 1; i < points_.size(); ++i)
    mean_ += (points_[i].probability - points_[i - 1].probability) *
             (points_[i].seconds + points_[i - 1].seconds) / 2;
}

std::int64_t Quantiles::of_tail(std::uint32_t random) const {
  const double p = (static_cast<double>(random) + 0.5) * 0x1.0p-32;
  return std::max(minimum_, to_ticks(function_(p)));
}

double Quantiles::below(double seconds) const {
  const auto above =
      std::upper_bound(points_.begin(), points_.end(), seconds,
                       [](double x, const Point& point) { return x < point.seconds; });
  if (above == points_.begin()) return 0;
  if (above == points_.end()) return 1;
  const Point& low = above[-1];
  return low.probability + (above->probability - low.probability) * (seconds - low.seconds) /
                               (above->seconds - low.seconds);
}

}  // namespace springtide::workload
