// Closed forms for one station with Poisson arrivals.
#pragma once

#include <optional>
#include <vector>

#include "models/station/layout.h"
#include "theory/stations/markov.h"

namespace springtide::models::station {

struct ServiceFlow {
  double rate = 0;  // per second
  int priority = 0;
};

struct ServiceExpectation {
  theory::StationMeans means;          // of all flows together; times in seconds
  std::vector<double> wait, response;  // by flow, seconds, of those let in
};

// The service times of a priority at a station.
const Distribution& time_of(const spec::Station& station, int priority);

// Exponential FIFO of one mean or processor sharing that is insensitive or exponential, any number
// in: then a station leaves Poisson flows Poisson and needs no more than its load.
bool has_product_form(const ServiceLayout& service);

// Nothing where no exact closed form is known, or there is no equilibrium.
std::optional<ServiceExpectation> expect_service(const ServiceLayout& service,
                                                 const std::vector<ServiceFlow>& flows);

}  // namespace springtide::models::station
