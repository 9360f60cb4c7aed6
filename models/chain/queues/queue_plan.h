// A queue of messages, resolved. It has a part in each site where its node has machines.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "base/time.h"
#include "models/chain/frames/handle.h"

namespace springtide::models::chain {

struct QueuePlan {
  std::string name;
  std::uint32_t service = none;  // of Plan::services: as which calls reach it
  std::uint32_t root = none;     // the step whose calls deliver a message; none: only stored
  std::int64_t consumers = 1;    // in each site
  std::int64_t bytes = 0;        // of a message
  std::uint32_t copies = 1;      // in so many sites, its own included
  Duration retention{std::numeric_limits<std::int64_t>::max()};
  std::int64_t capacity = std::numeric_limits<std::int64_t>::max();  // in each site
  bool persists = true, drops_oldest = false;

  struct Reconciliation {
    Duration every{}, between{};  // passes; messages put again
    Duration after{};
  };
  std::optional<Reconciliation> reconciliation;
};

}  // namespace springtide::models::chain
