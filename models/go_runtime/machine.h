// A Go-like process on a machine with a few processors: Ps, run queues, timers, network poller,
// monitor thread and collector, run by events of one simulated process.
//
//   program --ready--> P: next, ring --full--> global queue --> any P
//      ^                 |  ^ steal half              ^
//      |  run(g, at)     v  |                         |  readiness
//      +---------------- P steps                   poller <--- network
//                        |    timers (one goroutine), collector (dedicated, idle, assists)
//
// Each P that is not idle has exactly one pending event: the end of what it is doing. A P that
// runs several goroutines which cannot affect each other does so as one event of at most
// `granularity` (constants); with granularity 0 it is one goroutine an event.
//
// Follows src/runtime/proc.go, time.go and mgc.go of go1.8rc3; where a rule is kept to the letter
// the function's name stands beside it. Left out: threads as such (a blocked system call of a few
// microseconds keeps its P, which is what the monitor's 20 us allow), the stack scan's own stop of
// a running goroutine, sweeping (long over when the next cycle starts).
//
// Owner's duty: call start() first, handle() for events whose kind is in
// [first_kind, first_kind + kinds), network_ready() when data arrives for a parked goroutine, and
// spawn()/grow() as the program grows. Program: see program.h.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/random.h"
#include "base/time.h"
#include "measure/series.h"
#include "models/go_runtime/collector.h"
#include "models/go_runtime/poller.h"
#include "models/go_runtime/program.h"
#include "models/go_runtime/run_queue.h"
#include "models/go_runtime/timers.h"
#include "sim/simulation.h"

namespace springtide::models::go {

template <typename Program>
class Machine {
 public:
  static constexpr std::uint32_t first_kind = 100;
  static constexpr std::uint32_t kinds = 8;

  // `clock_offset`: the machine's clock minus true time.
  Machine(const spec::GoRuntime& constants, std::int64_t processors, std::uint64_t seed,
          const std::string& name, Program& program, Duration clock_offset = {})
      : go_(constants),
        program_(program),
        collector_(constants, processors),
        processors_(static_cast<std::size_t>(processors),
                    Processor(static_cast<std::size_t>(constants.run_queue))),
        timers_(clock_offset),
        wake_stream_(seed, name + "/thread-wake"),
        timer_stream_(seed, name + "/timers"),
        steal_stream_(seed, name + "/steal"),
        stop_stream_(seed, name + "/stop-latency"),
        monitor_stream_(seed, name + "/monitor") {}

  void start(sim::Context& context) {
    context_ = &context;
    for (std::size_t p = 0; p < processors_.size(); ++p) idle_.push_back(p);
    poller_.blocked = true;
  }

  void handle(const sim::Event& event);

  // Whether the program can have herds run in one call.
  static constexpr bool idles = requires(Program & program) {
    program.idle(GoroutineRun{}, Instant{}, Duration{});
  };

  // --- For the program ---
  Goroutine spawn() { return static_cast<Goroutine>(goroutines_++); }
  void grow(std::int64_t live, std::int64_t scanned) { collector_.grow(live, scanned); }
  void shared_scan(std::int64_t bytes) { collector_.set_static_scan(bytes); }
  void maybe_collect(Instant at) {
    if (collector_.at_trigger()) want_cycle(at, false);
  }

  // A parked goroutine becomes runnable: by another one on P `current_processor()`, or from
  // outside (a new goroutine at the start).
  void ready(Goroutine g, Instant at) {
    processors_[current_].queue.ready(g, global_);
    wake_one(at);
  }
  void ready_global(Goroutine g, Instant at) {
    global_.push(g);
    wake_one(at);
  }
  std::size_t current_processor() const { return current_; }  // the P whose goroutine is running
  // time.Sleep by a goroutine that is not running here (program start).
  void sleep_until(Instant when, Goroutine g, Instant now) { arm(when, g, now); }

  // Data has arrived at `at` (now or a little later, never before an earlier call's) for a
  // goroutine that is parked on its connection.
  void network_ready(Goroutine g, Instant at);

  // The machine does nothing from `from` to `to` (an incident). Several, before the run, may
  // overlap.
  void stand_still(Instant from, Instant to) {
    stills_.push_back({from, to});
    std::sort(stills_.begin(), stills_.end());
  }

  // --- For measurement ---
  const Collector& collector() const { return collector_; }
  const std::vector<Cycle>& cycles() const { return cycles_; }
  std::int64_t goroutines() const { return goroutines_; }
  std::size_t runnable() const {
    std::size_t n = global_.size();
    for (const Processor& p : processors_) n += p.queue.size();
    return n;
  }
  const measure::SecondCounter& busy() const { return busy_; }  // ns of all Ps, by second
  const measure::SecondCounter& marking() const { return marking_busy_; }
  const std::vector<std::uint32_t>& longest_queue() const { return longest_queue_; }  // by second

 private:
  enum Kind : std::uint32_t {
    step_kind = first_kind,
    poll_returns,
    timer_due,
    forced_due,
    monitor_polls,
    world_starts,
  };
  enum class Job : std::uint8_t {
    none,
    goroutine,
    timers,
    dedicated_mark,
    fractional_mark,
    idle_mark,
    assist,
    cycle_start,
    mark_done,
    after_cycle,
  };
  enum class Phase : std::uint8_t {
    off,
    wanted,
    stopping_to_mark,
    marking,
    finishing,
    stopping_to_end
  };

