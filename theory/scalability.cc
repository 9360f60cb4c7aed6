#include "theory/scalability.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include <Eigen/Dense>

namespace springtide::theory {
namespace {

using Points = std::vector<ScalabilityPoint>;

double squares(const ScalabilityLaw& law, const Points& points) {
  double sum = 0;
  for (const ScalabilityPoint& point : points) {
    const double rest = point.throughput - law.throughput(point.n);
    sum += rest * rest;
  }
  return sum;
}

// N/X = c0 + c1 (N-1) + c2 N (N-1) is linear in c; gamma = 1/c0, alpha = c1/c0, beta = c2/c0. The
// two flags tell which of c1, c2 take part. Rows are weighted by X^2/N, so that errors of X, not
// of N/X, are about what is made small.
std::optional<ScalabilityLaw> linear_fit(const Points& points, bool with_alpha, bool with_beta) {
  const auto rows = static_cast<Eigen::Index>(points.size());
  const Eigen::Index columns = 1 + with_alpha + with_beta;
  Eigen::MatrixXd terms(rows, columns);
  Eigen::VectorXd goal(rows);
  for (Eigen::Index i = 0; i < rows; ++i) {
    const auto [n, x] = points[static_cast<std::size_t>(i)];
    const double weight = x * x / n;
    Eigen::Index column = 0;
    terms(i, column++) = weight;
    if (with_alpha) terms(i, column++) = weight * (n - 1);
    if (with_beta) terms(i, column++) = weight * n * (n - 1);
    goal(i) = weight * n / x;
  }
  const Eigen::VectorXd c = terms.colPivHouseholderQr().solve(goal);
  if (!(c(0) > 0) || !c.allFinite()) return {};
  ScalabilityLaw law{1 / c(0), 0, 0};
  if (with_alpha) law.alpha = c(1) / c(0);
  if (with_beta) law.beta = c(columns - 1) / c(0);
  return law;
}

// Gauss-Newton on the throughput itself with halved steps; stays in the region allowed.
ScalabilityLaw refine(ScalabilityLaw law, const Points& points, bool with_alpha, bool with_beta) {
  const auto rows = static_cast<Eigen::Index>(points.size());
  const Eigen::Index columns = 1 + with_alpha + with_beta;
  for (int round = 0; round < 100; ++round) {
    Eigen::MatrixXd slopes(rows, columns);
    Eigen::VectorXd rest(rows);
    for (Eigen::Index i = 0; i < rows; ++i) {
      const auto [n, x] = points[static_cast<std::size_t>(i)];
      const double model = law.throughput(n);
      const double denominator = law.gamma * n / model;
      Eigen::Index column = 0;
      slopes(i, column++) = model / law.gamma;
      if (with_alpha) slopes(i, column++) = -model / denominator * (n - 1);
      if (with_beta) slopes(i, column++) = -model / denominator * n * (n - 1);
      rest(i) = x - model;
    }
    const Eigen::VectorXd step = slopes.colPivHouseholderQr().solve(rest);
    const double before = squares(law, points);
    ScalabilityLaw next = law;
    double scale = 1;
    for (; scale > 1e-9; scale /= 2) {
      next.gamma = law.gamma + scale * step(0);
      next.alpha = with_alpha ? law.alpha + scale * step(1) : 0;
      next.beta = with_beta ? law.beta + scale * step(columns - 1) : 0;
      if (next.gamma > 0 && next.alpha >= 0 && next.beta >= 0 && squares(next, points) < before)
        break;
    }
    if (scale <= 1e-9) return law;
    law = next;
  }
  return law;
}

// The best with the given terms, or nothing where a coefficient would be negative.
std::optional<ScalabilityLaw> fit_with(const Points& points, bool with_alpha, bool with_beta) {
  auto law = linear_fit(points, with_alpha, with_beta);
  if (!law || law->alpha < 0 || law->beta < 0) return {};
  return refine(*law, points, with_alpha, with_beta);
}

double r_squared(const ScalabilityLaw& law, const Points& points) {
  double mean = 0;
  for (const ScalabilityPoint& point : points) mean += point.throughput;
  mean /= static_cast<double>(points.size());
  double total = 0;
  for (const ScalabilityPoint& point : points)
    total += (point.throughput - mean) * (point.throughput - mean);
  return total > 0 ? 1 - squares(law, points) / total : 1;
}

bool valid(const Points& points) {
  std::set<double> different;
  for (const ScalabilityPoint& point : points) {
    const bool good = std::isfinite(point.n) && point.n >= 1 && std::isfinite(point.throughput) &&
                      point.throughput > 0;
    if (!good) return false;
    different.insert(point.n);
  }
  return different.size() >= 3;
}

}  // namespace

double ScalabilityLaw::throughput(double n) const {
  return gamma * n / (1 + alpha * (n - 1) + beta * n * (n - 1));
}

double ScalabilityLaw::peak() const {
  if (beta <= 0) return std::numeric_limits<double>::infinity();
  return alpha >= 1 ? 1 : std::max(1.0, std::sqrt((1 - alpha) / beta));
}

std::optional<ScalabilityFit> fit_scalability(const std::vector<ScalabilityPoint>& points) {
  if (!valid(points)) return {};
  // A bound that is active at the least squares is one of alpha = 0, beta = 0, or both.
  std::optional<ScalabilityLaw> best;
  for (const bool with_alpha : {true, false})
    for (const bool with_beta : {true, false}) {
      const auto law = fit_with(points, with_alpha, with_beta);
      if (law && (!best || squares(*law, points) < squares(*best, points))) best = law;
    }
  if (!best) return {};
  return ScalabilityFit{*best, r_squared(*best, points)};
}

}  // namespace springtide::theory
