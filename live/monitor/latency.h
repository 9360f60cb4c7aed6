// Latencies out of the buckets in which reports count them (wire/monitor_record.h).
#pragma once

#include <cstdint>
#include <optional>

#include "live/wire/monitor_record.h"

namespace springtide::live::monitor {

std::uint64_t latency_count(const wire::Counters& counters);

// The latency in milliseconds that the share p of all does not pass, 0 < p <= 1; nothing where none
// was counted. It lies in the right bucket; where in it is guessed (evenly by logarithm), so it is
// within a factor of 2.5 and mostly far nearer. In the bucket of the largest latency, that is the
// end of the bucket.
std::optional<double> latency_quantile_ms(const wire::Counters& counters, double p);

}  // namespace springtide::live::monitor
