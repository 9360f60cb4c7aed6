#include "theory/networks/fork_join.h"

#include <cmath>

#include "base/portable_math.h"

namespace springtide::theory {
namespace {

constexpr int most_stations = 32;  // of the approximation

double harmonic(int n) {
  double sum = 0;
  for (int i = n; i >= 1; --i) sum += 1.0 / i;
  return sum;
}

// The root below one of s = exp(-(1 - s) / rho): from 0 upwards the iteration approaches it from
// below, and never passes it, for the right side is convex and grows.
double evenly_spaced_root(double rho) {
  double s = 0;
  for (int i = 0; i < 100'000; ++i) {
    const double next = portable_exp(-(1 - s) / rho);
    if (next - s < 1e-15) return next;
    s = next;
  }
  return s;
}

}  // namespace

std::optional<ForkJoinResponse> fork_join(double arrival_rate, double service_rate, int stations) {
  if (!std::isfinite(service_rate) || !(arrival_rate > 0) || !(arrival_rate < service_rate) ||
      stations < 1 || stations > most_stations)
    return {};
  const double rho = arrival_rate / service_rate;
  const double one = 1 / (service_rate - arrival_rate), two = (12 - rho) / 8 * one;
  if (stations == 1) return ForkJoinResponse{one, one, one};
  if (stations == 2) return ForkJoinResponse{two, two, two};
  const double growth = harmonic(stations) / harmonic(2);
  ForkJoinResponse response;
  response.lower = harmonic(stations) / (service_rate * (1 - evenly_spaced_root(rho)));
  response.upper = harmonic(stations) * one;
  response.approximate = (growth + (1 - growth) * 4 * rho / 11) * two;
  return response;
}

}  // namespace springtide::theory
