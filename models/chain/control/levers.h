// What playbooks can change in a site, as it stands now. Where several playbooks that are in effect
// change the same thing, the one that took effect last rules; when it is undone, the one before
// it, and at last what the scenario says.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/chain/plan/plan.h"

namespace springtide::models::chain {

struct Levers {
  explicit Levers(const Plan& plan);

  // Playbooks (of Plan::playbooks) in the order in which they took effect.
  void set(const Plan& plan, std::span<const std::uint32_t> in_effect);

  std::vector<double> made;                // by step: with which probability it is made
  std::vector<const Distribution*> front;  // by asker: what its requests wait first; null: nothing
  std::vector<double> promotion;           // by client: factor on the rate of its plan
  std::vector<double> admitted;            // by service: share of the calls that is let in
  std::vector<std::uint32_t> machines;     // by service: in each site; 0: what the scenario says
  std::vector<std::int64_t> workers;       // by service: of each machine
  std::vector<std::int64_t> consumers;     // by queue: in each site
  std::vector<std::uint32_t> divert;       // by queue: where its puts go; itself
  std::vector<double> card, disk;  // by node: bits per second; 0 where it has no such device
};

}  // namespace springtide::models::chain
