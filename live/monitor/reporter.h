// Tells a monitor what this process counted, once a second, and never holds the process up.
//
//   Reporter reporter(address, {});
//   ... once a second:                    ... and some times a second, in any loop:
//   reporter.report(record);              reporter.poll();
//
// Both only make system calls that return at once. Reports wait in a queue while there is no
// connection; where the queue is full the oldest is discarded and counted. A monitor that is gone,
// or never was there, is tried again every `retry`; a report that was half sent is sent again as a
// whole. What a monitor had not read yet when it died is lost, and cannot be counted here: the
// protocol has no answers.
//
// Not for several threads at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "base/time.h"
#include "live/net/address.h"
#include "live/net/file.h"
#include "live/wire/monitor_record.h"

namespace springtide::live::monitor {

struct ReporterOptions {
  Duration retry = second;
  std::size_t queue = 120;  // reports, at least 2
  // Told with every report (wire/monitor_record.h); 0: one is made of process and time.
  std::uint64_t identity = 0;
};

class Reporter {
 public:
  struct Tally {
    std::int64_t sent = 0;       // handed to the kernel, whole
    std::int64_t discarded = 0;  // because the queue was full
    std::int64_t connected = 0;  // connections made
    std::int64_t failed = 0;     // tries to connect that came to nothing
    std::int64_t broken = 0;     // connections that ended, not by us
  };

  explicit Reporter(const net::Address& monitor, const ReporterOptions& options = {});

  // Queues the report, with our identity, and does what poll() does. Seconds must rise.
  void report(wire::MonitorRecord record);
  // Connects, sends, or finds out that the monitor is gone, as far as that is possible now.
  void poll();

  bool connected() const { return state_ == State::connected; }
  std::size_t waiting() const { return queue_.size(); }
  const Tally& tally() const { return tally_; }

 private:
  enum class State { idle, connecting, connected };

  void begin();
  void finish();
  void send();
  void fail(std::int64_t& counter);
  bool gone() const;

  net::Address monitor_;
  ReporterOptions options_;
  State state_ = State::idle;
  net::File socket_;
  std::int64_t next_try_ = 0;  // monotonic ns
  std::deque<wire::MonitorRecordBytes> queue_;
  std::size_t sent_of_first_ = 0;  // bytes
  Tally tally_;
};

}  // namespace springtide::live::monitor
