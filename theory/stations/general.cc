#include "theory/stations/general.h"

#include <cmath>

#include "base/check.h"
#include "base/portable_math.h"

namespace springtide::theory {
namespace {

bool stable(double arrival_rate, double mean_service) {
  return std::isfinite(arrival_rate) && arrival_rate >= 0 && std::isfinite(mean_service) &&
         mean_service > 0 && arrival_rate * mean_service < 1;
}

StationMeans means_from_wait(double arrival_rate, double mean_service, double wait) {
  StationMeans means;
  means.utilisation = arrival_rate * mean_service;
  means.mean_wait = wait;
  means.mean_response = wait + mean_service;
  means.mean_waiting = arrival_rate * wait;
  means.mean_in_system = arrival_rate * means.mean_response;
  means.throughput = arrival_rate;
  return means;
}

// P(A > n) for n = 0 .. last, A Poisson with mean rho <= 1: summed from the far end, so small
// tails keep their digits.
std::vector<double> poisson_tails(double rho, std::size_t last) {
  constexpr std::size_t beyond = 40;  // terms past the last: below 1/40! of it
  std::vector<double> p(last + beyond);
  p[0] = portable_exp(-rho);
  for (std::size_t n = 1; n < p.size(); ++n) p[n] = p[n - 1] * rho / static_cast<double>(n);
  std::vector<double> tail(last + 1);
  double sum = 0;
  for (std::size_t n = p.size() - 1; n > 0; --n) {
    sum += p[n];
    if (n - 1 <= last) tail[n - 1] = sum;
  }
  return tail;
}

// P(N = n), n = 0 .. last, of M/D/1. The flow up across the cut between n and n+1, at the instants
// of departure, equals the flow down; every term is positive:
//   p(n+1) a(0) = p(0) P(A > n) + sum_{j=1..n} p(j) P(A > n + 1 - j)
std::vector<double> numbers_in_system(double rho, std::size_t last) {
  const std::vector<double> tail = poisson_tails(rho, last + 1);
  const double none = portable_exp(-rho);
  std::vector<double> p(last + 1);
  p[0] = 1 - rho;
  for (std::size_t n = 0; n < last; ++n) {
    double up = p[0] * tail[n];
    // Tails further than 40 away are below 1e-48 of the nearest.
    for (std::size_t j = n > 40 ? n - 40 : 1; j <= n; ++j) up += p[j] * tail[n + 1 - j];
    p[n + 1] = up / none;
  }
  return p;
}

}  // namespace

Moments exponential_moments(double mean) { return {mean, 2 * mean * mean, 6 * mean * mean * mean}; }

Moments constant_moments(double value) { return {value, value * value, value * value * value}; }

Moments lognormal_moments(double mu, double sigma) {
  const auto moment = [&](double k) { return portable_exp(k * mu + k * k * sigma * sigma / 2); };
  return {moment(1), moment(2), moment(3)};
}

Moments hyperexponential_moments(double p, double mean_1, double mean_2) {
  const Moments a = exponential_moments(mean_1), b = exponential_moments(mean_2);
  const double q = 1 - p;
  return {p * a.first + q * b.first, p * a.second + q * b.second, p * a.third + q * b.third};
}

Moments erlang_moments(double mean, int phases) {
  const double k = phases, phase = mean / k;
  return {mean, k * (k + 1) * phase * phase, k * (k + 1) * (k + 2) * phase * phase * phase};
}

Moments uniform_moments(double low, double high) {
  return {(low + high) / 2, (low * low + low * high + high * high) / 3,
          (low + high) * (low * low + high * high) / 4};
}

std::optional<GeneralStation> mg1(double arrival_rate, const Moments& service) {
  const bool possible = service.second >= service.first * service.first * (1 - 1e-12) &&
                        std::isfinite(service.second) && service.third >= 0;
  if (!stable(arrival_rate, service.first) || !possible) return {};
  const double idle = 1 - arrival_rate * service.first;
  const double wait = arrival_rate * service.second / (2 * idle);
  GeneralStation station;
  station.means = means_from_wait(arrival_rate, service.first, wait);
  station.wait_second_moment = 2 * wait * wait + arrival_rate * service.third / (3 * idle);
  station.wait_variance = station.wait_second_moment - wait * wait;
  station.response_variance =
      station.wait_variance + service.second - service.first * service.first;
  return station;
}

std::optional<StationMeans> mg1_processor_sharing(double arrival_rate, double mean_service) {
  const auto response = processor_sharing_response(arrival_rate, mean_service, mean_service);
  if (!response) return {};
  StationMeans means = means_from_wait(arrival_rate, mean_service, *response - mean_service);
  return means;
}

std::optional<double> processor_sharing_response(double arrival_rate, double mean_service,
                                                 double service) {
  if (!stable(arrival_rate, mean_service) || !(service >= 0)) return {};
  return service / (1 - arrival_rate * mean_service);
}

std::optional<ConstantServiceStation> ConstantServiceStation::make(double arrival_rate,
                                                                   double service_seconds) {
  if (!stable(arrival_rate, service_seconds)) return {};
  ConstantServiceStation station;
  station.arrival_rate_ = arrival_rate;
  station.service_ = service_seconds;
  return station;
}

StationMeans ConstantServiceStation::means() const {
  return mg1(arrival_rate_, constant_moments(service_))->means;
}

// With (k-1) D <= t < k D, u = lambda (k D - t) in (0, rho], and Q(m) = P(at most m waiting):
//   P(Wq <= t) = sum_{j=0..k-1} Q(k-1-j) e^{-u} u^j / j!          (Franx 2001, for one server)
double ConstantServiceStation::wait_at_most(double seconds) const {
  if (seconds < 0) return 0;
  const double whole = std::floor(seconds / service_);
  if (whole > 1e6) return 1;
  const std::size_t k = static_cast<std::size_t>(whole) + 1;
  const double rho = arrival_rate_ * service_;
  const double u = arrival_rate_ * (static_cast<double>(k) * service_ - seconds);
  std::vector<double> waiting = numbers_in_system(rho, k);  // then Q(m) = p(0) + ... + p(m+1)
  double sum = waiting[0];
  for (std::size_t m = 0; m < k; ++m) {
    sum += waiting[m + 1];
    waiting[m] = sum;
  }
  double term = portable_exp(-u);
  double result = 0;
  for (std::size_t j = 0; j < k && term > 0; ++j) {
    result += waiting[k - 1 - j] * term;
    term *= u / static_cast<double>(j + 1);
  }
  return result;
}

double ConstantServiceStation::wait_quantile(double p) const {
  SPRINGTIDE_CHECK(p >= 0 && p < 1, "a quantile of an unbounded wait needs 0 <= p < 1");
  if (wait_at_most(0) >= p) return 0;
  double high = service_;
  while (wait_at_most(high) < p && high < 1e5 * service_) high *= 2;
  double low = 0;
  while (high - low > 1e-9 * service_) {
    const double middle = low + (high - low) / 2;
    (wait_at_most(middle) < p ? low : high) = middle;
  }
  return high;
}

}  // namespace springtide::theory
