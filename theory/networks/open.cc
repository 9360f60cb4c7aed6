#include "theory/networks/open.h"

#include <cmath>
#include <limits>

#include <Eigen/Dense>

namespace springtide::theory {
namespace {

bool valid_number(double x) { return std::isfinite(x) && x >= 0; }

bool valid(const std::vector<double>& outside, const Matrix& calls) {
  if (outside.empty() || calls.size() != outside.size()) return false;
  for (const double rate : outside)
    if (!valid_number(rate)) return false;
  for (const auto& row : calls) {
    if (row.size() != outside.size()) return false;
    for (const double entry : row)
      if (!valid_number(entry)) return false;
  }
  return true;
}

}  // namespace

// A nonnegative solution exists only if every cycle that traffic reaches loses some of it: with the
// left Perron vector w of such a cycle of radius r >= 1, (1 - r) w lambda = w gamma > 0 has none.
std::optional<std::vector<double>> traffic(const std::vector<double>& outside,
                                           const Matrix& calls) {
  if (!valid(outside, calls)) return {};
  const auto n = static_cast<Eigen::Index>(outside.size());
  Eigen::MatrixXd balance = Eigen::MatrixXd::Identity(n, n);
  Eigen::VectorXd source(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    source(i) = outside[static_cast<std::size_t>(i)];
    for (Eigen::Index j = 0; j < n; ++j)
      balance(j, i) -= calls[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
  }
  const Eigen::FullPivLU<Eigen::MatrixXd> solver(balance);
  if (!solver.isInvertible()) return {};
  const Eigen::VectorXd rates = solver.solve(source);
  const double largest = rates.cwiseAbs().maxCoeff();
  if (!std::isfinite(largest) || rates.minCoeff() < -1e-9 * largest) return {};
  std::vector<double> result;
  for (Eigen::Index i = 0; i < n; ++i) result.push_back(std::max(rates(i), 0.0));
  return result;
}

std::optional<OpenNetwork> jackson(const std::vector<double>& outside, const Matrix& routing,
                                   const std::vector<NetworkStation>& stations) {
  const auto rates = traffic(outside, routing);
  if (!rates || stations.size() != outside.size()) return {};
  for (const auto& row : routing) {
    double sum = 0;
    for (const double share : row) sum += share;
    if (sum > 1 + 1e-12) return {};
  }
  OpenNetwork network;
  network.largest_scale = std::numeric_limits<double>::infinity();
  double arrivals = 0;
  for (std::size_t i = 0; i < stations.size(); ++i) {
    const auto station =
        MarkovStation::make((*rates)[i], stations[i].service_rate, stations[i].servers);
    if (!station) return {};
    network.stations.push_back(station->means());
    network.mean_in_system += station->means().mean_in_system;
    arrivals += outside[i];
    const double scale = 1 / station->means().utilisation;
    if (scale < network.largest_scale) {
      network.largest_scale = scale;
      network.bottleneck = i;
    }
  }
  network.mean_response = arrivals > 0 ? network.mean_in_system / arrivals : 0;
  return network;
}

}  // namespace springtide::theory
