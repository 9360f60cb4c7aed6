// What a process tells a monitor: the record of each second that is over, one after the other.
//
//   clock    ... 41     42     43     44          second 42 is told from 44 on: two seconds after
//   told     ... 39     40     41     42          it began all who count have counted it
//
// (The original waits four seconds, and its monitor thirty.) Where turn() was not called for a
// while, what was missed is told at once. Not for several threads at once; it never waits.
#pragma once

#include <cstdint>
#include <functional>

#include "live/monitor/reporter.h"
#include "live/net/address.h"
#include "live/wire/monitor_record.h"

namespace springtide::live::monitor {

class Feed {
 public:
  static constexpr std::int64_t delay_seconds = 2;

  // The record of a second of the unix clock. `newest`: no later one is told in this turn.
  using RecordOf = std::function<wire::MonitorRecord(std::int64_t unix_second, bool newest)>;

  Feed(const net::Address& monitor, std::int64_t first_unix_second, RecordOf record_of);

  void turn();  // some times a second
  // When nothing more will be counted: tells the seconds that are left, the present one too, and
  // waits a moment until they are on their way. Once, last.
  void end();
  const Reporter& reporter() const { return reporter_; }

 private:
  Reporter reporter_;
  RecordOf record_of_;
  std::int64_t next_;  // unix second
};

}  // namespace springtide::live::monitor
