// Adds up what processes say about each second of the clock. No sockets and no clock of its own:
// the caller gives bytes' meaning and the time, so every order of arrival can be tried in a test.
//
//   stream 1 (server)   ... 100  101  102
//   stream 2 (clients)  ... 100  101                  101 is complete, 102 waits for stream 2
//   stream 3 (clients)  ... 100  101  102  103        or until the grace is over
//
// A second is complete when every stream that is waited for has reported it or a later one, or
// when the grace is over: after its end or, where reports come late, after the first one (so that
// processes that catch up, after the monitor was away, are still added up). Seconds are given out
// in order, each once; those that nobody reported are left out (nothing was said, so nothing is
// known). A stream is waited for once it has reported, and for the length of the grace after it was
// opened.
//
// A report of a second that was given out already is late: it is counted, and added to the
// history, so that the series of the whole run holds it; its line of the log stays as it was. In a
// stream the seconds of one type must rise: one that does not is a repetition and left out. A
// second far from the clock is no report at all, and its stream should be closed.
//
// Counters since the start are added over processes, of each the newest. A process that carries an
// identity (wire/monitor_record.h) is known again when it connects again, and what it counted stays
// in the sums when it is gone. Else every stream is a process, and when it is closed it leaves the
// sums, as in the original's monitor: who comes back with the same counters is not counted twice.
//
// Where the clock is set back, reports are late until it has caught up.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/time.h"
#include "live/wire/monitor_record.h"

namespace springtide::live::monitor {

// What all processes of one type said about one second.
struct Sums {
  int reports = 0;
  wire::Counters in_second{};
  wire::Counters since_start{};  // of all processes so far; identity is always 0
  bool operator==(const Sums&) const = default;
};

struct CompleteSecond {
  std::int64_t second = 0;                     // unix time
  std::array<std::optional<Sums>, 2> of_type;  // nothing: no process of the type reported it

  const std::optional<Sums>& of(wire::ProcessType type) const {
    return of_type[static_cast<std::size_t>(type)];
  }
  bool operator==(const CompleteSecond&) const = default;
};

struct AggregatorOptions {
  Duration grace = second * 10;  // at most 1 h
  int expected = 0;  // no second is complete before its grace until so many streams reported
  std::size_t history = 6 * 3600;  // seconds kept for the series, about 2 KiB each
};

enum class Receipt {
  counted,
  late,         // its second was given out already
  repeated,     // its second does not rise in its stream; left out
  implausible,  // its second is not within an hour before and a minute after the clock; left out
};

class Aggregator {
 public:
  using StreamId = std::uint64_t;

  // What went well and what did not, since the beginning.
  struct Tally {
    std::int64_t records = 0, late = 0, repeated = 0, implausible = 0;
    std::int64_t missing = 0;    // reports that a second did not wait for any longer
    std::int64_t forgotten = 0;  // seconds that the history has no room for
  };

  explicit Aggregator(AggregatorOptions options);

  // `now` is unix time in nanoseconds, here and below.
  StreamId opened(std::int64_t now);
  void closed(StreamId stream);
  Receipt receive(StreamId stream, const wire::MonitorRecord& record, std::int64_t now);

  // The seconds that became complete, in order.
  std::vector<CompleteSecond> take_complete(std::int64_t now);
  // Those that are still waited for too, at the end.
  std::vector<CompleteSecond> take_all();

  // All complete seconds, by unix time, with what came late.
  const std::map<std::int64_t, CompleteSecond>& history() const { return history_; }
  // All counters of seconds since the beginning, whatever the history holds.
  const wire::Counters& total(wire::ProcessType type) const {
    return totals_[static_cast<std::size_t>(type)];
  }
  const Tally& tally() const { return tally_; }
  std::size_t open_streams() const { return streams_.size(); }
  // Open streams that report as this type.
  std::size_t reporting(wire::ProcessType type) const;

 private:
  static constexpr std::int64_t never = -1;
  struct Stream {
    std::int64_t opened = 0;
    std::array<std::int64_t, 2> newest{never, never};  // second, by type
  };
  // By identity where one is told, else by stream: {0, stream} or {1, identity}.
  using ProcessKey = std::pair<int, std::uint64_t>;
  struct Process {
    std::int64_t newest = never;
    wire::Counters since_start{};
  };
  struct Report {
    ProcessKey process;
    wire::Counters since_start;
  };
  struct Pending {
    CompleteSecond sums;
    std::int64_t first_told = never;  // when its first report came, unix ns
    std::array<std::vector<Report>, 2> reports;
  };

  bool complete(std::int64_t second, const Pending& pending, std::int64_t now) const;
  bool waits_for(const Stream& stream, std::int64_t second, std::int64_t now) const;
  CompleteSecond give_out(std::int64_t second, Pending pending);
  void learn(wire::ProcessType type, std::int64_t second, const Report& report);
  void forget_gone(std::size_t type, std::int64_t second);
  wire::Counters since_start(std::size_t type) const;
  void add_late(const wire::MonitorRecord& record);
  void trim_history();

  AggregatorOptions options_;
  StreamId last_stream_ = 0;
  std::map<StreamId, Stream> streams_;
  std::map<std::int64_t, Pending> pending_;
  std::array<std::map<ProcessKey, Process>, 2> processes_;
  std::array<wire::Counters, 2> totals_{};
  std::map<std::int64_t, CompleteSecond> history_;
  std::int64_t given_out_ = never;  // the last second that was
  std::size_t reported_ = 0;        // streams that ever reported
  Tally tally_;
};

// Adds the counters of a second: sums that stay at the largest number instead of passing it, and
// the larger one of latency_max_us.
void add_second(wire::Counters& into, const wire::Counters& counters);

}  // namespace springtide::live::monitor
