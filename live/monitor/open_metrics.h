// What was reported, as OpenMetrics text (version 1.0.0), for a collector such as Prometheus.
//
// Counters are sums of what was told since the monitor began; they begin again with it, which
// collectors understand. Only sides ("client", "server") that reported stand there.
#pragma once

#include <string>

#include "live/monitor/aggregator.h"
#include "live/monitor/series.h"

namespace springtide::live::monitor {

inline constexpr const char* open_metrics_type =
    "application/openmetrics-text; version=1.0.0; charset=utf-8";

std::string open_metrics(const Aggregator& sums, const StreamTally& streams);

}  // namespace springtide::live::monitor
