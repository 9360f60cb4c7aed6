// What the driver tells a monitor: its counters of each second that is over, and how long answers
// took, by live/wire's record.
//
// The latencies of a second are those that were recorded since the last report, which is the same
// but for a moment; they are read out of the histograms that the processes write anyway, so that
// the sending costs nothing more.
#pragma once

#include <cstdint>
#include <map>

#include "live/load/load.h"
#include "live/monitor/feed.h"
#include "live/net/address.h"
#include "live/wire/monitor_record.h"
#include "measure/histogram.h"

namespace springtide::live::load {

// Since the start of the driver, as far as a monitor is told.
struct TotalCounts {
  std::int64_t connected = 0, open_connections = 0;
  std::int64_t won = 0, packets_for_you = 0, shares_opened = 0;
  std::int64_t cents = 0;  // of shake packets and of shares
};

wire::MonitorRecord record_of(std::int64_t unix_second, const SecondCounts& in_second,
                              const TotalCounts& total);

// What a histogram that grows has got since the last look.
class LatencyGrowth {
 public:
  // Adds to the counters of a second what `histogram` (of nanoseconds) holds more than last time.
  void count(const measure::Histogram& histogram, wire::Counters& of_second);

 private:
  std::map<std::int64_t, std::int64_t> seen_;  // by the lowest value of a bucket
};

// Of a load that is there as long as the feed, from its zero on.
monitor::Feed feed_of(const Load& load, const net::Address& monitor);

}  // namespace springtide::live::load
