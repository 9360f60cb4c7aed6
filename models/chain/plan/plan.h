// What a scenario asks of a service chain, resolved into tables: names have become numbers, trees
// of calls have become ranges. Constant during a run, shared by all sites.
//
//   operation view:  web ( store, parallel ( ads, news ) )
//
//   steps:  [ root ][ web ][ store ][ group ][ ads ][ news ]
//              |       ^ |     ^        ^  |     ^
//              +-------+ +-----+--------+  +-----+            children: a range of steps
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/distribution.h"
#include "base/time.h"
#include "models/chain/control/playbook_plan.h"
#include "models/chain/frames/frames.h"
#include "models/chain/incidents/incident_plan.h"
#include "models/chain/queues/queue_plan.h"
#include "models/station/window.h"
#include "policy/calls/back_off.h"
#include "policy/calls/balancing.h"
#include "policy/calls/circuit_breaker.h"
#include "spec/scenario.h"

namespace springtide::models::chain {

using station::MeasuredWindow;

// What a caller does when a call ends badly, or late.
struct CallRules {
  std::int64_t attempts = 1;  // all, the first included
  policy::BackOffRule back_off;
  struct Budget {
    double ratio = 0, per_second = 0;
  };
  std::optional<Budget> budget;
  std::optional<policy::BreakerRule> breaker;
  std::optional<Distribution> fallback;  // how long it takes
  std::optional<Distribution> patience;  // a time-out that is not constant; of users
};

// All who wait for the same constant time, in the order in which they began to.
struct Lane {
  Duration length;
  enum class Use : std::uint8_t { timeout, hedge } use = Use::timeout;
};

// One call of an operation; a group of parallel calls; the root of an operation.
struct Step {
  std::string name;                   // "view/web/store": for results
  std::uint32_t service = none;       // none: of a root or group, served by nobody
  std::uint32_t parent = none;        // step; none of a root
  std::uint32_t first = 0, last = 0;  // own calls: steps [first, last)
  bool parallel = false;              // they are made at once
  bool optional = false;
  bool carries_deadline = false;
  bool one_way = false;
  bool puts = false;  // a message to a queue, which stands among the services
  double loss = 0;    // of a one-way message
  double probability = 1;
  std::uint16_t repeat = 1;
  std::uint8_t pool = 0;          // of the service's workers: 0, or 1 + number of a bulkhead
  std::uint32_t cache = none;     // of Plan::caches; asked first
  std::uint32_t rules = none;     // of Plan::rules
  std::uint32_t timeout = none;   // of Plan::lanes
  std::uint32_t hedge = none;     // of Plan::lanes
  std::uint32_t asker = none;     // of a root
  std::uint32_t delivers = none;  // of Plan::queues: the root of its deliveries
  std::uint32_t link = none;      // of Plan::links: between caller and service, in one site
  std::uint32_t freight = none;   // of Plan::freights: none where nothing carries bytes

  bool is_leaf() const { return first == last; }
};

// The bytes of a call that passes a card, or a link with a bandwidth. What ends badly has none on
// its way back.
struct Freight {
  std::uint32_t caller_node = none;  // of Plan::nodes: whose machines make the call
  std::int64_t request = 0, answer = 0;

  std::int64_t answer_of(Outcome outcome) const { return is_good(outcome) ? answer : 0; }
};

// Machines of one kind. A bandwidth, in bits per second, makes a device; infinity is one.
struct NodePlan {
  std::string name;
  std::vector<std::uint32_t> machines;  // by site: how many
  std::uint32_t most_machines = 0;      // that a playbook may give each site that has some
  std::optional<double> card, disk;

