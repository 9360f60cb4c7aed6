// What the live page shows, as JSON:
//
//   { "title", "began": unix s of this monitor's start, "now": unix s, "newest": unix s or null,
//     "processes": {"client": n, "server": n}, "streams": {open, malformed, refused, last_fault},
//     "reports": {taken, late, missing, repeated},
//     "seconds": [unix s, ...], "values": {"client.requests": [v or null, ...], ...},
//     "quantities": {"client.requests": {"unit", "about"}, ...},
//     "totals": {"client.requests": n, ...} }
#pragma once

#include <cstdint>
#include <string>

#include "live/monitor/aggregator.h"
#include "live/monitor/series.h"

namespace springtide::live::monitor {

struct StateRequest {
  std::string title;
  std::int64_t began = 0, now = 0;  // unix s
  std::int64_t after = 0;           // only seconds after this one, and at most the newest `most`
  std::size_t most = 900;
};

std::string state_json(const Aggregator& sums, const StreamTally& streams,
                       const StateRequest& request);

}  // namespace springtide::live::monitor
