// A disturbance, resolved: which machines, which link, from when to when. Constant during a run;
// every site knows all of them, so that each can tell by itself who is up elsewhere.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "models/chain/frames/handle.h"
#include "spec/scenario.h"

namespace springtide::models::chain {

// Machines [first, last) of a service in a site.
struct MachineRange {
  std::uint32_t service = none, site = none;
  std::uint32_t first = 0, last = 0;
};

// Machines [first, last) of a node in a site.
struct NodeRange {
  std::uint32_t node = none, site = none;
  std::uint32_t first = 0, last = 0;
};

struct IncidentPlan {
  using Kind = spec::Incident::Kind;

  Kind kind = Kind::loss;
  std::string name;
  Instant begin, end;
  std::vector<MachineRange> machines;  // of a loss, standstill, slow or failures
  std::uint32_t lost_site = none;      // of a loss of all that stands in a site
  std::vector<NodeRange> disks;        // of kind disk
  double factor = 1;       // of slow: work takes so many times as long; of disk: what is left
  std::int64_t calls = 0;  // of failures: in each site
  // Of a link: either Plan::links[link], within a site, or the way between two sites.
  std::uint32_t link = none, from_site = none, to_site = none;
  Duration delay{};  // more, each way
  double loss = 0;   // more
  bool cut = false;
};

}  // namespace springtide::models::chain
