// Closed networks: a fixed number of users go round stations of product form (exponential FIFO, or
// processor sharing with any service time) and delays (thinking).
//
//   mean_value_analysis   one server a station and delays; exact, by the recursion on the number
//                         of users (Reiser and Lavenberg, J. ACM 27, 1980)
//   convolution           stations with many servers too; exact and without subtraction, in
//                         logarithms so that nothing overflows (Buzen, Comm. ACM 16, 1973). The
//                         recursion above is unstable for many servers, this is not.
//
// Times in seconds. demand = visits x service time of one visit. Nothing is returned for negative
// or non-finite numbers, no users or no station with a demand.
#pragma once

#include <optional>
#include <vector>

namespace springtide::theory {

struct ClosedStation {
  double demand = 0;  // seconds
  int servers = 1;    // 0: a delay, where nobody waits
};

struct ClosedNetwork {
  double throughput = 0;     // round trips per second
  double mean_response = 0;  // seconds: a round trip without the delays
  std::vector<double> mean_in_station;
  std::vector<double> utilisation;  // of one server; of a delay: the mean number in it
};

std::optional<ClosedNetwork> mean_value_analysis(const std::vector<ClosedStation>& stations,
                                                 int users);
std::optional<ClosedNetwork> convolution(const std::vector<ClosedStation>& stations, int users);

}  // namespace springtide::theory
