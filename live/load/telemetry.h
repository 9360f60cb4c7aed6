// What the processes of the driver write while they run and the supervisor reads: in memory that
// all share, so that a process that is killed takes nothing with it.
//
//   by second of the run      counts of what was sent, answered, lost ... (SecondCounts)
//   by slice (10 s or more)   latency from the intended instant, and from the actual send
//   for the whole run         lateness of sends, length of the rounds of the loop, state
//
// Each process writes only its own part; all of it is there from the start and grows no more: for
// long runs the slices are longer (measure::slice_for). Instants are nanoseconds since the zero of
// the run; what comes before second 0 or after the last one is counted there.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/diagnostic.h"
#include "base/time.h"
#include "live/load/plan.h"
#include "live/shared/histogram.h"
#include "live/shared/memory.h"
#include "measure/record.h"

namespace springtide::live::load {

using shared::add_to, shared::read_of;

enum class Count : std::uint8_t {
  logins,            // sent
  shakes,            // sent
  opens,             // sent
  responses,         // answers read, of any kind
  won,               // shake answers with a packet
  none,              // shake answers without
  overloaded,        // shake answers that refuse
  packets_for_you,   // shares of a sent packet offered
  shares_opened,     // open answers
  amount,            // cents received
  not_sent,          // due by the plan, by second of the intended instant: user not logged in
  late,              // sent more than 1 ms after the intended instant
  kept,              // not sent at once: the connection took nothing
  connected,         // handshakes done
  logged_in,         // login answers
  lost_connections,  // closed or reset by the server
  lost,              // requests that were sent and whose connection ended before an answer
  timed_out,         // requests that were sent and not answered within the patience
  late_answers,      // to requests that had timed out: read, and part of nothing else here
  failed_connects,   // refused, reset or timed out
  local_errors,      // no file, port or memory for a connection
  unexpected,        // answers that nobody waited for, and malformed ones
  processor_ns,      // of the process
  count_
};

struct SecondCounts {
  std::array<std::int64_t, static_cast<std::size_t>(Count::count_)> values;
  std::int64_t operator[](Count count) const { return values[static_cast<std::size_t>(count)]; }
};

struct ProcessState {
  std::int64_t open_connections, ready_users;  // now
  std::int64_t outstanding;                    // requests sent that have not ended yet
  std::int64_t planned;                        // requests of the plan taken up
  std::int64_t not_sent_behind;   // of them, not sent in the end though the connection was ready
  std::int64_t not_sent_kept;     // of them, never taken by the connection
  std::int64_t in_flight_at_end;  // counted one by one as the process ended
  std::int64_t ended;             // 1: it came to its end by itself
  shared::Histogram lateness, round;
};

// What the supervisor tells the processes.
struct Orders {
  static constexpr std::size_t max_changes = 1024;
  std::int64_t zero_ns;         // monotonic clock: zero of the run
  std::int64_t unix_offset_ns;  // unix clock minus monotonic clock, at the start
  std::int64_t plan_begin_ns;   // monotonic clock: where the plan's first instant lies; 0: not yet
  std::int64_t stop;            // 1: end now
  std::int64_t changes;         // how many of these are valid
  std::array<RateChange, max_changes> change;
};

class Telemetry {
 public:
  static Result<Telemetry> make(int processes, std::size_t seconds);

  Orders& orders() const { return *orders_; }
  ProcessState& state(int process) const { return states_[static_cast<std::size_t>(process)]; }
  std::size_t seconds() const { return seconds_; }
  std::size_t slices() const { return slices_; }
  Duration slice() const { return slice_; }  // whole seconds

  // Of one process, for writing.
  struct Part {
    ProcessState* state;
    SecondCounts* rows;
    shared::Histogram* latency;
    shared::Histogram* service;
    std::size_t seconds, slices;
    std::int64_t slice_ns;

    void count(Count count, std::int64_t at_ns, std::int64_t amount = 1) const {
      add_to(rows[row_of(at_ns)].values[static_cast<std::size_t>(count)], amount);
    }
    void record_latency(std::int64_t intended_ns, std::int64_t latency_ns,
                        std::int64_t service_ns) const {
      const std::size_t slice =
          intended_ns <= 0 ? 0
                           : std::min(static_cast<std::size_t>(intended_ns / slice_ns), slices - 1);
      latency[slice].record(latency_ns);
      service[slice].record(service_ns);
    }
    std::size_t row_of(std::int64_t at_ns) const {
      return at_ns <= 0 ? 0
                        : std::min(static_cast<std::size_t>(at_ns / 1'000'000'000), seconds - 1);
    }
  };
  Part part(int process) const;

  // Of all processes, or of one.
  SecondCounts row(std::size_t second) const;
  std::int64_t total(Count count, std::optional<int> process = {}) const;
  measure::Histogram latency_slice(std::size_t number) const;  // of all processes
  std::vector<measure::Histogram> latency_slices() const { return merged(latency_); }
  std::vector<measure::Histogram> service_slices() const { return merged(service_); }

 private:
  std::vector<measure::Histogram> merged(const shared::Memory<shared::Histogram>& histograms) const;

  int processes_ = 0;
  std::size_t seconds_ = 0, slices_ = 0;
  Duration slice_{};
  shared::Memory<Orders> orders_;
  shared::Memory<ProcessState> states_;
  shared::Memory<SecondCounts> rows_;                    // process after process
  shared::Memory<shared::Histogram> latency_, service_;  // process after process
};

}  // namespace springtide::live::load
