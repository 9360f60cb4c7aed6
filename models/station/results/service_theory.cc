#include "models/station/results/service_theory.h"

#include <cmath>
#include <limits>
#include <map>

#include "theory/stations/erlang.h"
#include "theory/stations/general.h"
#include "theory/stations/priority.h"

namespace springtide::models::station {
namespace {

using spec::Discipline;

theory::Moments moments_of(const Distribution& time) {
  const double mean = time.mean_seconds();
  return {mean, time.variance_seconds2() + mean * mean, 0};
}

// The mean, where all flows have the same exponential service time.
std::optional<double> one_exponential_mean(const spec::Station& station,
                                           const std::vector<int>& priorities) {
  std::optional<Duration> mean;
  for (const int priority : priorities) {
    const auto* exponential = std::get_if<Exponential>(&time_of(station, priority).form());
    if (exponential == nullptr || (mean && *mean != exponential->mean)) return std::nullopt;
    mean = exponential->mean;
  }
  if (!mean || mean->ns == 0) return std::nullopt;
  return mean->seconds();
}

class ServiceTheory {
 public:
  ServiceTheory(const ServiceLayout& service, const std::vector<ServiceFlow>& flows)
      : station_(*service.station), flows_(flows) {
    constexpr std::int64_t most = std::numeric_limits<int>::max() / 2;
    small_ = service.workers <= most && station_.queue.value_or(0) <= most;
    workers_ = static_cast<int>(std::min(service.workers, most));
    std::vector<int> priorities;
    for (const ServiceFlow& flow : flows_) {
      const theory::Moments m = moments_of(time_of(station_, flow.priority));
      rate_ += flow.rate;
      mixed_.first += flow.rate * m.first;
      mixed_.second += flow.rate * m.second;
      priorities.push_back(flow.priority);
    }
    mixed_.first /= rate_;
    mixed_.second /= rate_;
    exponential_ = one_exponential_mean(station_, priorities);
  }

  std::optional<ServiceExpectation> expect() const {
    if (!small_ || !std::isfinite(mixed_.second)) return std::nullopt;
    if (station_.queue) return with_limit();
    switch (station_.discipline) {
      case Discipline::fifo: return first_in_first_out();
      case Discipline::processor_sharing: return sharing();
      case Discipline::priority:
      case Discipline::preemptive_priority:
      case Discipline::lifo: break;
    }
    return by_level();
  }

 private:
  using Expectation = std::optional<ServiceExpectation>;

  // All flows wait alike; each then has its own service time.
  Expectation same_wait(const theory::StationMeans& means) const {
    ServiceExpectation expectation{means, {}, {}};
    for (const ServiceFlow& flow : flows_) {
      expectation.wait.push_back(means.mean_wait);
      expectation.response.push_back(means.mean_wait +
                                     time_of(station_, flow.priority).mean_seconds());
    }
    return expectation;
  }

  Expectation first_in_first_out() const {
    if (workers_ == 1) {
      const auto found = theory::mg1(rate_, mixed_);
      return found ? same_wait(found->means) : std::nullopt;
    }
    return exponential_workers();
  }

  Expectation exponential_workers() const {
    if (!exponential_) return std::nullopt;
    const auto found = theory::MarkovStation::make(rate_, 1 / *exponential_, workers_);
    return found ? same_wait(found->means()) : std::nullopt;
  }

  // The number inside is that of the same chain without sharing.
  Expectation sharing() const {
    if (workers_ > 1) return exponential_workers();
    const auto found = theory::mg1_processor_sharing(rate_, mixed_.first);
    if (!found) return std::nullopt;
    ServiceExpectation expectation{*found, {}, {}};
    for (const ServiceFlow& flow : flows_) {
      const double own = time_of(station_, flow.priority).mean_seconds();
      expectation.response.push_back(own / (1 - found->utilisation));
      expectation.wait.push_back(expectation.response.back() - own);
    }
    return expectation;
  }

