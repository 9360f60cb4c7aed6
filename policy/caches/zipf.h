// Popularity by Zipf's law: key k of 1 .. n is asked for with a probability proportional to k^-s.
//
// Drawn by rejection from the inverse of the integral of x^-s, in constant time and memory for any
// n (W. Hormann, G. Derflinger, "Rejection-inversion to generate variates from monotone discrete
// distributions", ACM TOMACS 6(3), 1996). Logarithm and exponential are base/portable_math.h's, so
// the keys are the same on every machine.
#pragma once

#include <cstdint>

#include "base/random.h"

namespace springtide::policy {

class Zipf {
 public:
  Zipf(std::uint64_t keys, double exponent);  // keys >= 1; exponent >= 0 (0: all alike)

  // 0 .. keys-1, the most popular first.
  std::uint64_t draw(Stream& stream) const;

  std::uint64_t keys() const { return keys_; }

 private:
  double integral(double x) const;    // of t^-s, up to a constant
  double inverse(double area) const;  // of integral
  double density(double x) const;     // x^-s

  std::uint64_t keys_;
  double exponent_;
  double from_ = 0, to_ = 0, cut_ = 0;
};

}  // namespace springtide::policy
