// Open networks: how often each service is asked, and Jackson's means.
//
//   outside gamma_i --> station i --p_ij--> station j ... --> outside
//   lambda = gamma + P^T lambda                              (the traffic equations)
//
// In a graph of calls, an entry is how many calls to j one call to i makes, so a row may sum to
// more than one: the equations are the same. Solved by LU (Eigen).
// Source: J. R. Jackson, Oper. Res. 5 (1957): with Poisson sources, exponential service and
// p_ij of routing, each station behaves as an M/M/c of its own.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "theory/stations/markov.h"

namespace springtide::theory {

using Matrix = std::vector<std::vector<double>>;  // square; row i: from i

// Arrivals per second at each station. Nothing if a number is negative or not finite, the shapes
// do not match, or a cycle of calls never ends (the spectral radius reaches one).
std::optional<std::vector<double>> traffic(const std::vector<double>& outside, const Matrix& calls);

struct NetworkStation {
  double service_rate = 0;
  int servers = 1;
};

struct OpenNetwork {
  std::vector<StationMeans> stations;
  double mean_in_system = 0;
  double mean_response = 0;    // of one arrival from outside, all its visits
  std::size_t bottleneck = 0;  // the station with the highest utilisation
  double largest_scale = 0;    // the factor on all arrivals at which it saturates
};
// Nothing also where a station would be saturated or a row of `routing` sums to more than one.
std::optional<OpenNetwork> jackson(const std::vector<double>& outside, const Matrix& routing,
                                   const std::vector<NetworkStation>& stations);

}  // namespace springtide::theory
