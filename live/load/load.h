// The load driver: holds connections to a server on this machine and sends by a plan, whatever the
// answers do (open loop).
//
//   auto load = Load::start(options);        the processes are there and connect at the stated rate
//   while (!load.value()->ready()) ...       everybody has logged in
//   load.value()->begin();                   the plan begins at a whole second soon (hold_plan)
//   while (!load.value()->finished()) ...    the plan has ended and answers have come, or not
//   LoadReport report = load.value()->stop();
//
// The supervisor (who calls this) must have no threads yet when it starts a load. It only watches:
// all that is measured lies in memory shared with the processes (telemetry.h), so one that is
// killed loses nothing of what it counted, the others go on, and the report says so.
//
// Two clocks: the run's zero, where second 0 of every series lies, and the plan's instants, whose
// first (plan_from) lies at zero + plan_from, or with hold_plan where begin() puts it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/time.h"
#include "live/load/plan.h"
#include "live/load/telemetry.h"
#include "live/load/verdict.h"
#include "live/net/address.h"
#include "live/net/process.h"
#include "live/net/streams/streams.h"
#include "measure/histogram.h"
#include "measure/record.h"
#include "spec/scenario.h"

namespace springtide::live::load {

struct LoadOptions {
  net::Address target;
  std::int64_t connections = 0;  // users 0 .. connections - 1, one connection each
  int processes = 0;  // 0: as few as the limit on open files allows; with `pin` a multiple of the
                      // processors
  spec::Plan plan;
  Instant plan_from, plan_end;  // of the plan, whole seconds: what is sent
  Instant measured_from;        // of the plan: latencies of earlier requests are not recorded
  std::int64_t start_unix = 0;  // second of the slot rule at the plan's instant 0
  Spread spread = Spread::evenly;
  std::uint64_t seed = 1;
  net::Backend backend = net::Backend::automatic;
  // Process i stays on processor i mod their number, for a server that does the same.
  bool pin = false;

  std::int64_t zero_unix_ns = 0;  // 0: the next whole second
  bool hold_plan = true;          // until begin(); else its first instant is at zero + plan_from
  Duration ramp_limit{};          // at most so long until begin(); 0: 30 s + 3 x the ramp

  double connects_per_second = 10'000;  // all processes together
  Duration reconnect_after = second;    // a connection that was lost, or could not be made
  int reconnect_spread_seconds = 0;     // and user mod this, in seconds, longer (the original: 20)
  // Least time between two rounds of a process (driver.h). 0: 500 us, and as many times longer, up
  // to 5 ms, as there are processes for each processor of the machine: else most of their time goes
  // into switching between them.
  Duration round{};
  Duration drain = second * 5;  // for answers after the end of the plan
  // A request without an answer for so long after it was sent has timed out (users.h tells what
  // that means for the answers that follow). A second later at most it is counted as such.
  Duration patience = second * 10;
  // Above this 99th percentile of lateness the driver was the limit, and the run is invalid.
  // Unset: 10 ms; 1 s with Spread::burst, where a second's users are all due at its begin.
  std::optional<Duration> lateness_bound;
};

// How many processes these connections need where one may open so many files.
int processes_for(std::int64_t connections, std::int64_t files_per_process);

// Now, for a live view; all from the start on.
struct LoadCounters {
  std::int64_t open_connections = 0, ready_users = 0, outstanding = 0;
  std::int64_t requests = 0, responses = 0, won = 0, none = 0, overloaded = 0, lost = 0,
               timed_out = 0, not_sent = 0, late = 0, lost_connections = 0, failed_connects = 0,
               local_errors = 0;
  SecondCounts last_second{};  // the last whole one
  int processes_running = 0;
};

struct ProcessReport {
  UserRange users;
  std::int64_t requests = 0;
  double processor_seconds = 0;
  std::int64_t peak_bytes = 0;
  std::optional<std::string> died;  // "signal 9 (Killed) in second 12"
};

struct LoadReport {
  std::string target;
  std::int64_t connections = 0;
  std::vector<SecondCounts> seconds;  // by second of the run, from zero to the end
  std::vector<std::int64_t> open_connections, ready_users;  // at the end of each second
  Duration slice = measure::shortest_slice;
  std::vector<measure::Histogram> latency_slices, service_slices;  // of one slice each; from zero
  measure::Histogram latency, service;  // from the intended instant; from the actual send
  measure::Histogram lateness, round;   // of sends; length of the rounds of the loops
  measure::Ledger ledger;               // logins, shakes and opens
  std::int64_t planned = 0, not_sent_behind = 0, not_sent_kept = 0, not_sent_of_dead = 0;
  std::int64_t in_flight_counted = 0;  // one by one, where the ledger has what was never ended
  SecondCounts totals{};
  std::vector<ProcessReport> processes;
  double processor_seconds = 0;         // of all processes, the ramp included
  double processor_us_per_request = 0;  // while the plan was sent
  std::int64_t peak_bytes = 0;          // sum over the processes
  std::optional<Duration> ramp;         // from the first process to the last login
  std::optional<Duration> plan_began;   // since zero
  Duration plan_length{};
  Duration clock_step{};  // how far the clock of the day was moved during the run
  Verdict verdict;
  bool stopped_early = false;

  std::int64_t operator[](Count count) const { return totals[count]; }
};

class Load {
 public:
  static Result<std::unique_ptr<Load>> start(const LoadOptions& options);
  ~Load();  // ends what still runs

  bool ready();       // every user of every process that lives has logged in
  bool late() const;  // the ramp has taken longer than ramp_limit

  // Puts the plan's first instant at a whole second of the run's clock, at least half a second from
  // now; where that is, since zero. Only with hold_plan, once.
  Duration begin();
  bool finished();  // every process has done its part; closing connections may go on

  LoadCounters counters() const;

  // Of one second of the run, all processes; zeros where there is none. And since the start.
  SecondCounts in_second(std::int64_t second_of_run) const;
  std::int64_t total(Count count) const { return telemetry_.total(count); }
  // From the intended instants, of requests intended in one slice, so far; ns.
  measure::Histogram latency_slice(std::int64_t number) const;
  Duration slice() const { return telemetry_.slice(); }

  // From the second after the next, every request rate of the plan gives way to this one. What is
  // wrong, if anything: a renewal plan, a rate that is negative or absurd, too many changes.
  std::optional<Diagnostic> set_rate(double per_second);

  LoadReport stop();  // ends the processes; once

  const LoadOptions& options() const { return options_; }
  std::int64_t zero_unix_ns() const { return options_.zero_unix_ns; }
  std::vector<pid_t> pids() const;

 private:
  Load(const LoadOptions& options, Telemetry telemetry);
  PlanSpec plan_spec() const;
  std::optional<Diagnostic> start_processes();
  void watch();
  void count_the_dead(std::size_t process, const net::ChildEnd& end);
  void fill_series(LoadReport& report) const;
  void fill_processes(LoadReport& report);
  void fill_ledger(LoadReport& report) const;
  std::int64_t now_ns() const;  // since zero

  LoadOptions options_;
  Telemetry telemetry_;
  std::vector<net::Child> children_;
  std::vector<std::optional<std::string>> died_;
  std::vector<RateChange> changes_;
  std::int64_t started_ns_;  // monotonic
  std::optional<Duration> ramp_;
  std::int64_t reached_ns_ = 0;  // since zero, when all had done their part
};

}  // namespace springtide::live::load
