// The services of a site: which machine, who may enter, who waits, who is served.
//
//   arrive --> machine chosen, --> may enter? --> free worker? --> served --> own calls --> done,
//              its card             |               | no                               its disk
//                                   | no            +--> queue (limit) ----> worker <-----+
//                                   +--> refused                                next
//
// A machine has the workers of each service that runs on it, split into pools: one for each
// bulkhead, and the rest. A worker is held until the task is done, or, where the service says so,
// only for the service time. Work whose deadline has passed is not begun.
//
// Where processors are shared by all inside, or taken by who is more urgent
// (stations/processors.h), a task in service holds none of its own; the rest is the same.
//
// At one instant, requests of clients come before services that end (the engine's order).
#pragma once

#include <optional>
#include <vector>

#include "models/chain/incidents/pace.h"
#include "models/chain/site/network.h"
#include "models/chain/site/site.h"
#include "models/chain/stations/line.h"
#include "models/chain/stations/processors.h"
#include "models/chain/stations/service_counts.h"
#include "models/station/disciplines/station.h"
#include "policy/calls/token_bucket.h"

namespace springtide::models::chain {

class Stations {
 public:
  Stations(Site& site, Network& network, Devices& devices);

  void arrive(Handle task);
  void left_card(Handle task);
  void served(Handle task);
  void processors_due(const Letter& letter);
  void done(Handle task);
  void written(Handle task);
  void finish(Instant now);

  // Machines are up, gone or more, workers are others than before (Site::health, Site::levers).
  void adjust();
  // Integrals up to now.
  void advance();

  // These machines are gone: what is in progress there ends failed. Where it is silent, nobody
  // tells the callers.
  void lose(const MachineRange& machines, bool silent);
  // So many calls that arrive from now on fail at once.
  void fail(std::uint32_t service, std::int64_t calls) { services_[service].failing = calls; }

  const ServiceCounts& counts(std::uint32_t service) const { return services_[service].counts; }
  ServiceCounts& counts(std::uint32_t service) { return services_[service].counts; }

 private:
  struct Pool {
    std::int64_t workers = 0, busy = 0;
    Line line;
    std::uint32_t service = none;
    std::uint32_t processors = none;  // instead of workers and line
  };
  struct Instance {  // of a service on one machine
    std::uint32_t first_pool = 0;
    std::int64_t inside = 0;
    std::uint32_t pace = none;  // where an incident slows it: of paces_
    double slowness = 1;        // of its machine: factor on its service times
    std::optional<policy::TokenBucket> bucket;
  };
  struct Service {
    Service(const ServicePlan& its_plan, const Site& site);

    const ServicePlan& plan;
    std::uint32_t first_instance = 0;
    policy::Balancer balancer;
    Stream choices, admissions;
    std::vector<station::ServiceTimes> times;  // the first for all priorities without their own
    std::map<int, std::uint32_t> times_of;     // by priority
    std::map<int, std::uint32_t> level_of;     // of the queue, by priority
    std::int64_t failing = 0;                  // so many more calls fail
    ServiceCounts counts;
  };

  void add(const ServicePlan& plan);
  void add_instance(Service& service, double slowness);
  template <typename Visitor>
  void for_pools(const Instance& instance, const Service& service, Visitor&& visit) {
    for (std::uint32_t i = 0; i <= service.plan.bulkheads.size(); ++i)
      visit(instance.first_pool + i);
  }
  void add_pool(const Service& service, std::int64_t workers);
  void add_paces(const ServicePlan& plan, Service& service);
  void fail_at_once(std::uint32_t slot, Service& service);
  void forget(std::uint32_t slot, bool silent);
  Service& service_of(const Task& task) { return services_[site_.step(task.step).service]; }
  Pool& pool_of(const Task& task) {
    return pools_[instances_[task.instance].first_pool + task.pool];
  }
  bool may_enter(Service& service, Instance& instance, const Task& task);
  bool admits(Service& service, std::uint32_t number);
  bool sheds(const Service& service, Pool& pool, const Task& task);
  void turn_away(std::uint32_t slot, Outcome outcome);
  void wait(std::uint32_t slot, Service& service, Pool& pool);
  std::int64_t waiting(const Pool& pool) const;
  std::uint32_t level(const Service& service, const Task& task) const;
  Duration service_time(Service& service, const Task& task);
  void begin(std::uint32_t slot, Service& service);
  void adjust(std::uint32_t service);
  void release(Service& service, Pool& pool, const Task& task);
  bool begin_next(Service& service, Pool& pool);
  void enter(Handle task);
  // Processors that are shared are held for the service time only.
  bool holds_to_the_end(const Service& service) const {
    return service.plan.holds_worker && !has_processors(service.plan.discipline);
  }
  void finished(std::uint32_t slot, Service& service);
  bool writes(std::uint32_t slot, const Service& service);
  void leave(std::uint32_t slot, Service& service);
  void count_end(Task& task, Service& service);
  void after_service(std::uint32_t slot, Service& service);

  // In stations/processors.cc.
  Processors::Machine machine_of(std::uint32_t pool);
  void lose_processors(std::uint32_t pool);
  void enter_processors(std::uint32_t slot, Service& service, std::uint32_t pool);
  void processed(Handle task, Service& service);
  bool may_begin(Handle task, Service& service);
  template <typename Change>
  void change(Service& service, Processors& processors, Change&& its_change);

  Site& site_;
  Network& network_;
  Devices& devices_;
  std::vector<Service> services_;
  std::vector<Instance> instances_;
  std::vector<Pool> pools_;
  std::vector<Pace> paces_;
  std::vector<Processors> processors_;
};

}  // namespace springtide::models::chain