  Expectation with_limit() const {
    if (station_.discipline != Discipline::fifo &&
        station_.discipline != Discipline::processor_sharing)
      return std::nullopt;
    if (exponential_) {
      const auto found = theory::mmck(rate_, 1 / *exponential_, workers_,
                                      workers_ + static_cast<int>(*station_.queue));
      return found ? same_wait(found->means) : std::nullopt;
    }
    const auto blocked = theory::erlang_blocking(workers_, rate_ * mixed_.first);
    if (*station_.queue > 0 || !blocked) return std::nullopt;
    theory::StationMeans means;
    means.loss = *blocked;
    means.throughput = rate_ * (1 - *blocked);
    means.mean_in_system = means.throughput * mixed_.first;
    means.utilisation = means.mean_in_system / workers_;
    means.mean_response = mixed_.first;
    return same_wait(means);
  }

  // Flows of one priority are one class.
  Expectation by_level() const {
    std::map<int, theory::PriorityClass> levels;
    for (const ServiceFlow& flow : flows_) {
      theory::PriorityClass& level = levels[flow.priority];
      level.arrival_rate += flow.rate;
      level.service = moments_of(time_of(station_, flow.priority));
    }
    const auto found = classes(levels);
    if (!found) return std::nullopt;
    std::map<int, theory::ClassMeans> by_priority;
    std::size_t next = 0;
    for (const auto& [priority, _] : levels) by_priority[priority] = (*found)[next++];
    ServiceExpectation expectation;
    for (const ServiceFlow& flow : flows_) {
      expectation.wait.push_back(by_priority[flow.priority].mean_wait);
      expectation.response.push_back(by_priority[flow.priority].mean_response);
      expectation.means.mean_in_system += flow.rate * expectation.response.back();
    }
    expectation.means.utilisation = rate_ * mixed_.first / workers_;
    expectation.means.throughput = rate_;
    return expectation;
  }

  std::optional<std::vector<theory::ClassMeans>> classes(
      const std::map<int, theory::PriorityClass>& levels) const {
    const bool preempts = station_.discipline == Discipline::preemptive_priority;
    std::vector<theory::PriorityClass> list;
    std::vector<double> rates;
    for (const auto& [_, level] : levels) {
      list.push_back(level);
      rates.push_back(level.arrival_rate);
    }
    if (workers_ == 1) return preempts ? theory::mg1_preemptive(list) : theory::mg1_priority(list);
    if (!exponential_) return std::nullopt;
    return preempts ? theory::mmc_preemptive(rates, 1 / *exponential_, workers_)
                    : theory::mmc_priority(rates, 1 / *exponential_, workers_);
  }

  const spec::Station& station_;
  const std::vector<ServiceFlow>& flows_;
  int workers_ = 1;
  bool small_ = true;
  double rate_ = 0;
  theory::Moments mixed_;
  std::optional<double> exponential_;
};

}  // namespace

const Distribution& time_of(const spec::Station& station, int priority) {
  const auto own = station.time_by_priority.find(priority);
  return own == station.time_by_priority.end() ? station.time : own->second;
}

bool has_product_form(const ServiceLayout& service) {
  const spec::Station& station = *service.station;
  if (station.queue) return false;
  std::vector<int> priorities;
  for (const auto& [priority, _] : service.levels) priorities.push_back(priority);
  const bool exponential = one_exponential_mean(station, priorities).has_value();
  if (station.discipline == Discipline::fifo) return exponential;
  return station.discipline == Discipline::processor_sharing &&
         (service.workers == 1 || exponential);
}

std::optional<ServiceExpectation> expect_service(const ServiceLayout& service,
                                                 const std::vector<ServiceFlow>& flows) {
  if (flows.empty()) return std::nullopt;
  auto expectation = ServiceTheory(service, flows).expect();
  if (!expectation) return std::nullopt;
  // Whatever the discipline: who is inside and not served, waits.
  theory::StationMeans& means = expectation->means;
  means.mean_waiting =
      means.mean_in_system - means.utilisation * static_cast<double>(service.workers);
  return expectation;
}

}  // namespace springtide::models::station