  // By site: so many there may ever be.
  std::uint32_t places(std::uint32_t site) const {
    return machines[site] == 0 ? 0 : std::max(machines[site], most_machines);
  }
};

struct RateLimit {
  double per_second = 0, burst = 1;
};

// Refused are calls of at least this priority number while more than `waiting` wait in the pool or
// the first of them has waited for longer than `delay`.
struct Shed {
  std::int64_t waiting = std::numeric_limits<std::int64_t>::max();
  Duration delay{std::numeric_limits<std::int64_t>::max()};
  int priority = 0;
};

// Nobody keeps a worker to the end: all inside share them, or the more urgent takes one.
constexpr bool has_processors(spec::Discipline discipline) {
  return discipline == spec::Discipline::processor_sharing ||
         discipline == spec::Discipline::preemptive_priority;
}

struct ServicePlan {
  std::string name;
  double speed_spread = 0;  // of the node's machines: service times differ by up to this share
  Distribution time;
  std::map<int, Distribution> time_by_priority;
  spec::Discipline discipline = spec::Discipline::fifo;
  bool last_first = false;  // the queue is a stack
  policy::Balancing balancing = policy::Balancing::random;
  bool holds_worker = true;
  bool failover = true;      // to another site while none of its machines in one is up
  std::int64_t workers = 1;  // of each machine, those of its bulkheads included
  std::int64_t queue_limit = std::numeric_limits<std::int64_t>::max();  // of each pool
  std::vector<std::pair<std::string, std::int64_t>> bulkheads;          // workers
  std::optional<RateLimit> rate_limit;
  std::optional<Shed> shed;
  std::vector<std::uint32_t> machines;  // by site: how many
  std::uint32_t node = none;            // of Plan::nodes: whose machines these are
  std::int64_t storage_bytes = 0;       // written to the disk before it answers well
  std::uint32_t most_machines = 0;      // that a playbook may give each site that has some

  // By site: so many there may ever be.
  std::uint32_t places(std::uint32_t site) const {
    return machines[site] == 0 ? 0 : std::max(machines[site], most_machines);
  }
  std::uint32_t queue = none;  // of Plan::queues: not a service but a queue of messages
};

// Requests of one group of clients for one operation.
struct Asker {
  std::uint32_t client = none;
  std::string operation;
  std::uint32_t root = none;  // step
  double share = 1;           // of the client's requests
};

// A funnel's click asks several times: that is what makes it one.
struct Click {
  spec::RateSteps exposures;   // of all sites: for results
  double requests = 1;         // of the askers' operations, on average
  Distribution between;        // from one to the next
  double static_requests = 0;  // on average, all at once
  std::uint32_t static_asker = none;
};

struct ClientPlan {
  std::string name;
  spec::Plan plan;                                // of requests; of a funnel: of clicks
  std::uint32_t first_asker = 0, last_asker = 0;  // askers [first, last): one of them by its share
  std::optional<Click> click;
  std::uint8_t priority = 0;
  std::optional<Duration> deadline;
  std::vector<double> share;  // by site, sum 1
};

// One in each site.
struct CachePlan {
  std::string name;
  std::optional<double> hit_ratio;  // else keys:
  std::uint64_t keys = 1;
  double popularity = 1;  // Zipf's exponent
  std::uint64_t size = 1;
  Duration ttl{std::numeric_limits<std::int64_t>::max()};
  bool preloaded = false, coalesce = false;
  Distribution time;  // of a hit
};

// Between caller and service within a site; both ways alike.
struct LinkPlan {
  std::string name;
  Distribution delay;
  double loss = 0;
};

// Between two sites; both ways alike, each for itself.
struct SiteLink {
  std::string name;
  Distribution delay;  // its least is that of Plan::delays
  double loss = 0;
  std::optional<double> bandwidth;  // bits per second
};

struct Plan {
  std::uint64_t seed = 1;
  MeasuredWindow window;
  std::vector<std::string> sites{""};
  std::vector<Step> steps;
  std::vector<CallRules> rules;
  std::vector<Lane> lanes;
  std::vector<NodePlan> nodes;
  std::vector<Freight> freights;
  std::vector<ServicePlan> services;
  std::vector<ClientPlan> clients;
  std::vector<Asker> askers;
  std::vector<LinkPlan> links;
  std::vector<CachePlan> caches;
  std::vector<QueuePlan> queues;
  std::vector<IncidentPlan> incidents;
  std::vector<PlaybookPlan> playbooks;
  std::vector<MetricPlan> metrics;                            // that their triggers look at
  std::map<std::string, std::vector<std::uint32_t>> modules;  // the steps of each
  std::vector<SiteLink> site_links;
  // Between sites, one way; empty with one site. The least delay, above zero, and of what link.
  std::vector<std::vector<Duration>> delays;
  std::vector<std::vector<std::uint32_t>> ways;
};

}  // namespace springtide::models::chain
