#include "theory/stations/markov.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "base/portable_math.h"
#include "theory/stations/erlang.h"

namespace springtide::theory {
namespace {

bool positive(double x) { return std::isfinite(x) && x > 0; }

// (e^x - 1) / x, also near zero, where the quotient would cancel.
double exponential_slope(double x) {
  if (std::fabs(x) > 1e-3) return (portable_exp(x) - 1) / x;
  return 1 + x / 2 * (1 + x / 3 * (1 + x / 4 * (1 + x / 5)));
}

// The stationary distribution of a birth-death chain from the ratios birth(n) / death(n+1). It is
// scaled by its largest term as it goes, so nothing overflows.
template <typename Ratio>
std::vector<double> birth_death(int last, Ratio ratio) {
  std::vector<double> p(static_cast<std::size_t>(last) + 1);
  p[0] = 1;
  for (int n = 0; n < last; ++n) {
    const auto i = static_cast<std::size_t>(n);
    p[i + 1] = p[i] * ratio(n);
    if (p[i + 1] > 1e200)
      for (std::size_t k = 0; k <= i + 1; ++k) p[k] *= 1e-200;
  }
  double sum = 0;
  for (const double x : p) sum += x;
  for (double& x : p) x /= sum;
  return p;
}

// Means from the distribution and the rate of those that enter.
StationMeans means_of(const std::vector<double>& p, double entering, double service_rate,
                      int servers) {
  StationMeans means;
  double busy = 0;
  for (std::size_t n = 0; n < p.size(); ++n) {
    const auto number = static_cast<double>(n);
    means.mean_in_system += number * p[n];
    means.mean_waiting += std::max(number - servers, 0.0) * p[n];
    busy += std::min(number, static_cast<double>(servers)) * p[n];
  }
  means.utilisation = busy / servers;
  means.throughput = entering;
  means.mean_wait = entering > 0 ? means.mean_waiting / entering : 0;
  means.mean_response = means.mean_wait + 1 / service_rate;
  return means;
}

// The smallest t with above(t) <= tail, for a falling function; to about 1e-15 of t.
template <typename Above>
double solve_falling(double tail, double scale, Above above) {
  double high = scale;
  while (above(high) > tail && high < 1e300) high *= 2;
  double low = 0;
  for (int i = 0; i < 200 && high - low > 1e-15 * high; ++i) {
    const double middle = low + (high - low) / 2;
    (above(middle) > tail ? low : high) = middle;
  }
  return high;
}

}  // namespace

std::optional<MarkovStation> MarkovStation::make(double arrival_rate, double service_rate,
                                                 int servers) {
  if (!std::isfinite(arrival_rate) || arrival_rate < 0 || !positive(service_rate)) return {};
  const auto waiting = erlang_waiting(servers, arrival_rate / service_rate);
  if (!waiting) return {};
  MarkovStation station;
  station.arrival_rate_ = arrival_rate;
  station.service_rate_ = service_rate;
  station.servers_ = servers;
  station.waiting_ = *waiting;
  StationMeans& means = station.means_;
  const double spare = servers * service_rate - arrival_rate;
  means.utilisation = arrival_rate / (servers * service_rate);
  means.mean_wait = *waiting / spare;
  means.mean_response = means.mean_wait + 1 / service_rate;
  means.mean_waiting = arrival_rate * means.mean_wait;
  means.mean_in_system = arrival_rate * means.mean_response;
  means.throughput = arrival_rate;
  return station;
}

double MarkovStation::probability_in_system(int n) const {
  if (n < 0) return 0;
  const double load = arrival_rate_ / service_rate_;
  const double rho = means_.utilisation;
  // Downwards and upwards from n = c, where p = C (1 - rho): no factorials, no overflow.
  double p = waiting_ * (1 - rho);
  for (int k = servers_; k < n; ++k) p *= rho;
  if (load == 0) return n == 0 ? 1 : 0;
  for (int k = servers_; k > n; --k) p *= k / load;
  return p;
}

double MarkovStation::wait_above(double seconds) const {
  if (seconds < 0) return 1;
  return waiting_ * portable_exp(-(servers_ * service_rate_ - arrival_rate_) * seconds);
}

// W = Wq + S: with s = c mu - lambda the rate of the waiting tail,
//   P(W > t) = e^{-mu t} (1 + C mu t (e^x - 1)/x), x = (mu - s) t       (Gross et al., 2.3)
double MarkovStation::response_above(double seconds) const {
  if (seconds < 0) return 1;
  const double mu = service_rate_;
  const double spare = servers_ * mu - arrival_rate_;
  const double x = (mu - spare) * seconds;
  // For a large x the product of a tiny and a huge number is taken in one exponent.
  if (x > 100)
    return portable_exp(-mu * seconds) +
           waiting_ * mu / (mu - spare) *
               (portable_exp(-spare * seconds) - portable_exp(-mu * seconds));
  return portable_exp(-mu * seconds) * (1 + waiting_ * mu * seconds * exponential_slope(x));
}

double MarkovStation::wait_quantile(double p) const {
  SPRINGTIDE_CHECK(p >= 0 && p < 1, "a quantile of an unbounded wait needs 0 <= p < 1");
  if (1 - p >= waiting_) return 0;
  return portable_log(waiting_ / (1 - p)) / (servers_ * service_rate_ - arrival_rate_);
}

double MarkovStation::response_quantile(double p) const {
  SPRINGTIDE_CHECK(p >= 0 && p < 1, "a quantile of an unbounded time needs 0 <= p < 1");
  if (p == 0) return 0;
  return solve_falling(1 - p, means_.mean_response, [&](double t) { return response_above(t); });
}

std::optional<StationMeans> mm1(double arrival_rate, double service_rate) {
  if (!std::isfinite(arrival_rate) || arrival_rate < 0 || !positive(service_rate) ||
      arrival_rate >= service_rate)
    return {};
  const double rho = arrival_rate / service_rate;
  StationMeans means;
  means.utilisation = rho;
  means.mean_in_system = rho / (1 - rho);
  means.mean_waiting = rho * rho / (1 - rho);
  means.mean_response = 1 / (service_rate - arrival_rate);
  means.mean_wait = rho / (service_rate - arrival_rate);
  means.throughput = arrival_rate;
  return means;
}

std::optional<FiniteStation> mmck(double arrival_rate, double service_rate, int servers,
                                  int capacity) {
  if (!std::isfinite(arrival_rate) || arrival_rate < 0 || !positive(service_rate) || servers < 1 ||
      capacity < servers)
    return {};
  FiniteStation station;
  station.probability = birth_death(
      capacity, [&](int n) { return arrival_rate / (std::min(n + 1, servers) * service_rate); });
  const double loss = station.probability.back();
  // Carried = lambda (1 - loss), but from the busy servers, which does not cancel when loss ~ 1.
  double busy = 0;
  for (std::size_t n = 0; n < station.probability.size(); ++n)
    busy += std::min(static_cast<double>(n), static_cast<double>(servers)) * station.probability[n];
  station.means = means_of(station.probability, busy * service_rate, service_rate, servers);
  station.means.loss = loss;
  return station;
}

std::optional<FiniteStation> finite_source(int users, double think_seconds, double service_rate,
                                           int servers) {
  if (users < 1 || !positive(think_seconds) || !positive(service_rate) || servers < 1) return {};
  FiniteStation station;
  station.probability = birth_death(users, [&](int n) {
    return (users - n) / think_seconds / (std::min(n + 1, servers) * service_rate);
  });
  double busy = 0;
  for (std::size_t n = 0; n < station.probability.size(); ++n)
    busy += std::min(static_cast<double>(n), static_cast<double>(servers)) * station.probability[n];
  station.means = means_of(station.probability, busy * service_rate, service_rate, servers);
  return station;
}

}  // namespace springtide::theory
