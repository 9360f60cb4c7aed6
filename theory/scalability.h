// The universal scalability law: throughput X of N processors (or users, or nodes)
//
//   X(N) = gamma N / (1 + alpha (N - 1) + beta N (N - 1))
//
// gamma: of one alone; alpha: contention (waiting for what is shared); beta: coherency (keeping it
// consistent). beta = 0 is Amdahl's law. Source: N. J. Gunther, Guerrilla Capacity Planning (2007),
// chapters 4 to 6.
#pragma once

#include <optional>
#include <vector>

namespace springtide::theory {

struct ScalabilityLaw {
  double gamma = 0;  // > 0, per second
  double alpha = 0;  // >= 0
  double beta = 0;   // >= 0
  double throughput(double n) const;
  // Where throughput peaks: sqrt((1 - alpha) / beta); infinity where it never falls.
  double peak() const;
};

struct ScalabilityPoint {
  double n = 0;
  double throughput = 0;
};

struct ScalabilityFit {
  ScalabilityLaw law;
  double r_squared = 0;  // of the throughput; 1 where the points have no variance
};

// Least squares on the throughput (Gauss-Newton, begun from the linear fit of N/X), with alpha and
// beta not below zero. Nothing with fewer than three different n, or with any n < 1 or X <= 0.
std::optional<ScalabilityFit> fit_scalability(const std::vector<ScalabilityPoint>& points);

}  // namespace springtide::theory
