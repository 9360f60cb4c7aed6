// Priority classes; the first class is served first. Rates per second, times in seconds.
//
//   non-preemptive M/G/1   Wq_k = R / ((1 - s_{k-1}) (1 - s_k)), R = sum lambda_i E[S_i^2] / 2,
//                          s_k = rho_1 + ... + rho_k          (Cobham, Oper. Res. 2, 1954)
//   preemptive resume M/G/1   W_k = E[S_k] / (1 - s_{k-1}) + R_k / ((1 - s_{k-1}) (1 - s_k)), R_k
//                          over the classes up to k           (Kleinrock vol. 2, 3.23)
//   non-preemptive M/M/c   Wq_k = C(c, a) / (c mu) / ((1 - s_{k-1}) (1 - s_k)), one mu for all
//                          (Cobham 1954)
//   preemptive resume M/M/c   one mu for all: classes 1..k together are an M/M/c that does not see
//                          the others; the differences give each class (Buzen and Bondi, Oper.
//                          Res. 31, 1983)
//
// Nothing is returned unless the load of all classes together is below one per server.
#pragma once

#include <optional>
#include <vector>

#include "theory/stations/general.h"

namespace springtide::theory {

struct PriorityClass {
  double arrival_rate = 0;
  Moments service;  // the third moment is not used
};

struct ClassMeans {
  double mean_wait = 0;  // W - E[S]: with preemption it includes the interruptions
  double mean_response = 0;
  double mean_in_system = 0;
};

std::optional<std::vector<ClassMeans>> mg1_priority(const std::vector<PriorityClass>& classes);
std::optional<std::vector<ClassMeans>> mg1_preemptive(const std::vector<PriorityClass>& classes);
std::optional<std::vector<ClassMeans>> mmc_priority(const std::vector<double>& arrival_rates,
                                                    double service_rate, int servers);
std::optional<std::vector<ClassMeans>> mmc_preemptive(const std::vector<double>& arrival_rates,
                                                      double service_rate, int servers);

}  // namespace springtide::theory
