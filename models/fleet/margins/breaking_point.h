// How much more a server could carry before the thresholds of the scenario break: found by
// simulating it again with more users.
//
//   load x   1    1.5    2     3          bracket, two at a time
//            |-----|-----x                first load that breaks
//              good |. .|                 then the bracket in thirds, three times: to 2 % of it
//
// The server's own crowd grows (all its users, those online, its connections and their heap): the
// same users at the same cues, and more like them. It is asked from the start on, and served from
// a minute before the minute that is judged. What counts is that minute alone: its latency
// quantiles, its refusals and drops, against the thresholds of the operation in its place
// ("shake.latency", "shake.refused", "shake.dropped"). Left out: packets, limits on connections
// (they have a margin of their own), users who move after losses.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "measure/threshold.h"
#include "models/fleet/layout.h"

namespace springtide::models::fleet {

struct BreakingPoint {
  double holds = 0;              // the largest load tried that holds, x; 0: none
  std::optional<double> breaks;  // the smallest that does not; nothing: none was found
  std::string threshold;         // which one breaks there: "shake.latency p(99)<1s"
};

struct JudgedMinute {
  std::int64_t from = 0, to = 0;  // seconds
};

// `thresholds`: any; those of the operation's latency, refusals and drops are judged. Nothing
// where there are none of these. Deterministic, whatever the number of threads.
std::optional<BreakingPoint> breaking_point(const Layout& layout, std::size_t server,
                                            JudgedMinute minute,
                                            const std::vector<measure::Threshold>& thresholds,
                                            unsigned threads);

}  // namespace springtide::models::fleet
