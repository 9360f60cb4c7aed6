// Playbooks, resolved: what is looked at, when somebody acts, and what that changes, by numbers of
// the plan's tables. Constant during a run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/distribution.h"
#include "base/time.h"
#include "models/chain/frames/handle.h"
#include "policy/playbooks/trigger.h"

namespace springtide::models::chain {

// What a trigger looks at: a measure of the last second, of one service or one operation.
struct MetricPlan {
  enum class Of : std::uint8_t {
    arrivals,  // of a service
    carried,
    turned_away,
    queue,
    busy,
    utilisation,
    service_latency,
    requests,  // of an operation
    answered,
    goodput,
    degraded,
    refused,
    timed_out,
    failed,
    latency,
    card,  // of a node: the busier direction of its cards
    disk,
    backlog,  // of a queue of messages
    put,
    put_refused,
    delivered,
    lost,
  };
  std::string name;
  Of of = Of::arrivals;
  std::vector<std::uint32_t> who = {};  // a service, node, queue, or all askers of an operation
  std::uint32_t site = none;            // none: all of them together
  std::int64_t machines = 0;            // of a node, there
};

struct TriggerPlan {
  std::uint32_t metric = none;  // of Plan::metrics
  policy::Condition condition;
};

// Pairs of who is changed and what it has from then on.
struct ActionsPlan {
  template <typename T>
  using Changes = std::vector<std::pair<std::uint32_t, T>>;

  Changes<double> made;             // step: share of its calls that are still made
  Changes<Distribution> front;      // asker: its requests wait so long first
  Changes<double> promotion;        // client: factor on the rate of its plan
  Changes<double> admitted;         // service: share of the calls that it lets in
  Changes<std::uint32_t> machines;  // service: in each site where it has some
  Changes<std::int64_t> workers;    // service: of each machine
  Changes<double> card, disk;       // node: bits per second
  Changes<std::int64_t> consumers;  // queue: in each site
  Changes<std::uint32_t> divert;    // queue: to which, in the sites where that has a part
};

struct PlaybookPlan {
  std::string name;
  std::optional<TriggerPlan> when;  // or:
  std::optional<Instant> at;
  Distribution delay;
  ActionsPlan actions;
  std::optional<TriggerPlan> undo_when;  // at most one of the two
  std::optional<Duration> undo_after;
};

}  // namespace springtide::models::chain
