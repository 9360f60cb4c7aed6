// Distributions of durations, with their exact first two moments.
//
// They are ours because the standard library's differ between libraries. Samples are rounded to
// whole nanoseconds and never negative. Except for `Empirical` (one draw) and `Erlang` (one draw
// a phase), every sample takes a fixed number of draws, so streams stay aligned between variants.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/portable_math.h"
#include "base/random.h"
#include "base/time.h"

namespace springtide {

// clang-format off
struct Constant { Duration value; };
struct Exponential { Duration mean; };
struct Uniform { Duration low, high; };           // low <= high
struct Lognormal { Duration median, p99; };       // median < p99; sigma = ln(p99/median)/z(0.99)
struct Pareto { Duration minimum; double shape; };  // shape > 0; mean infinite at <= 1
struct Erlang { Duration mean; int phases; };     // phases >= 1
// clang-format on
struct Hyperexponential {  // with probability p mean_1, else mean_2
  double p;
  Duration mean_1, mean_2;
};
struct Empirical {  // a measured sample, drawn with replacement
  std::string file;
  std::shared_ptr<const std::vector<Duration>> values;  // not empty
};

// The nearest whole number of nanoseconds, at most 9e18. `ns` must not be negative.
inline Duration rounded_duration(double ns) {
  constexpr double limit = 9.0e18;
  return {static_cast<std::int64_t>((ns < limit ? ns : limit) + 0.5)};
}

// Standard exponential (mean 1) and standard normal variates.
inline double sample_exponential(Stream& stream) { return -portable_log(stream.uniform()); }
double sample_normal(Stream& stream);

class Distribution {
 public:
  using Form = std::variant<Constant, Exponential, Uniform, Lognormal, Pareto, Erlang,
                            Hyperexponential, Empirical>;

  Distribution() : Distribution(Constant{}) {}
  Distribution(Form form);  // NOLINT: conversion is the purpose

  Duration sample(Stream& stream) const {
    if (const auto* exponential = std::get_if<Exponential>(&form_))
      return sample_exponential(exponential->mean, stream);
    return sample_other(stream);
  }

  const Form& form() const { return form_; }
  double mean_seconds() const;  // infinity where it does not exist
  double variance_seconds2() const;
  double squared_coefficient_of_variation() const;
  Duration minimum() const;  // no sample is below it

 private:
  static Duration sample_exponential(Duration mean, Stream& stream) {
    const double variate = springtide::sample_exponential(stream);
    return rounded_duration(static_cast<double>(mean.ns) * variate);
  }
  Duration sample_other(Stream& stream) const;

  Form form_;
  double mu_ = 0, sigma_ = 0;  // of ln(seconds), for Lognormal
};

}  // namespace springtide
