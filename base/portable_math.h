// Elementary functions that give the same bits on every machine and with every compiler.
//
// The C library picks a variant of log and exp by the processor it finds (with or without fused
// multiply-add), and they differ in the last bit: enough to change an event order. These use only
// IEEE additions, multiplications and divisions in a fixed order (the build forbids contraction).
// Relative error below 4e-16. Arguments must be finite; portable_log needs a positive normal one.
#pragma once

#include <bit>
#include <cstdint>

#include "base/log_table.h"

namespace springtide {

double portable_exp(double x);

// x = z * 2^e with z in [0.6875, 1.375); f from the table, so that r = z * f - 1 is small:
//
//   log x = e ln 2 - ln f + log(1 + r),   |r| <= 2^-7
//
// (Tang 1990, "Table-driven implementation of the logarithm function in IEEE floating-point
// arithmetic".) z is split so that z * f - 1 takes one rounding without a fused operation; the
// series ends at r^8, whose neglected rest is below 2^-59. No branch: the argument of a random
// variate would be mispredicted. Inline, because every exponential variate takes one.
inline double portable_log(double x) {
  constexpr double ln2_high = 0x1.62e42fee00000p-1;  // 33 leading bits of ln 2
  constexpr double ln2_low = 0x1.a39ef35793c76p-33;  // the rest
  const auto bits = std::bit_cast<std::uint64_t>(x);
  const std::uint64_t above = bits - 0x3fe6000000000000ULL;  // 0.6875
  const auto e = static_cast<double>(static_cast<std::int64_t>(above) >> 52);
  const LogInterval& interval = log_intervals[above >> 45 & 127];
  const std::uint64_t z_bits = bits - (above & 0xfff0000000000000ULL);
  const auto z = std::bit_cast<double>(z_bits);
  const auto z_high = std::bit_cast<double>(z_bits & ~std::uint64_t{0x7ffffff});
  const double r = (z_high * interval.factor - 1) + (z - z_high) * interval.factor;
  const double high = e * ln2_high + interval.log_high;  // exact
  const double sum = high + r;
  const double rest = (high - sum + r) + (e * ln2_low + interval.log_low);
  const double r2 = r * r;
  const double series =
      (-1.0 / 2 + r * (1.0 / 3)) +
      r2 * ((-1.0 / 4 + r * (1.0 / 5)) + r2 * ((-1.0 / 6 + r * (1.0 / 7)) + r2 * (-1.0 / 8)));
  return sum + (rest + r2 * series);
}

// Quantile of the standard normal distribution, 0 < p < 1 (Wichura 1988, AS 241 PPND16; relative
// error about 1e-16 in its central part).
double normal_quantile(double p);

}  // namespace springtide
