// What packets that are won set off behind the access servers, as numbers: which back ends there
// are, which calls each operation makes of them, and which operations each pool's packets ask.
//
//   operation "open"    step 0: red-packet  ->  step 1: payment
//   operation "share"   step 2: message
//
// Back ends stand so that no step leads to an earlier one: all that comes to a back end in a span
// of time is known once those before it are done. Operations that call in a circle are refused.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "base/diagnostic.h"
#include "models/fleet/backends/back_end.h"
#include "spec/scenario.h"

namespace springtide::models::fleet {

struct BackEndsPlan {
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

  struct Step {
    std::uint32_t operation = 0, back_end = 0;
    std::uint32_t next = none;  // step; none: the operation is done
  };
  struct Operation {
    std::string name;
    std::uint32_t first_step = 0;
  };
  struct Pool {
    std::string name;
    std::int64_t packets = 0;
    std::vector<std::pair<std::uint32_t, std::int64_t>> sets_off;  // operation, how often
  };

  std::vector<BackEndSpec> back_ends;
  std::vector<Step> steps;
  std::vector<Operation> operations;  // those that some pool sets off, by name
  std::vector<Pool> pools;            // seed pools, by name
};

// Of the seed pools of a scenario that has been read without problems. Tells what this road cannot
// do: services of other kinds, disciplines other than first in first out, circles.
Result<BackEndsPlan> plan_back_ends(const spec::Scenario& scenario);

}  // namespace springtide::models::fleet
