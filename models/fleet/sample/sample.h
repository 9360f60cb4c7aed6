// Which servers of a fleet are simulated, where not all are: some of each kind (a cluster has
// machines of one kind), drawn without replacement. The others are estimated from them
// (measure/statistics/stratified.h).
//
//   cluster of 48:   o o x o o o o x ...     x simulated, each with all its users, exactly as in a
//                    \-----/ \-----/         run of the whole fleet: its randomness is its own
//
// Towards what all servers share (back ends, links of static resources) every server that is
// simulated stands for others of its kind, each other for one of it: what it asks is asked so many
// times at the same instant. That is right in the mean; what is lost is how servers differ, so a
// burst comes in fewer, larger pieces.
//
// What a sample cannot do: exchange between servers. Users of lost servers go to others, most of
// which are not there; such incidents are refused. A server that an incident names (a standstill)
// is always simulated, and stands for itself alone.
#pragma once

#include <cstdint>
#include <vector>

#include "base/diagnostic.h"
#include "measure/statistics/stratified.h"
#include "models/fleet/layout.h"
#include "spec/scenario.h"

namespace springtide::models::fleet {

struct Sample {
  struct Kind {
    std::size_t cluster = 0;
    std::int64_t all = 0;
    std::vector<std::uint32_t> servers;  // that are simulated, ascending
  };
  std::int64_t of_each = 0;              // how many were asked for; 0: all servers are simulated
  std::vector<Kind> kinds;               // in the order of their clusters
  std::vector<std::uint32_t> servers;    // that are simulated, ascending
  std::vector<std::uint32_t> kind_of;    // by server
  std::vector<std::int64_t> stands_for;  // by server: how many, itself included; 0: not simulated

  bool is_estimate() const { return of_each > 0; }
  measure::StratifiedSample strata() const;
};

// All of them.
Sample whole_fleet(const Layout& layout);

// `of_each` >= 2 of each kind, or all where a kind has not more. Problems: what cannot be sampled.
Result<Sample> draw_sample(const spec::Scenario& scenario, const Layout& layout,
                           std::int64_t of_each, std::uint64_t seed);

}  // namespace springtide::models::fleet
