// One server, Poisson arrivals, any service time.
//
//   FIFO   Pollaczek-Khinchine (Pollaczek 1930, Khinchine 1932): Wq = lambda E[S^2] / (2 (1-rho)),
//          E[Wq^2] = 2 Wq^2 + lambda E[S^3] / (3 (1-rho))       (Takacs, Oper. Res. 10, 1962)
//   D      constant service: the whole distribution of the wait (Franx, Oper. Res. Letters 29,
//          2001), in a form without subtraction, so stable at any rho
//   PS     processor sharing: E[W] = E[S] / (1-rho) for any S; E[W | S = x] = x / (1-rho)
//          (Sakata, Noguchi, Oizumi 1969; Kleinrock vol. 2, 4.4)
//
// Rates per second, times in seconds. Nothing is returned unless rho = lambda E[S] < 1.
#pragma once

#include <optional>
#include <vector>

#include "theory/stations/markov.h"

namespace springtide::theory {

// E[S], E[S^2], E[S^3] of a service time.
struct Moments {
  double first = 0, second = 0, third = 0;
};
Moments exponential_moments(double mean);
Moments constant_moments(double value);
Moments lognormal_moments(double mu, double sigma);  // of ln(seconds)
Moments hyperexponential_moments(double p, double mean_1, double mean_2);
Moments erlang_moments(double mean, int phases);
Moments uniform_moments(double low, double high);

struct GeneralStation {
  StationMeans means;
  double wait_second_moment = 0;  // E[Wq^2]
  double wait_variance = 0;
  double response_variance = 0;  // of Wq + S
};
std::optional<GeneralStation> mg1(double arrival_rate, const Moments& service);
std::optional<StationMeans> mg1_processor_sharing(double arrival_rate, double mean_service);
// E[W | S = service]; the slowdown 1 / (1-rho) is the same for all.
std::optional<double> processor_sharing_response(double arrival_rate, double mean_service,
                                                 double service);

class ConstantServiceStation {  // M/D/1
 public:
  static std::optional<ConstantServiceStation> make(double arrival_rate, double service_seconds);
  StationMeans means() const;
  double wait_at_most(double seconds) const;  // P(Wq <= t); cost grows with (t / service)^2
  double wait_quantile(double p) const;       // 0 <= p < 1, to 1e-9 of a service time
 private:
  double arrival_rate_ = 0, service_ = 0;
};

}  // namespace springtide::theory
