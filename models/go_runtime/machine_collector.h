// Machine<Program>: cycles of the collector. Included by machine.h.
//
//   wanted -> cycle goroutine runs -> stop 1 -> marking -> no work left -> stop 2 -> off
//
// A stop waits for every running P to reach its next safe point, then for the slowest of them to
// have stopped really (`stop_latency`: its thread may not be on a processor). The second stop also
// waits for helper threads to wake and readies whoever still waits for credit
// (mgc.go gcMarkTermination, gcWakeAllAssists). PauseNs of Go is the sum of both.
#pragma once

namespace springtide::models::go {

template <typename Program>
void Machine<Program>::want_cycle(Instant at, bool forced) {
  if (phase_ != Phase::off) return;
  phase_ = Phase::wanted;
  cycle_forced_ = forced;
  ready_global(cycle_goroutine, at);
}

// One piece of background marking on this P; false where there is none to do.
template <typename Program>
bool Machine<Program>::mark_chunk(std::size_t p, Instant at, Job job) {
  if (!collector_.has_work()) return false;
  constexpr Duration piece = microsecond * 100;  // idleCheckThreshold: about 100 us
  Processor& self = processors_[p];
  if (self.spinning) {
    self.spinning = false;
    --spinning_;
  }
  self.job = job;
  const Duration length = collector_.drain(piece, self.woken);
  if (job == Job::dedicated_mark) ++dedicated_;
  if (job == Job::fractional_mark) {
    fractional_ = true;
    fractional_time_ += length;
  }
  ++markers_;
  busy_until(p, at, at + length, true);
  return true;
}

// findRunnableGCWorker: one P at a time marks for the part of the background share that makes no
// whole P, as long as that part of the time since marking began is not used up.
template <typename Program>
bool Machine<Program>::fractional_due(Instant at) const {
  const double wanted = collector_.fractional_wanted();
  if (wanted <= 0 || phase_ != Phase::marking || fractional_) return false;
  return static_cast<double>(fractional_time_.ns) <=
         wanted * static_cast<double>((at - marking_began_).ns);
}

// Those whose debt was paid go to the tail of this P's queue (gcFlushBgCredit).
template <typename Program>
void Machine<Program>::ready_woken(std::size_t p) {
  Processor& self = processors_[p];
  if (self.woken.empty()) return;
  for (const Goroutine g : self.woken) self.queue.append(g, global_);
  self.woken.clear();
  wake_one(now());
}

// gcMarkDone: the last one out finds no work left anywhere.
template <typename Program>
void Machine<Program>::marker_done(std::size_t p, Instant at) {
  --markers_;
  if (markers_ > 0 || collector_.has_work() || phase_ != Phase::marking) return;
  phase_ = Phase::finishing;
  processors_[p].job = Job::mark_done;
  busy_until(p, at, at + go_.root_check_loop * goroutines_, true);
}

template <typename Program>
void Machine<Program>::stop_world(Instant at, Phase next) {
  if (next == Phase::stopping_to_mark) {
    cycle_began_ = at;
    pauses_ = {};
  }
  phase_ = next;
  stop_requested_ = at;
  stop_latency_ = {};
  to_stop_ = processors_.size() - idle_.size();
}

template <typename Program>
void Machine<Program>::processor_stopped(Instant at) {
  stop_latency_ = std::max(stop_latency_, go_.stop_latency.sample(stop_stream_));
  if (--to_stop_ > 0) return;
  Duration length = stop_latency_;
  if (phase_ == Phase::stopping_to_end) {
    Duration helpers{};
    for (std::size_t i = 1; i < processors_.size(); ++i)
      helpers = std::max(helpers, go_.stop_latency.sample(stop_stream_));
    length += helpers;
    const auto released = collector_.release_waiting();
    for (const Goroutine g : released) global_.push(g);
    length += go_.assist_wake * static_cast<std::int64_t>(released.size());
  }
  context_->schedule(at + length, world_starts);
}

template <typename Program>
void Machine<Program>::start_world(Instant at) {
  pauses_ += at - stop_requested_;
  const bool ended = phase_ == Phase::stopping_to_end;
  if (ended) {
    phase_ = Phase::off;
    collector_.end_cycle(at);
    cycles_.push_back({cycle_began_, at, pauses_, cycle_forced_});
    forced_missed_ = false;
    // The monitor looks when it next ticks, at most `monitor_most` later.
    const Duration tick{static_cast<std::int64_t>(
        monitor_stream_.below(static_cast<std::uint64_t>(go_.monitor_most.ns)))};
    context_->schedule(at + go_.forced_period + tick, forced_due, ++forced_generation_);
  } else {
    phase_ = Phase::marking;
    marking_began_ = at;
    fractional_time_ = {};
    collector_.start_cycle(goroutines_, at);
  }
  // Every P looks for work again; those that stopped do so at once, an idle one after a wake-up.
  bool first = true;
  for (std::size_t p = 0; p < processors_.size(); ++p) {
    Processor& self = processors_[p];
    if (!self.stopped) continue;
    self.stopped = false;
    self.idle = false;
    if (first && !ended && !collector_.has_work()) {
      phase_ = Phase::finishing;
      self.job = Job::mark_done;
      busy_until(p, at, at + go_.root_check_loop * goroutines_, true);
    } else if (first && ended && go_.barrier_loop.ns > 0) {
      self.job = Job::after_cycle;  // gcTryRemoveAllStackBarriers, on one P
      busy_until(p, at, at + go_.barrier_loop * goroutines_);
    } else {
      context_->schedule(at, step_kind, static_cast<std::uint32_t>(p));
    }
    first = false;
  }
  if (poller_.waiting() && !poller_.returning) poll_into_global(at);
  if (collector_.marking())
    while (!idle_.empty()) start_processor(at, false);
  if (!global_.empty()) wake_one(at);
}

}  // namespace springtide::models::go
