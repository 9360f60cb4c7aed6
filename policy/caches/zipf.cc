#include "policy/caches/zipf.h"

#include <algorithm>
#include <cmath>

#include "base/portable_math.h"

namespace springtide::policy {
namespace {

// (e^x - 1) / x and ln(1 + x) / x, with their limits near zero, where the quotients lose digits.
double expm1_over(double x) {
  return std::abs(x) > 1e-5 ? (portable_exp(x) - 1) / x : 1 + x / 2 * (1 + x / 3);
}
double log1p_over(double x) {
  return std::abs(x) > 1e-5 ? portable_log(1 + x) / x : 1 - x / 2 * (1 - 2 * x / 3);
}

}  // namespace

Zipf::Zipf(std::uint64_t keys, double exponent)
    : keys_(std::max<std::uint64_t>(keys, 1)), exponent_(exponent) {
  from_ = integral(1.5) - 1;
  to_ = integral(static_cast<double>(keys_) + 0.5);
  cut_ = 2 - inverse(integral(2.5) - density(2));
}

double Zipf::density(double x) const { return portable_exp(-exponent_ * portable_log(x)); }

double Zipf::integral(double x) const {
  const double log = portable_log(x);
  return expm1_over((1 - exponent_) * log) * log;
}

double Zipf::inverse(double area) const {
  const double t = std::max((1 - exponent_) * area, -1 + 1e-15);
  return portable_exp(log1p_over(t) * area);
}

std::uint64_t Zipf::draw(Stream& stream) const {
  const auto last = static_cast<double>(keys_);
  while (true) {
    const double area = to_ + stream.uniform() * (from_ - to_);
    const double x = inverse(area);
    const double k = std::clamp(std::floor(x + 0.5), 1.0, last);
    if (k - x <= cut_ || area >= integral(k + 0.5) - density(k))
      return static_cast<std::uint64_t>(k) - 1;
  }
}

}  // namespace springtide::policy
