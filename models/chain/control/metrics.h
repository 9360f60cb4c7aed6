// What triggers can look at, and what a site saw of it in the last second.
//
// A site gives two whole numbers for each metric, an amount and a base; those of all sites are
// added, and only then divided. So the value does not depend on the order of the sites.
//
//   arrivals, requests, ...   amount: how many
//   queue, busy, backlog      amount: number x ns
//   utilisation               amount: busy workers x ns; base: workers that are there x ns
//   latency                   amount: sum in ns; base: answers
//   cards, disks              busy ns of all machines: of a card amount in, base out
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/chain/clients/requests.h"
#include "models/chain/control/playbook_plan.h"
#include "models/chain/devices/devices.h"
#include "models/chain/queues/queues.h"
#include "models/chain/stations/stations.h"
#include "spec/chain.h"

namespace springtide::models::chain {

struct Reading {
  std::int64_t amount = 0, base = 0;
};

// All that a run of this plan offers, each of one site too where there are several.
std::vector<MetricPlan> all_metrics(const Plan& plan);

// The unit in which its bounds are given. For a share and a number of things a plain number will
// do.
spec::Bound::Unit unit_of(MetricPlan::Of of);

// Per second, in seconds, or a number; NaN where nothing was seen that it could be taken from.
double value_of(const MetricPlan& metric, const Reading& all_sites);

struct Seen {
  Stations& stations;
  const Requests& requests;
  const Devices& devices;
  const Queues& queues;
};

// Of second `number`, which has just ended.
Reading read(const MetricPlan& metric, std::size_t number, const Seen& seen);

}  // namespace springtide::models::chain
