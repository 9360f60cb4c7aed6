// What the server tells a monitor: its counters of each second that is over, by live/wire's record.
//
// A second is told two seconds after its begin, when every worker has counted it (the original
// waits four, and its monitor thirty). Call turn() some times a second; it never waits.
#pragma once

#include <cstdint>

#include "live/monitor/reporter.h"
#include "live/net/address.h"
#include "live/server/server.h"
#include "live/wire/monitor_record.h"

namespace springtide::live::server {

// The record of a second from the counts of it and of all time so far.
wire::MonitorRecord record_of(std::int64_t unix_second, const Counts& in_second,
                              const Counts& total);

class MonitorFeed {
 public:
  explicit MonitorFeed(const net::Address& monitor) : reporter_(monitor) {}

  void turn(const Server& server);
  const monitor::Reporter& reporter() const { return reporter_; }

 private:
  monitor::Reporter reporter_;
  std::int64_t told_ = 0;  // unix second
};

}  // namespace springtide::live::server
