// What is known of a station when only two moments are: approximations and a bound. Rates per
// second, times in seconds; ca2, cs2: squared coefficients of variation of the time between
// arrivals and of the service time. Nothing is returned unless rho < 1.
#pragma once

#include <optional>

#include "theory/stations/markov.h"

namespace springtide::theory {

struct TwoMoments {
  double arrival_rate = 0;
  double ca2 = 1;
  double mean_service = 0;
  double cs2 = 1;
  int servers = 1;
};

// Kingman's formula for G/G/1 (Proc. Camb. Phil. Soc. 57, 1961): Wq ~ rho/(1-rho) (ca2+cs2)/2 E[S].
// Exact for M/G/1, and in heavy traffic. `servers` must be 1.
std::optional<StationMeans> kingman(const TwoMoments& station);

// Kingman's upper bound (J. Roy. Stat. Soc. B 24, 1962): Wq <= lambda (va + vs) / (2 (1-rho)).
std::optional<double> kingman_bound(const TwoMoments& station);

// Allen and Cunneen for G/G/c: Wq ~ (ca2+cs2)/2 times Wq of M/M/c (A. O. Allen, Probability,
// Statistics and Queueing Theory, 2nd ed. 1990). Exact for M/M/c and M/G/1.
std::optional<StationMeans> allen_cunneen(const TwoMoments& station);

}  // namespace springtide::theory
