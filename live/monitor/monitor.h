// The monitor: takes reports from any number of processes, adds them up (aggregator.h), gives out
// the original's log line for each second, and shows all of it over HTTP while it runs:
//
//   /         a page that follows the run
//   /state    what the page reads, JSON; ?after=UNIX_SECOND: only what came since
//   /metrics  OpenMetrics
//
// One thread reads the streams, others answer HTTP; both see the sums under one lock. A stream that
// is no stream of reports is closed and counted. A reader that is slow holds up nobody but itself.
// Start it after the last fork.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/diagnostic.h"
#include "live/monitor/aggregator.h"
#include "live/monitor/series.h"
#include "live/net/address.h"
#include "measure/record.h"

namespace springtide::live::monitor {

struct MonitorOptions {
  net::Address listen{.port = 8002};   // the original's port; 0: any free one
  std::optional<net::Address> http;    // none: no page, no metrics
  std::string http_option = "--http";  // whose problem it is that that port is taken
  std::string title = "Live run";
  AggregatorOptions sums;
  std::size_t most_streams = 1024;
  // Whole lines, in order of time, from the thread of the monitor; while it blocks, reports wait
  // in the buffers of the kernel.
  std::function<void(std::string_view lines)> print;
};

class Monitor {
 public:
  static Result<std::unique_ptr<Monitor>> start(MonitorOptions options);
  ~Monitor();

  // With the ports that the kernel chose.
  const net::Address& address() const;
  std::string url() const;  // of the page; empty without one

  // Takes what has arrived, gives out the seconds that still wait, closes all streams. The page
  // goes on until the end of this object.
  void stop();

  // What was reported so far; whole after stop().
  measure::Record record() const;
  StreamTally streams() const;
  Aggregator::Tally reports() const;

 private:
  class Loop;
  explicit Monitor(std::unique_ptr<Loop> loop);
  std::unique_ptr<Loop> loop_;
};

}  // namespace springtide::live::monitor
