// What the server tells a monitor: its counters of each second that is over, by live/wire's record.
#pragma once

#include <cstdint>

#include "live/monitor/feed.h"
#include "live/net/address.h"
#include "live/server/server.h"
#include "live/wire/monitor_record.h"

namespace springtide::live::server {

// The record of a second from the counts of it and of all time so far.
wire::MonitorRecord record_of(std::int64_t unix_second, const Counts& in_second,
                              const Counts& total);

// Of a server that is there as long as the feed, from its first second on.
monitor::Feed feed_of(const Server& server, const net::Address& monitor);

}  // namespace springtide::live::server
