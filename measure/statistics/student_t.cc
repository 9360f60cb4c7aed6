// Student's t by the regularised incomplete beta function.
//
//   P(|T| > t) = I_x(n/2, 1/2),  x = n / (n + t^2)
//   I_x(a, b)  = x^a (1-x)^b / (a B(a, b)) / K,  K a continued fraction (NIST DLMF 8.17.22)
//
// The fraction converges fast for x < (a+1)/(a+b+2); beyond, I_x(a,b) = 1 - I_{1-x}(b,a).
// ln Gamma: Stirling's series (DLMF 5.11.1) after raising the argument to 12 or more.
#include <cmath>
#include <limits>

#include "base/check.h"
#include "base/portable_math.h"
#include "measure/confidence.h"

namespace springtide::measure {
namespace {

double log_gamma(double x) {
  double shift = 0;
  double product = 1;
  for (; x < 12; x += 1) product *= x;
  shift = portable_log(product);
  const double inverse = 1 / x;
  const double square = inverse * inverse;
  const double series =
      inverse *
      (1.0 / 12 -
       square * (1.0 / 360 - square * (1.0 / 1260 - square * (1.0 / 1680 - square / 1188))));
  constexpr double half_log_two_pi = 0.91893853320467274178;
  return (x - 0.5) * portable_log(x) - x + half_log_two_pi + series - shift;
}

// By Lentz's method, as modified by Thompson and Barnett (J. Comput. Phys. 64, 1986).
double beta_fraction(double x, double a, double b) {
  constexpr double tiny = 1e-300;
  const auto away_from_zero = [](double v) { return std::fabs(v) < tiny ? tiny : v; };
  double c = 1;
  double d = 1 / away_from_zero(1 - (a + b) * x / (a + 1));
  double fraction = d;
  for (int i = 1; i <= 10'000; ++i) {
    const double m = i;
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away_from_zero(1 + even * d);
    c = away_from_zero(1 + even / c);
    fraction *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away_from_zero(1 + odd * d);
    c = away_from_zero(1 + odd / c);
    fraction *= d * c;
    if (std::fabs(d * c - 1) < 1e-16) break;
  }
  return fraction;
}

// I_x(a, b) with y = 1 - x given apart, because the subtraction would lose a small y.
double incomplete_beta(double x, double y, double a, double b) {
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  const double log_front =
      log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * portable_log(x) + b * portable_log(y);
  const double front = portable_exp(log_front);
  if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(x, a, b) / a;
  return 1 - front * beta_fraction(y, b, a) / b;
}

// P(T > t) for t >= 0.
double upper_tail(double t, double n) {
  const double sum = n + t * t;
  return 0.5 * incomplete_beta(n / sum, t * t / sum, n / 2, 0.5);
}

double density(double t, double n) {
  constexpr double log_pi = 1.14472988584940017414;
  const double log_front =
      log_gamma((n + 1) / 2) - log_gamma(n / 2) - 0.5 * (portable_log(n) + log_pi);
  return portable_exp(log_front - (n + 1) / 2 * portable_log(1 + t * t / n));
}

// Abramowitz & Stegun 26.7.5; the terms left out are of order n^-5.
double cornish_fisher(double z, double n) {
  const double s = z * z;
  const double g1 = (s + 1) * z / 4;
  const double g2 = ((5 * s + 16) * s + 3) * z / 96;
  const double g3 = (((3 * s + 19) * s + 17) * s - 15) * z / 384;
  const double g4 = ((((79 * s + 776) * s + 1482) * s - 1920) * s - 945) * z / 92160;
  return z + (g1 + (g2 + (g3 + g4 / n) / n) / n) / n;
}

// The t with P(T > t) = tail, tail < 1/2: bracketed, then Newton's steps kept inside.
double solve_upper(double tail, double n) {
  double low = 0;
  double high = 1;
  while (upper_tail(high, n) > tail && high < 1e150) {
    low = high;
    high *= 2;
  }
  double t = (low + high) / 2;
  for (int i = 0; i < 200; ++i) {
    const double excess = upper_tail(t, n) - tail;
    (excess > 0 ? low : high) = t;
    double next = t + excess / density(t, n);
    if (!(next > low && next < high)) next = (low + high) / 2;
    if (std::fabs(next - t) <= 1e-14 * t) return next;
    t = next;
  }
  return t;
}

}  // namespace

double student_t_cumulative(double t, double degrees_of_freedom) {
  SPRINGTIDE_CHECK(degrees_of_freedom > 0, "degrees of freedom must be above zero");
  const double tail = upper_tail(std::fabs(t), degrees_of_freedom);
  return t > 0 ? 1 - tail : tail;
}

double student_t_quantile(double p, double degrees_of_freedom) {
  SPRINGTIDE_CHECK(p > 0 && p < 1, "a quantile of an unbounded distribution needs 0 < p < 1");
  SPRINGTIDE_CHECK(degrees_of_freedom > 0, "degrees of freedom must be above zero");
  if (p == 0.5) return 0;
  if (degrees_of_freedom >= 1000) return cornish_fisher(normal_quantile(p), degrees_of_freedom);
  return p > 0.5 ? solve_upper(1 - p, degrees_of_freedom) : -solve_upper(p, degrees_of_freedom);
}

}  // namespace springtide::measure
