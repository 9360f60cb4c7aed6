// The links of the chain: all that can run out, what it has to carry and what it can.
//
//   workers     of a service in a site (or of one of its bulkheads): busy workers
//   rate limit  tokens per second
//   card in/out, disk     bits per second, all machines of a node in a site together
//   memory, storage       bytes, all machines of a node together
//   consumers   of a queue in a site: messages in delivery at once
//   link        between two sites, or of a call: bits per second, each way
//
// Loads are linear in the sources of demand (demand.h) at the holding times of the busiest moment:
// a link gives way at the factor capacity / load on everything that comes in. A worker that waits
// for what it calls is held longer still when that one saturates, so links above a saturated one
// give way earlier than their own factor says.
#pragma once

#include <string>
#include <vector>

#include "models/chain/estimate/flow.h"
#include "models/chain/estimate/times.h"

namespace springtide::models::chain::estimate {

struct ChainLink {
  std::string name;  // "web.shenzhen", "card.cmem.shenzhen.out": also of the run's figure
  std::string kind, unit;
  std::vector<double> per_source;  // load for one per second of each source
  double capacity = 0;             // of all machines; 0: without limit
  double load = 0;                 // at the busiest moment, mid
  std::int64_t units = 0;          // machines, or consumers, that have it together; 0: no such
  std::string what_units = {};     // "machines"

  double utilisation() const { return capacity > 0 ? load / capacity : 0; }
};

// At these rates of the sources, without those that carry nothing and have no limit.
std::vector<ChainLink> links_of(const spec::Scenario& scenario, const Geography& geography,
                                const Demand& demand, const Flow& flow, const Times& times,
                                const std::vector<double>& sources);

}  // namespace springtide::models::chain::estimate
