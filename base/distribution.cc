#include "base/distribution.h"

#include <algorithm>
#include <limits>

#include "base/portable_math.h"

namespace springtide {
namespace {

constexpr double z99 = 2.3263478740408408;  // normal_quantile(0.99)

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

Duration rounded(double ns) { return rounded_duration(ns); }

struct Moments {
  double mean, variance;
};

Moments moments_of(const std::vector<Duration>& values) {
  double sum = 0, squares = 0;
  for (const Duration value : values) sum += value.seconds();
  const double mean = sum / static_cast<double>(values.size());
  for (const Duration value : values)
    squares += (value.seconds() - mean) * (value.seconds() - mean);
  return {mean, squares / static_cast<double>(values.size())};
}

Moments moments_of(const Distribution::Form& form, double mu, double sigma) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const auto of_mean = [](double m, double variance_per_m2) {
    return Moments{m, variance_per_m2 * m * m};
  };
  return std::visit(
      Overloaded{[](const Constant& d) {
                   return Moments{d.value.seconds(), 0};
                 },
                 [&](const Exponential& d) { return of_mean(d.mean.seconds(), 1); },
                 [](const Uniform& d) {
                   const double width = (d.high - d.low).seconds();
                   return Moments{d.low.seconds() + width / 2, width * width / 12};
                 },
                 [&](const Lognormal&) {
                   const double mean = portable_exp(mu + sigma * sigma / 2);
                   return Moments{mean, mean * mean * (portable_exp(sigma * sigma) - 1)};
                 },
                 [&](const Pareto& d) {
                   const double a = d.shape, m = d.minimum.seconds();
                   return Moments{a > 1 ? a * m / (a - 1) : infinity,
                                  a > 2 ? m * m * a / ((a - 1) * (a - 1) * (a - 2)) : infinity};
                 },
                 [&](const Erlang& d) { return of_mean(d.mean.seconds(), 1.0 / d.phases); },
                 [](const Hyperexponential& d) {
                   const double a = d.mean_1.seconds(), b = d.mean_2.seconds();
                   const double mean = d.p * a + (1 - d.p) * b;
                   return Moments{mean, 2 * (d.p * a * a + (1 - d.p) * b * b) - mean * mean};
                 },
                 [](const Empirical& d) { return moments_of(*d.values); }},
      form);
}

}  // namespace

double sample_normal(Stream& stream) { return normal_quantile(stream.uniform()); }

Distribution::Distribution(Form form) : form_(std::move(form)) {
  if (const auto* lognormal = std::get_if<Lognormal>(&form_)) {
    mu_ = portable_log(lognormal->median.seconds());
    sigma_ = (portable_log(lognormal->p99.seconds()) - mu_) / z99;
  }
}

Duration Distribution::sample_other(Stream& stream) const {
  return std::visit(
      Overloaded{[](const Constant& d) { return d.value; },
                 [&](const Exponential& d) { return sample_exponential(d.mean, stream); },
                 [&](const Uniform& d) {
                   return d.low +
                          rounded(static_cast<double>((d.high - d.low).ns) * stream.uniform());
                 },
                 [&](const Lognormal&) {
                   return rounded(1e9 * portable_exp(mu_ + sigma_ * sample_normal(stream)));
                 },
                 [&](const Pareto& d) {
                   return rounded(static_cast<double>(d.minimum.ns) *
                                  portable_exp(-portable_log(stream.uniform()) / d.shape));
                 },
                 [&](const Erlang& d) {
                   double sum = 0;
                   for (int i = 0; i < d.phases; ++i) sum += springtide::sample_exponential(stream);
                   return rounded(static_cast<double>(d.mean.ns) / d.phases * sum);
                 },
                 [&](const Hyperexponential& d) {
                   const Duration mean = stream.chance(d.p) ? d.mean_1 : d.mean_2;
                   return sample_exponential(mean, stream);
                 },
                 [&](const Empirical& d) { return (*d.values)[stream.below(d.values->size())]; }},
      form_);
}

double Distribution::mean_seconds() const { return moments_of(form_, mu_, sigma_).mean; }

double Distribution::variance_seconds2() const { return moments_of(form_, mu_, sigma_).variance; }

double Distribution::squared_coefficient_of_variation() const {
  const Moments m = moments_of(form_, mu_, sigma_);
  return m.mean > 0 ? m.variance / (m.mean * m.mean) : 0;
}

Duration Distribution::minimum() const {
  return std::visit(
      Overloaded{[](const Constant& d) { return d.value; }, [](const Uniform& d) { return d.low; },
                 [](const Pareto& d) { return d.minimum; },
                 [](const Empirical& d) {
                   Duration least = d.values->front();
                   for (const Duration value : *d.values) least = std::min(least, value);
                   return least;
                 },
                 [](const auto&) { return Duration{}; }},
      form_);
}

}  // namespace springtide
