#include "theory/stations/approximation.h"

#include <cmath>

namespace springtide::theory {
namespace {

bool valid(const TwoMoments& s) {
  return std::isfinite(s.arrival_rate) && s.arrival_rate >= 0 && std::isfinite(s.mean_service) &&
         s.mean_service > 0 && s.servers >= 1 && std::isfinite(s.ca2) && s.ca2 >= 0 &&
         std::isfinite(s.cs2) && s.cs2 >= 0 && s.arrival_rate * s.mean_service < s.servers;
}

}  // namespace

std::optional<StationMeans> kingman(const TwoMoments& station) {
  if (!valid(station) || station.servers != 1) return {};
  return allen_cunneen(station);  // for one server, M/M/c is M/M/1 and both formulas are one
}

std::optional<double> kingman_bound(const TwoMoments& station) {
  if (!valid(station) || station.servers != 1 || station.arrival_rate == 0) return {};
  const double between = 1 / station.arrival_rate;
  const double variances =
      station.ca2 * between * between + station.cs2 * station.mean_service * station.mean_service;
  const double idle = 1 - station.arrival_rate * station.mean_service;
  return station.arrival_rate * variances / (2 * idle);
}

std::optional<StationMeans> allen_cunneen(const TwoMoments& station) {
  if (!valid(station)) return {};
  const auto markov =
      MarkovStation::make(station.arrival_rate, 1 / station.mean_service, station.servers);
  if (!markov) return {};
  StationMeans means = markov->means();
  means.mean_wait *= (station.ca2 + station.cs2) / 2;
  means.mean_response = means.mean_wait + station.mean_service;
  means.mean_waiting = station.arrival_rate * means.mean_wait;
  means.mean_in_system = station.arrival_rate * means.mean_response;
  return means;
}

}  // namespace springtide::theory
