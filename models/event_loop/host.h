// A machine on which single-threaded processes share a few cores, as Linux shares them.
//
//   asleep --wake(): a core is idle--> starting (wake delay) --> on a core: step, step, step ...
//     |   '--no core is idle--> waiting, by processor time used so far --slice of another over--^
//     '---------------- the process sleeps, for ever or until an instant <----------------------'
//
// A program is a set of processes, numbered from 0. When one has a core, the machine asks
//
//   Step begin(ProcessNumber p, Instant at)       what it does next, and how long that takes
//   void end(ProcessNumber p, Instant at)         it is done: what others see of it happens now
//
// A step is one system call or less: no process is interrupted within one. What a sleeping process
// misses is its own affair: whoever is woken looks again at what there is to do.
//
// The scheduler is a fair queue: a process keeps its core for whole slices; at the end of one it
// gives way to a waiting process that has used no more. A sleeper gains no credit: it comes back
// with at least what the least of those that run or wait has used. Follows what Linux does between
// equal processes (kernel/sched/fair.c, EEVDF, Linux 6.6 and later). Left out: priorities, and
// queues of each core with balancing between them (here there is one queue: no core idles while one
// waits).
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "base/random.h"
#include "base/time.h"
#include "measure/series.h"
#include "sim/simulation.h"
#include "spec/event_loop.h"

namespace springtide::models::event_loop {

using ProcessNumber = std::uint32_t;

struct Step {
  enum class Kind : std::uint8_t {
    busy,   // for `length`
    sleep,  // until woken or `until`
    nap,    // until `until`, whatever happens
  };
  Kind kind = Kind::busy;
  Duration length{};
  Instant until = Instant::never();

  static Step work(Duration length) { return {Kind::busy, length, Instant::never()}; }
  static Step sleep(Instant until = Instant::never()) { return {Kind::sleep, {}, until}; }
  static Step nap(Instant until) { return {Kind::nap, {}, until}; }
};

template <typename Program>
class Host {
 public:
  static constexpr std::uint32_t first_kind = 100;

  Host(const spec::EventLoop& costs, std::int64_t cores, std::uint64_t seed,
       const std::string& name, Program& program)
      : costs_(costs),
        program_(program),
        cores_(static_cast<std::size_t>(cores)),
        wakes_(seed, name + "/wake-delay"),
        timers_(seed, name + "/timer-delay") {}

  // All processes begin at the start of the run.
  void start(sim::Context& context, std::size_t processes) {
    context_ = &context;
    processes_.resize(processes);
    for (ProcessNumber p = 0; p < processes; ++p) make_ready(p, Duration{});
  }

  void handle(const sim::Event& event);

  // Ends the sleep of a process; nothing where it naps or does not sleep.
  void wake(ProcessNumber p) {
    if (sleeps(p)) make_ready(p, costs_.wake_delay.sample(wakes_));
  }
  bool sleeps(ProcessNumber p) const { return processes_[p].state == State::asleep; }

  // --- For measurement ---
  const measure::SecondCounter& busy() const { return busy_; }  // ns of all cores, by second
  Duration used(ProcessNumber p) const { return processes_[p].used; }
  // Processor time of one process by second.
  const measure::SecondCounter& busy_of(ProcessNumber p) const { return processes_[p].busy; }
  std::int64_t switches() const { return switches_; }

 private:
  enum Kind : std::uint32_t { core_starts = first_kind, step_done, sleep_over };
  enum class State : std::uint8_t { waiting, on_core, asleep, napping };

  struct Process {
    State state = State::asleep;
    std::uint32_t generation = 0;  // of its sleeps
    Duration used{};
    Duration place{};  // in the queue: `used`, or more after a sleep
    measure::SecondCounter busy;
  };
  struct Core {
    bool idle = true;
    ProcessNumber process = 0;
    Instant slice_end{}, step_began{};
  };

  void make_ready(ProcessNumber p, Duration delay);
  void put_on(std::size_t core, ProcessNumber p, Duration delay);
  void queue(ProcessNumber p);
  void next(std::size_t core);
  void leave(std::size_t core);
  bool gives_way(Core& core);
  void fall_asleep(ProcessNumber p, const Step& step);
  void count(ProcessNumber p, Instant from, Instant to) {
    busy_.add_span(from, to);
    processes_[p].busy.add_span(from, to);
    processes_[p].used += to - from;
    processes_[p].place += to - from;
  }
  Instant now() const { return context_->now(); }

