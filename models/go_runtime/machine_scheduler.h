// Machine<Program>: picking and running goroutines. Included by machine.h.
#pragma once

namespace springtide::models::go {

template <typename Program>
void Machine<Program>::handle(const sim::Event& event) {
  const Instant now = event.at;
  if (next_still_ < stills_.size()) [[unlikely]] {
    while (next_still_ < stills_.size() && now >= stills_[next_still_].second) ++next_still_;
    if (next_still_ < stills_.size() && now >= stills_[next_still_].first) {
      context_->schedule(stills_[next_still_].second, event.kind, event.a, event.b);
      return;
    }
  }
  switch (event.kind) {
    case step_kind: step(event.a, now); break;
    case poll_returns:
      poller_.blocked = poller_.returning = false;
      poll_into_global(now);
      break;
    case timer_due:
      if (event.a == timers_generation_) timers_wake(now);
      break;
    case forced_due:
      if (event.a == forced_generation_) forced_cycle_due(now, event.b != 0);
      break;
    case monitor_polls:
      monitor_poll_planned_ = false;
      if (!poller_.blocked && poller_.waiting()) poll_into_global(now);
      break;
    case world_starts: start_world(now); break;
    default: SPRINGTIDE_CHECK(false, "an event of another owner");
  }
}

// The P has finished what it was doing.
template <typename Program>
void Machine<Program>::step(std::size_t p, Instant now) {
  Processor& self = processors_[p];
  current_ = p;
  switch (self.job) {
    case Job::assist: marker_done(p, now); break;
    case Job::dedicated_mark:
    case Job::fractional_mark:
    case Job::idle_mark:
      if (self.job == Job::dedicated_mark) --dedicated_;
      if (self.job == Job::fractional_mark) fractional_ = false;
      ready_woken(p);
      marker_done(p, now);
      break;
    case Job::cycle_start:
      self.job = Job::none;
      stop_world(now, Phase::stopping_to_mark);
      break;
    case Job::mark_done:
      self.job = Job::none;
      stop_world(now, Phase::stopping_to_end);
      break;
    default: break;
  }
  if (phase_ == Phase::stopping_to_mark || phase_ == Phase::stopping_to_end) {
    // What runs at a stop goes to the tail of the global queue (goschedImpl).
    if (self.job == Job::timers) global_.push(timer_goroutine);
    if (self.job == Job::goroutine) global_.push(self.current);
    self.job = Job::none;
    self.stopped = true;
    if (self.spinning) --spinning_;
    self.spinning = false;
    processor_stopped(now);
    return;
  }
  if (self.job == Job::timers) {
    run_timers(p, now);
    return;
  }
  if (self.job == Job::goroutine) {
    self.job = Job::none;
    busy_until(p, now, run(p, self.current, now));
    return;
  }
  if (self.job != Job::mark_done) self.job = Job::none;
  if (self.job == Job::none) pick(p, now);
}

template <typename Program>
void Machine<Program>::busy_until(std::size_t p, Instant begin, Instant end, bool marking) {
  busy_.add_span(begin, end);
  if (marking) marking_busy_.add_span(begin, end);
  context_->schedule(end, step_kind, static_cast<std::uint32_t>(p));
}

// schedule()
template <typename Program>
void Machine<Program>::pick(std::size_t p, Instant begin) {
  Processor& self = processors_[p];
  if (collector_.marking() && phase_ == Phase::marking &&
      dedicated_ < collector_.dedicated_wanted() && mark_chunk(p, begin, Job::dedicated_mark))
    return;
  if (fractional_due(begin) && mark_chunk(p, begin, Job::fractional_mark)) return;
  const Instant limit = begin + go_.granularity;
  note_queue(begin, global_.size() + self.queue.size());
  Instant at = begin;
  do {
    if constexpr (idles) {
      if (!self.spinning) at = run_idle(p, at, limit);
      if (at > begin && (at >= limit || self.queue.empty())) break;
    }
    const Goroutine g = take(p, at);
    if (g == no_goroutine) break;
    if (at == begin) found_work(p, begin);
    if (g == timer_goroutine) {
      busy_.add_span(begin, at);  // what ran before it in this piece
      begin_timers(p, at);
      return;
    }
    if (g == cycle_goroutine) {
      self.job = Job::cycle_start;
      busy_until(p, begin, at + go_.reset_loop * goroutines_);
      return;
    }
    prefetch(self);
    at = run(p, g, at + go_.switch_cost);
  } while (self.job == Job::none && at < limit && !self.queue.empty());
  prefetch(self);
  if (at > begin) {
    busy_until(p, begin, at, self.job == Job::assist);
    return;
  }
  if (collector_.marking() && phase_ == Phase::marking && mark_chunk(p, begin, Job::idle_mark))
    return;
  go_idle(p, begin);
}

template <typename Program>
void Machine<Program>::note_queue(Instant at, std::size_t length) {
  const auto second_number = static_cast<std::size_t>(at.ns / second.ns);
  if (second_number >= longest_queue_.size()) longest_queue_.resize(second_number + 1, 0);
  longest_queue_[second_number] =
      std::max(longest_queue_[second_number], static_cast<std::uint32_t>(length));
}

template <typename Program>
void Machine<Program>::go_idle(std::size_t p, Instant at) {
  Processor& self = processors_[p];
  if (self.spinning) --spinning_;
  self.spinning = false;
  self.idle = true;
  idle_.push_back(p);
  if (poller_.blocked) return;
  poller_.blocked = true;  // its thread becomes the one that blocks in the poll
  if (poller_.waiting()) {
    poller_.returning = true;
    context_->schedule(std::max(at, poller_.earliest()), poll_returns);
  }
}

template <typename Program>
Goroutine Machine<Program>::take(std::size_t p, Instant at) {
  Processor& self = processors_[p];
  // What runs from `next` inherits the time slice of the one before it: no tick.
  const bool global_first = self.picks_to_global == 0 && !global_.empty();
  if (!global_first && self.queue.has_next()) return self.queue.take();
  const std::uint32_t picks_before = self.picks_to_global;
  count_picks(self, 1);
  if (global_first) return global_.pop();
  if (const Goroutine g = self.queue.take(); g != no_goroutine) return g;
  if (!global_.empty()) return take_global(p, static_cast<std::size_t>(go_.global_batch));
  if (!poller_.blocked && poller_.any(at)) {
    poller_.poll(at, static_cast<std::size_t>(go_.poll_batch), batch_);
    for (std::size_t i = 1; i < batch_.size(); ++i) global_.push(batch_[i]);
    for (std::size_t i = 1; i < batch_.size() && !idle_.empty(); ++i) start_processor(at, false);
    return batch_.front();
  }
  const Goroutine stolen = steal(p);
  if (stolen == no_goroutine) self.picks_to_global = picks_before;
  return stolen;
}

// globrunqget
template <typename Program>
Goroutine Machine<Program>::take_global(std::size_t p, std::size_t most) {
  const std::size_t n = std::min({global_.size(), global_.size() / processors_.size() + 1, most});
  const Goroutine first = global_.pop();
  LocalQueue& queue = processors_[p].queue;
  if (queue.has_room(n - 1)) {
    queue.take_from(global_, n - 1);
  } else {
    for (std::size_t i = 1; i < n; ++i) queue.append(global_.pop(), global_);
  }
  return first;
}

// findrunnable: looks at the others unless enough do so already; rings before anybody's `next`.
template <typename Program>
Goroutine Machine<Program>::steal(std::size_t p) {
  Processor& self = processors_[p];
  if (!self.spinning) {
    if (2 * static_cast<std::size_t>(spinning_) >= processors_.size() - idle_.size())
      return no_goroutine;
    self.spinning = true;
    ++spinning_;
  }
  bool any = false;
  for (const Processor& other : processors_) any = any || !other.queue.empty();
  if (!any) return no_goroutine;
  const std::size_t n = processors_.size();
  const std::size_t first = steal_stream_.below(n);
  for (const bool next_too : {false, true})
    for (std::size_t i = 0; i < n; ++i) {
      LocalQueue& victim = processors_[(first + i) % n].queue;
      if (next_too ? !victim.empty() : victim.has_ring())
        return victim.steal_into(self.queue, global_);
    }
  return no_goroutine;
}

// wakep(): one P at a time goes looking for work.
template <typename Program>
void Machine<Program>::wake_one(Instant at) {
  if (spinning_ == 0 && !idle_.empty()) start_processor(at, true);
}

template <typename Program>
void Machine<Program>::start_processor(Instant at, bool spinning) {
  if (phase_ == Phase::stopping_to_mark || phase_ == Phase::stopping_to_end) return;
  const std::size_t p = idle_.back();
  idle_.pop_back();
  Processor& self = processors_[p];
  self.idle = false;
  self.spinning = spinning;
  if (spinning) ++spinning_;
  context_->schedule(at + wake_latency(), step_kind, static_cast<std::uint32_t>(p));
}

// resetspinning(): the one that found work lets the next one look.
template <typename Program>
void Machine<Program>::found_work(std::size_t p, Instant at) {
  Processor& self = processors_[p];
  if (!self.spinning) return;
  self.spinning = false;
  --spinning_;
  wake_one(at);
}

template <typename Program>
Instant Machine<Program>::run(std::size_t p, Goroutine g, Instant at) {
  if (forced_missed_) wake_monitor(at);
  if (waiting_ > 0 && g < assist_waits_.size() && assist_waits_[g].waits) [[unlikely]] {
    Waiting& waiting = assist_waits_[g];
    waiting.waits = false;
    --waiting_;
    const auto assist = collector_.settle(g);
    if (assist.debt == Collector::Debt::none)
      return finish_step(p, g, waiting.then, waiting.sleep, at);
    return after_step(p, g, {Duration{}, waiting.then, waiting.sleep, 0}, at);
  }
  const Step step = program_.run(g, at);
  return after_step(p, g, step, at + step.busy);
}

// Runs goroutines at the head of the ring that idle, exactly as take() and run() would one by one
// while nothing can come between: no `next`, no turn of the global queue, no cycle of the
// collector.
template <typename Program>
Instant Machine<Program>::run_idle(std::size_t p, Instant at, Instant limit) {
  Processor& self = processors_[p];
  if (self.queue.has_next() || forced_missed_ || waiting_ > 0 || collector_.marking()) return at;
  const Step step = program_.idle_step();
  const Duration each = go_.switch_cost + step.busy;
  GoroutineRun run = self.queue.front_run();
  run.count = std::min(run.count, steps_until(limit, at, each));
  if (!global_.empty()) { run.count = std::min(run.count, self.picks_to_global); }
  if (run.count * step.allocates > collector_.room()) return at;
  if (run.count == 0) return at;
  const Idling idling = program_.idle(run, at + go_.switch_cost, each);
  if (idling.count == 0) return at;
  run.count = idling.count;
  count_picks(self, run.count);
  self.queue.drop_from_ring(run.count);
  collector_.allocate(run.count * step.allocates);
  arm_run(idling.wake, run, at + each);
  return at + each * run.count;
}

// The goroutine has done its step at `at`: it allocates, perhaps helps to mark, then blocks.
template <typename Program>
Instant Machine<Program>::after_step(std::size_t p, Goroutine g, const Step& step, Instant at) {
  if (step.allocates > 0) {
    const bool trigger = collector_.allocate(step.allocates);
    if (collector_.marking()) {
      const auto assist = collector_.allocate_in_cycle(g, step.allocates);
      if (assist.debt != Collector::Debt::none) {
        at += assist.busy;
        processors_[p].job = Job::assist;
        ++markers_;
        if (assist.debt == Collector::Debt::waits) {
          if (g >= assist_waits_.size()) assist_waits_.resize(g + 1);
          assist_waits_[g] = {step.then, true, step.sleep};
          ++waiting_;
          return at;
        }
      }
    } else if (trigger) {
      want_cycle(at, false);
    }
  }
  return finish_step(p, g, step.then, step.sleep, at);
}

template <typename Program>
Instant Machine<Program>::finish_step(std::size_t p, Goroutine g, Step::Then then, Duration sleep,
                                      Instant at) {
  switch (then) {
    case Step::Then::park: break;
    case Step::Then::sleep: arm(at + sleep, g, at); break;
    case Step::Then::again:
      if (processors_[p].job == Job::assist) {
        processors_[p].queue.ready(g, global_);
      } else {
        processors_[p].job = Job::goroutine;
        processors_[p].current = g;
      }
      break;
  }
  return at;
}

// --- Network ------------------------------------------------------------------------------------

template <typename Program>
void Machine<Program>::network_ready(Goroutine g, Instant at) {
  poller_.readable(at, g);
  if (poller_.blocked) {
    if (poller_.returning) return;
    poller_.returning = true;
    context_->schedule(at + wake_latency(), poll_returns);
  } else {
    plan_monitor_poll(at);
  }
}

// A thread without a P has polled: the first goroutine of the batch with an idle P, if there is
// one, the others to the global queue, one more P for each while any is idle (injectglist).
template <typename Program>
void Machine<Program>::poll_into_global(Instant at) {
  poller_.poll(at, static_cast<std::size_t>(go_.poll_batch), batch_);
  for (const Goroutine g : batch_) global_.push(g);
  const bool stopping = phase_ == Phase::stopping_to_mark || phase_ == Phase::stopping_to_end;
  if (!batch_.empty() && !idle_.empty() && !stopping) {
    // the polling thread itself takes this P: no further wake-up
    const std::size_t p = idle_.back();
    idle_.pop_back();
    processors_[p].idle = false;
    context_->schedule(at, step_kind, static_cast<std::uint32_t>(p));
    for (std::size_t i = 1; i < batch_.size() && !idle_.empty(); ++i) start_processor(at, false);
  }
  if (poller_.waiting()) {
    if (!idle_.empty()) {
      poller_.blocked = poller_.returning = true;
      context_->schedule(std::max(at, poller_.earliest()), poll_returns);
    } else {
      plan_monitor_poll(at);
    }
  }
}

// sysmon: polls where nobody has for 10 ms.
template <typename Program>
void Machine<Program>::plan_monitor_poll(Instant at) {
  if (monitor_poll_planned_) return;
  monitor_poll_planned_ = true;
  const Duration tick{static_cast<std::int64_t>(
      monitor_stream_.below(static_cast<std::uint64_t>(go_.monitor_most.ns)))};
  context_->schedule(std::max(at, poller_.last_poll + go_.monitor_poll_after) + tick,
                     monitor_polls);
}

}  // namespace springtide::models::go
