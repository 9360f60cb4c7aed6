// The services of a site: which machine, who may enter, who waits, who is served.
//
//   arrive --> machine chosen --> may enter? --> free worker? --> served --> own calls --> done
//                                   |               | no                                    |
//                                   | no            +--> queue (limit) ----> worker <-------+
//                                   +--> refused                                 next
//
// A machine has the workers of each service that runs on it, split into pools: one for each
// bulkhead, and the rest. A worker is held until the task is done, or, where the service says so,
// only for the service time. Work whose deadline has passed is not begun.
//
// At one instant, requests of clients come before services that end (the engine's order).
#pragma once

#include <optional>
#include <vector>

#include "models/chain/incidents/pace.h"
#include "models/chain/site/network.h"
#include "models/chain/site/site.h"
#include "models/chain/stations/line.h"
#include "models/chain/stations/service_counts.h"
#include "models/station/disciplines/station.h"
#include "policy/calls/token_bucket.h"

namespace springtide::models::chain {

class Stations {
 public:
  Stations(Site& site, Network& network);

  void arrive(Handle task);
  void served(Handle task);
  void done(Handle task);
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
  };
  struct Instance {  // of a service on one machine
    std::uint32_t first_pool = 0;
    std::int64_t inside = 0;
    std::uint32_t pace = none;  // where an incident slows it: of paces_
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
  void add_instance(Service& service);
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
  void begin(std::uint32_t slot, Service& service);
  void adjust(std::uint32_t service);
  void release(Service& service, Pool& pool, const Task& task);
  bool begin_next(Service& service, Pool& pool);
  void leave(std::uint32_t slot, Service& service);

  Site& site_;
  Network& network_;
  std::vector<Service> services_;
  std::vector<Instance> instances_;
  std::vector<Pool> pools_;
  std::vector<Pace> paces_;
};

}  // namespace springtide::models::chain