  struct Processor {
    explicit Processor(std::size_t queue_limit) : queue(queue_limit) {}
    LocalQueue queue;
    Job job = Job::none;
    Goroutine current = no_goroutine;  // for Job::goroutine
    bool idle = true, spinning = false, stopped = false;
    std::uint32_t picks_to_global = 0;  // when it is 0 the global queue comes first
    Instant preempt_at{};
    std::vector<Goroutine> woken;  // their debt is paid by the marking under way here
  };

  // Goroutines of the runtime itself, above all of the program's.
  static constexpr Goroutine timer_goroutine = 0xfffffff0, cycle_goroutine = 0xfffffff1;

  // scheduler
  void step(std::size_t p, Instant now);
  void pick(std::size_t p, Instant now);
  void busy_until(std::size_t p, Instant now, Instant end, bool marking = false);
  void go_idle(std::size_t p, Instant now);
  [[gnu::always_inline]] void prefetch(const Processor& p) const {
    if constexpr (requires { program_.prefetch(Goroutine{}, Goroutine{}); }) {
      if (p.queue.empty())
        program_.prefetch(global_.peek(0), global_.peek(1));
      else
        program_.prefetch(p.queue.peek(0), p.queue.peek(1));
    }
  }
  void note_queue(Instant now, std::size_t length);
  Goroutine take(std::size_t p, Instant now);
  Goroutine take_global(std::size_t p, std::size_t most);
  Goroutine steal(std::size_t p);
  void wake_one(Instant at);
  void start_processor(Instant at, bool spinning);
  void found_work(std::size_t p, Instant now);
  Instant run(std::size_t p, Goroutine g, Instant at);
  Instant run_idle(std::size_t p, Instant at, Instant limit);
  Instant after_step(std::size_t p, Goroutine g, const Step& step, Instant at);
  Instant finish_step(std::size_t p, Goroutine g, Step::Then then, Duration sleep, Instant at);
  // timers
  void arm(Instant when, Goroutine g, Instant now);
  void arm_run(Instant when, GoroutineRun run, Instant now);
  void sleep_timers(Instant now, Duration length);
  void timers_wake(Instant now);
  void run_timers(std::size_t p, Instant now);
  void begin_timers(std::size_t p, Instant now);
  // poller, monitor
  void poll_into_global(Instant now);
  void plan_monitor_poll(Instant now);
  void wake_monitor(Instant at);
  void forced_cycle_due(Instant now, bool woken);
  // collector
  void want_cycle(Instant at, bool forced);
  bool fractional_due(Instant now) const;
  bool mark_chunk(std::size_t p, Instant now, Job job);
  void marker_done(std::size_t p, Instant now);
  void stop_world(Instant now, Phase next);
  void processor_stopped(Instant now);
  void start_world(Instant now);
  void ready_woken(std::size_t p);

  void count_picks(Processor& p, std::uint32_t n) const {
    const auto period = static_cast<std::uint32_t>(go_.global_check_ticks);
    while (n > p.picks_to_global) {
      n -= p.picks_to_global + 1;
      p.picks_to_global = period - 1;
    }
    p.picks_to_global -= n;
  }
  // How many steps of this length begin before the limit; at least one.
  static std::uint32_t steps_until(Instant limit, Instant at, Duration each) {
    const auto left = static_cast<std::uint64_t>((limit - at).ns);
    const auto step = static_cast<std::uint64_t>(each.ns);
    if (at >= limit || step == 0 || left <= step) return 1;
    return static_cast<std::uint32_t>((left + step - 1) / step);
  }
  Duration wake_latency() { return go_.thread_wake.sample(wake_stream_); }
  Instant now() const { return context_->now(); }

  spec::GoRuntime go_;
  Program& program_;
  sim::Context* context_ = nullptr;
  Collector collector_;
  std::vector<Processor> processors_;
  std::vector<std::size_t> idle_;  // last in, first out (pidleget)
  GoroutineRing global_;
  Timers timers_;
  Poller poller_;
  std::int64_t goroutines_ = 0;
  std::size_t current_ = 0;  // the P that is stepping
  int spinning_ = 0;

  // the timer goroutine
  bool timers_sleeping_ = true;
  bool timers_in_round_ = false;
  std::uint32_t timers_generation_ = 0;
  Instant timers_clock_{};  // its stale reading

  // the monitor
  Instant forced_at_ = Instant::never();
  std::uint32_t forced_generation_ = 0;
  bool forced_missed_ = false;  // due while the monitor slept
  bool monitor_poll_planned_ = false;

  // the collector
  Phase phase_ = Phase::off;
  bool cycle_forced_ = false;
  int markers_ = 0;  // pieces of marking under way
  std::int64_t dedicated_ = 0;
  bool fractional_ = false;     // a piece of it is under way
  Duration fractional_time_{};  // in this cycle
  Instant marking_began_{};
  std::size_t to_stop_ = 0;
  Instant stop_requested_{};
  Duration stop_latency_{};
  Duration pauses_{};
  Instant cycle_began_{};
  std::vector<Goroutine> batch_;
  struct Waiting {
    Step::Then then = Step::Then::park;
    bool waits = false;
    Duration sleep{};
  };
  std::vector<Waiting> assist_waits_;  // by goroutine
  std::size_t waiting_ = 0;            // of them, how many wait

  std::vector<std::pair<Instant, Instant>> stills_;  // sorted; the past ones too
  std::size_t next_still_ = 0;

  Stream wake_stream_, timer_stream_, steal_stream_, stop_stream_, monitor_stream_;
  measure::SecondCounter busy_, marking_busy_;
  std::vector<std::uint32_t> longest_queue_;
  std::vector<Cycle> cycles_;
};

}  // namespace springtide::models::go

#include "models/go_runtime/machine_collector.h"
#include "models/go_runtime/machine_scheduler.h"
#include "models/go_runtime/machine_timers.h"
