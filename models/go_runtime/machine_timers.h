// Machine<Program>: the timer goroutine and the monitor thread. Included by machine.h.
#pragma once

namespace springtide::models::go {

template <typename Program>
void Machine<Program>::arm(Instant when, Goroutine g, Instant at) {
  arm_run(when, {g, 1}, at);
}

// addtimerLocked: a new earliest timer wakes the timer goroutine where it sleeps; it reads the
// clock afresh and sleeps until the new earliest timer.
template <typename Program>
void Machine<Program>::arm_run(Instant when, GoroutineRun run, Instant at) {
  if (timers_.add_run(when, run) && timers_sleeping_)
    sleep_timers(at, std::max(when - at, Duration{}));
}

template <typename Program>
void Machine<Program>::sleep_timers(Instant at, Duration length) {
  timers_sleeping_ = true;
  context_->schedule(at + length + go_.timer_slack, timer_due, ++timers_generation_);
}

// The sleep is over: exitsyscall takes an idle P and wakes the monitor, or queues globally.
template <typename Program>
void Machine<Program>::timers_wake(Instant at) {
  timers_sleeping_ = false;
  const bool stopping = phase_ == Phase::stopping_to_mark || phase_ == Phase::stopping_to_end;
  if (idle_.empty() || stopping) {
    global_.push(timer_goroutine);
    return;
  }
  const std::size_t p = idle_.back();
  idle_.pop_back();
  processors_[p].idle = false;
  current_ = p;
  if (forced_missed_) wake_monitor(at);
  begin_timers(p, at);
}

template <typename Program>
void Machine<Program>::begin_timers(std::size_t p, Instant at) {
  Processor& self = processors_[p];
  self.job = Job::timers;
  const Duration tick{static_cast<std::int64_t>(
      monitor_stream_.below(static_cast<std::uint64_t>(go_.monitor_most.ns)))};
  self.preempt_at = at + go_.preemption_slice + tick;
  if (!timers_in_round_) timers_clock_ = at;  // a preempted round keeps its stale reading
  timers_in_round_ = true;
  run_timers(p, at);
}

template <typename Program>
void Machine<Program>::run_timers(std::size_t p, Instant at) {
  Processor& self = processors_[p];
  if (at >= self.preempt_at) {
    global_.push(timer_goroutine);
    self.job = Job::none;
    pick(p, at);
    return;
  }
  const Instant begin = at, limit = at + go_.granularity;
  bool fired = false;
  do {
    const GoroutineRun run =
        timers_.take_due(timers_clock_, steps_until(limit, at, go_.timer_pop_cost), timer_stream_);
    if (run.count == 0) break;
    at += go_.timer_pop_cost * run.count;
    self.queue.ready_run(run, global_);
    fired = true;
  } while (at < limit);
  if (fired) {
    wake_one(begin);
    busy_until(p, begin, at);
    return;
  }
  // Nothing more is due by the clock of this round: sleep, counted from that stale reading.
  self.job = Job::none;
  timers_in_round_ = false;
  if (timers_.empty()) {
    timers_sleeping_ = true;
    ++timers_generation_;
  } else {
    sleep_timers(at, timers_.earliest() - timers_clock_);
  }
  pick(p, at);
}

// --- Monitor ------------------------------------------------------------------------------------

// A cycle is forced when the last one ended `forced_period` ago. The monitor sleeps deeply while
// every P is idle: then the cycle waits until something wakes it (sysmon, exitsyscall), and begins
// in that same round even if every P is idle again.
template <typename Program>
void Machine<Program>::forced_cycle_due(Instant at, bool woken) {
  if (phase_ != Phase::off) return;
  if (!woken && idle_.size() == processors_.size()) {
    forced_missed_ = true;
  } else {
    want_cycle(at, true);
  }
}

template <typename Program>
void Machine<Program>::wake_monitor(Instant at) {
  forced_missed_ = false;
  ++forced_generation_;
  context_->schedule(at + wake_latency(), forced_due, forced_generation_, 1);
}

}  // namespace springtide::models::go
