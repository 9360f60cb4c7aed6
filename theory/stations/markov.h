// Stations with exponential interarrival and service times (birth-death chains).
//
//                      +-- server 1 --+
//   lambda -> queue ---+--   ...    --+-->      rates per second, times in seconds
//                      +-- server c --+
//
//   M/M/1, M/M/c        lambda < c mu, else nothing is returned (the queue would grow for ever)
//   M/M/c/K             at most K in the system, K >= c; any lambda
//   M/M/c//N            N users that think, then queue: machine repair, the finite source
//
// L and Lq count all in the system and those waiting; W and Wq are times of those that enter.
// Source: Gross, Shortle, Thompson, Harris, Fundamentals of Queueing Theory, 4th ed. (2008),
// chapter 2; L = lambda W by Little (1961).
#pragma once

#include <optional>
#include <vector>

namespace springtide::theory {

struct StationMeans {
  double utilisation = 0;     // of one server, 0 .. 1
  double mean_in_system = 0;  // L
  double mean_waiting = 0;    // Lq
  double mean_response = 0;   // W, seconds
  double mean_wait = 0;       // Wq, seconds, of all that enter, those that need not wait included
  double throughput = 0;      // per second
  double loss = 0;            // share of arrivals turned away
};

// 0 <= arrival rate, 0 < service rate (of one server), 1 <= servers.
class MarkovStation {
 public:
  static std::optional<MarkovStation> make(double arrival_rate, double service_rate,
                                           int servers = 1);
  const StationMeans& means() const { return means_; }
  double wait_probability() const { return waiting_; }  // an arrival must wait
  double probability_in_system(int n) const;            // of exactly n
  double wait_above(double seconds) const;              // P(Wq > t), FIFO
  double response_above(double seconds) const;          // P(W > t), FIFO
  double wait_quantile(double p) const;                 // 0 <= p < 1; 0 where none wait
  double response_quantile(double p) const;

 private:
  double arrival_rate_ = 0, service_rate_ = 0;
  int servers_ = 1;
  double waiting_ = 0;
  StationMeans means_;
};

// M/M/1 written out by its own formulas (a check on the general case): lambda < mu.
std::optional<StationMeans> mm1(double arrival_rate, double service_rate);

// M/M/c/K: `capacity` counts those in service too. Times are of those let in.
struct FiniteStation {
  StationMeans means;
  std::vector<double> probability;  // of 0 .. capacity in the system
};
std::optional<FiniteStation> mmck(double arrival_rate, double service_rate, int servers,
                                  int capacity);

// M/M/c//N: each of N users thinks for a mean of `think_seconds` (of any distribution when c >= N),
// then asks. Throughput <= min(N / (think + 1/mu), c mu).
std::optional<FiniteStation> finite_source(int users, double think_seconds, double service_rate,
                                           int servers);

}  // namespace springtide::theory
