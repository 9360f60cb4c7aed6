#include "theory/stations/priority.h"

#include <cmath>
#include <numeric>

#include "theory/stations/erlang.h"

namespace springtide::theory {
namespace {

bool valid(const PriorityClass& one) {
  return std::isfinite(one.arrival_rate) && one.arrival_rate >= 0 &&
         std::isfinite(one.service.first) && one.service.first > 0 &&
         std::isfinite(one.service.second) && one.service.second > 0;
}

bool stable(const std::vector<PriorityClass>& classes) {
  double load = 0;
  for (const PriorityClass& one : classes) {
    if (!valid(one)) return false;
    load += one.arrival_rate * one.service.first;
  }
  return !classes.empty() && load < 1;
}

bool stable(const std::vector<double>& rates, double service_rate, int servers) {
  double sum = 0;
  for (const double rate : rates) {
    if (!std::isfinite(rate) || rate < 0) return false;
    sum += rate;
  }
  return !rates.empty() && std::isfinite(service_rate) && service_rate > 0 && servers >= 1 &&
         sum < servers * service_rate;
}

ClassMeans from_wait(double wait, double mean_service, double arrival_rate) {
  const double response = wait + mean_service;
  return {wait, response, arrival_rate * response};
}

}  // namespace

std::optional<std::vector<ClassMeans>> mg1_priority(const std::vector<PriorityClass>& classes) {
  if (!stable(classes)) return {};
  double residual = 0;
  for (const PriorityClass& one : classes) residual += one.arrival_rate * one.service.second / 2;
  std::vector<ClassMeans> result;
  double before = 0;  // load of the classes served first
  for (const PriorityClass& one : classes) {
    const double with = before + one.arrival_rate * one.service.first;
    const double wait = residual / ((1 - before) * (1 - with));
    result.push_back(from_wait(wait, one.service.first, one.arrival_rate));
    before = with;
  }
  return result;
}

std::optional<std::vector<ClassMeans>> mg1_preemptive(const std::vector<PriorityClass>& classes) {
  if (!stable(classes)) return {};
  std::vector<ClassMeans> result;
  double before = 0;
  double residual = 0;  // of the classes so far: the others are invisible
  for (const PriorityClass& one : classes) {
    const double with = before + one.arrival_rate * one.service.first;
    residual += one.arrival_rate * one.service.second / 2;
    const double response =
        one.service.first / (1 - before) + residual / ((1 - before) * (1 - with));
    result.push_back(from_wait(response - one.service.first, one.service.first, one.arrival_rate));
    before = with;
  }
  return result;
}

std::optional<std::vector<ClassMeans>> mmc_priority(const std::vector<double>& arrival_rates,
                                                    double service_rate, int servers) {
  if (!stable(arrival_rates, service_rate, servers)) return {};
  const double total = std::accumulate(arrival_rates.begin(), arrival_rates.end(), 0.0);
  const double capacity = servers * service_rate;
  const double until_free = *erlang_waiting(servers, total / service_rate) / capacity;
  std::vector<ClassMeans> result;
  double before = 0;
  for (const double rate : arrival_rates) {
    const double with = before + rate / capacity;
    const double wait = until_free / ((1 - before) * (1 - with));
    result.push_back(from_wait(wait, 1 / service_rate, rate));
    before = with;
  }
  return result;
}

std::optional<std::vector<ClassMeans>> mmc_preemptive(const std::vector<double>& arrival_rates,
                                                      double service_rate, int servers) {
  if (!stable(arrival_rates, service_rate, servers)) return {};
  std::vector<ClassMeans> result;
  double rate_before = 0;
  double waiting_before = 0;  // mean number waiting of the classes so far
  for (const double rate : arrival_rates) {
    const double rate_with = rate_before + rate;
    const auto together = MarkovStation::make(rate_with, service_rate, servers);
    // A class without arrivals has the wait that a first arrival would meet.
    const double tiny = (servers * service_rate - rate_with) * 1e-7;
    const auto probe = MarkovStation::make(rate_with + tiny, service_rate, servers);
    const double waiting_with = together->means().mean_waiting;
    const double wait = rate > 0 ? (waiting_with - waiting_before) / rate
                                 : (probe->means().mean_waiting - waiting_before) / tiny;
    result.push_back(from_wait(wait, 1 / service_rate, rate));
    rate_before = rate_with;
    waiting_before = waiting_with;
  }
  return result;
}

}  // namespace springtide::theory
