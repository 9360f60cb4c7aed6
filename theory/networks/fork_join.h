// Fork and join: a request is split into N tasks, one for each of N equal stations, and is done
// when the last of them is. Poisson requests, exponential tasks, one server a station, FIFO.
//
//               +--> station 1 --+
//   lambda -----+--> station 2 --+----> joined        load of each: rho = lambda / mu
//               +--> station N --+
//
// The stations see the same arrivals, so they are not independent, and only N = 1 and N = 2 are
// known exactly. H_N = 1 + 1/2 + ... + 1/N is the mean maximum of N exponentials of mean 1.
//
//   N = 2    (12 - rho) / 8 / (mu - lambda)       (Flatto and Hahn, SIAM J. Appl. Math. 44, 1984;
//            in this form Nelson and Tantawi, IEEE Trans. Computers 37, 1988)
//   above    H_N / (mu - lambda): as if the stations had arrivals of their own; requests that
//            share them are associated, so their maximum is smaller
//   below    H_N / (mu (1 - s)), s = exp(-(1 - s) / rho): evenly spaced arrivals (N times D/M/1)
//            (both: Baccelli, Makowski and Shwartz, Adv. Appl. Prob. 21, 1989)
//   near     for 2 <= N <= 32, within 5 %: (H_N / H_2 + (1 - H_N / H_2) 4 rho / 11) times N = 2
//            (Nelson and Tantawi 1988)
//
// Rates per second, times in seconds. Nothing is returned unless 0 < lambda < mu.
#pragma once

#include <optional>

namespace springtide::theory {

struct ForkJoinResponse {
  double lower = 0, upper = 0;  // bounds of the mean, equal for N = 1 and 2, where it is known
  double approximate = 0;       // exact for N = 1 and 2
};

// 1 <= stations <= 32.
std::optional<ForkJoinResponse> fork_join(double arrival_rate, double service_rate, int stations);

}  // namespace springtide::theory
