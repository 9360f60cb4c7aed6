#include "theory/networks/closed.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/portable_math.h"

namespace springtide::theory {
namespace {

constexpr double minus_infinity = -std::numeric_limits<double>::infinity();

bool valid(const std::vector<ClosedStation>& stations, int users) {
  double demand = 0;
  for (const ClosedStation& station : stations) {
    if (!std::isfinite(station.demand) || station.demand < 0 || station.servers < 0) return false;
    demand += station.demand;
  }
  return users >= 1 && demand > 0;
}

// Means at the throughput: Little's law and the utilisation law.
ClosedNetwork network_of(const std::vector<ClosedStation>& stations, double throughput,
                         std::vector<double> numbers) {
  ClosedNetwork network;
  network.throughput = throughput;
  for (std::size_t i = 0; i < stations.size(); ++i) {
    const bool is_delay = stations[i].servers == 0;
    if (!is_delay) network.mean_response += numbers[i] / throughput;
    network.utilisation.push_back(throughput * stations[i].demand /
                                  (is_delay ? 1 : stations[i].servers));
  }
  network.mean_in_station = std::move(numbers);
  return network;
}

// --- Convolution, in logarithms --------------------------------------------------------------

using LogSeries = std::vector<double>;  // ln g(0), ln g(1), ..., ln g(users)

double log_sum(const std::vector<double>& logs) {
  const double largest = *std::max_element(logs.begin(), logs.end());
  if (largest == minus_infinity) return minus_infinity;
  double sum = 0;
  for (const double x : logs) sum += portable_exp(x - largest);
  return largest + portable_log(sum);
}

// ln of demand^n / (product of min(k, servers), k = 1 .. n).
LogSeries station_factor(const ClosedStation& station, int users) {
  LogSeries factor = {0};
  for (int n = 1; n <= users; ++n) {
    const double speed = station.servers == 0 ? n : std::min(n, station.servers);
    factor.push_back(station.demand > 0 ? factor.back() + portable_log(station.demand / speed)
                                        : minus_infinity);
  }
  return factor;
}

LogSeries convolve(const LogSeries& a, const LogSeries& b) {
  LogSeries result;
  std::vector<double> terms;
  for (std::size_t n = 0; n < a.size(); ++n) {
    terms.clear();
    for (std::size_t k = 0; k <= n; ++k) {
      const double term = a[k] + b[n - k];
      terms.push_back(term);
    }
    result.push_back(log_sum(terms));
  }
  return result;
}

LogSeries convolve_all(const std::vector<LogSeries>& factors, std::size_t but) {
  LogSeries result(factors.front().size(), minus_infinity);
  result[0] = 0;
  for (std::size_t i = 0; i < factors.size(); ++i)
    if (i != but) result = convolve(result, factors[i]);
  return result;
}

}  // namespace

std::optional<ClosedNetwork> mean_value_analysis(const std::vector<ClosedStation>& stations,
                                                 int users) {
  if (!valid(stations, users)) return {};
  for (const ClosedStation& station : stations)
    if (station.servers > 1) return {};
  std::vector<double> numbers(stations.size());
  double throughput = 0;
  for (int n = 1; n <= users; ++n) {
    // An arrival sees the network with one user less (the arrival theorem).
    double round_trip = 0;
    for (std::size_t i = 0; i < stations.size(); ++i) {
      const double ahead = stations[i].servers == 0 ? 0 : numbers[i];
      numbers[i] = stations[i].demand * (1 + ahead);
      round_trip += numbers[i];
    }
    throughput = n / round_trip;
    for (double& number : numbers) number *= throughput;
  }
  return network_of(stations, throughput, std::move(numbers));
}

std::optional<ClosedNetwork> convolution(const std::vector<ClosedStation>& stations, int users) {
  if (!valid(stations, users)) return {};
  std::vector<LogSeries> factors;
  for (const ClosedStation& station : stations) factors.push_back(station_factor(station, users));
  const LogSeries whole = convolve_all(factors, stations.size());
  const auto last = static_cast<std::size_t>(users);
  std::vector<double> numbers;
  for (std::size_t i = 0; i < stations.size(); ++i) {
    const LogSeries others = convolve_all(factors, i);
    double mean = 0;
    for (std::size_t n = 1; n <= last; ++n) {
      const double log_share = factors[i][n] + others[last - n] - whole[last];
      if (log_share > -700) mean += static_cast<double>(n) * portable_exp(log_share);
    }
    numbers.push_back(mean);
  }
  return network_of(stations, portable_exp(whole[last - 1] - whole[last]), std::move(numbers));
}

}  // namespace springtide::theory