  spec::EventLoop costs_;
  Program& program_;
  sim::Context* context_ = nullptr;
  std::vector<Process> processes_;
  std::vector<Core> cores_;
  std::vector<ProcessNumber> waiting_;  // the least place first; equal ones in the order of coming
  Stream wakes_, timers_;
  measure::SecondCounter busy_;
  std::int64_t switches_ = 0;
};

template <typename Program>
void Host<Program>::handle(const sim::Event& event) {
  if (event.kind == sleep_over) {
    const Process& process = processes_[event.a];
    const bool still = process.state == State::asleep || process.state == State::napping;
    if (still && process.generation == event.b) make_ready(event.a, Duration{});
    return;
  }
  const std::size_t core = event.a;
  if (event.kind == step_done) {
    const ProcessNumber p = cores_[core].process;
    count(p, cores_[core].step_began, now());
    program_.end(p, now());
  }
  next(core);
}

template <typename Program>
void Host<Program>::make_ready(ProcessNumber p, Duration delay) {
  Process& process = processes_[p];
  ++process.generation;
  bool anybody = false;
  Duration least{};
  for (const Process& other : processes_) {
    if (other.state != State::on_core && other.state != State::waiting) continue;
    least = anybody ? std::min(least, other.place) : other.place;
    anybody = true;
  }
  if (anybody) process.place = std::max(process.place, least);
  for (std::size_t core = 0; core < cores_.size(); ++core)
    if (cores_[core].idle) return put_on(core, p, delay);
  queue(p);
}

template <typename Program>
void Host<Program>::put_on(std::size_t core, ProcessNumber p, Duration delay) {
  cores_[core].idle = false;
  cores_[core].process = p;
  cores_[core].slice_end = now() + delay + costs_.slice;
  processes_[p].state = State::on_core;
  context_->schedule(now() + delay, core_starts, static_cast<std::uint32_t>(core));
}

template <typename Program>
void Host<Program>::queue(ProcessNumber p) {
  processes_[p].state = State::waiting;
  const auto behind = std::upper_bound(
      waiting_.begin(), waiting_.end(), p,
      [&](ProcessNumber a, ProcessNumber b) { return processes_[a].place < processes_[b].place; });
  waiting_.insert(behind, p);
}

// At the end of its slice: does another take the core?
template <typename Program>
bool Host<Program>::gives_way(Core& core) {
  if (now() < core.slice_end) return false;
  core.slice_end = now() + costs_.slice;
  return !waiting_.empty() && processes_[waiting_.front()].place <= processes_[core.process].place;
}

template <typename Program>
void Host<Program>::next(std::size_t number) {
  Core& core = cores_[number];
  const ProcessNumber p = core.process;
  if (gives_way(core)) {
    queue(p);
    return leave(number);
  }
  const Step step = program_.begin(p, now());
  if (step.kind == Step::Kind::busy) {
    core.step_began = now();
    context_->schedule(now() + step.length, step_done, static_cast<std::uint32_t>(number));
    return;
  }
  fall_asleep(p, step);
  leave(number);
}

template <typename Program>
void Host<Program>::fall_asleep(ProcessNumber p, const Step& step) {
  Process& process = processes_[p];
  process.state = step.kind == Step::Kind::nap ? State::napping : State::asleep;
  ++process.generation;
  if (step.until == Instant::never()) return;
  context_->schedule(std::max(step.until, now()) + costs_.timer_delay.sample(timers_), sleep_over,
                     p, process.generation);
}

// The core is free for the first that waits, or idle.
template <typename Program>
void Host<Program>::leave(std::size_t core) {
  cores_[core].idle = true;
  if (waiting_.empty()) return;
  const ProcessNumber p = waiting_.front();
  waiting_.erase(waiting_.begin());
  put_on(core, p, costs_.switch_cost);
  busy_.add_span(now(), now() + costs_.switch_cost);
  ++switches_;
}

}  // namespace springtide::models::event_loop
