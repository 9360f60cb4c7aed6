// The scheduler of Go 1.8 written out plainly: vectors that are searched from one end to the other,
// one goroutine an event, nothing remembered that could be looked up. Slow, and the reference for
// go::Machine at granularity 0 (without a collector).
//
// Conventions shared with the machine, where the real one leaves no choice visible: what a step
// does to others is visible from the instant at which the step begins; a stealing P looks at the
// others in cyclic order from a random one; timers of one microsecond fire in the order of their
// numbers from a random place on; the random draws come from the machine's streams.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "tests/models/go_runtime_harness.h"

namespace springtide::models::go {

class SchedulerTwin {
 public:
  SchedulerTwin(const spec::GoRuntime& go, std::size_t processors, const Plan& plan)
      : go_(go),
        plan_(plan),
        state_(plan),
        processors_(processors),
        wakes_(test_seed, std::string(test_name) + "/thread-wake"),
        timer_order_(test_seed, std::string(test_name) + "/timers"),
        victims_(test_seed, std::string(test_name) + "/steal"),
        monitor_(test_seed, std::string(test_name) + "/monitor") {}

  std::vector<Ran> run(Instant until) {
    for (std::size_t p = 0; p < processors_.size(); ++p) idle_.push_back(p);
    for (Goroutine g = 0; g < plan_.scripts.size(); ++g) arm(plan_.begins[g], g, {});
    for (const auto& [at, g] : plan_.arrivals) note(at, What::arrival, g, 0);
    while (!happenings_.empty()) {
      const auto first = std::min_element(happenings_.begin(), happenings_.end(),
                                          [](const Happening& x, const Happening& y) {
                                            return std::tuple(x.at, x.what_class, x.order) <
                                                   std::tuple(y.at, y.what_class, y.order);
                                          });
      const Happening now = *first;
      if (now.at >= until) break;
      happenings_.erase(first);
      handle(now);
    }
    return ran_;
  }

 private:
  enum class What { step, arrival, poll_returns, timer_due, monitor_polls };
  struct Happening {
    Instant at;
    int what_class;  // arrivals of an instant come first
    std::uint64_t order;
    What what;
    std::uint64_t which;
  };
  struct P {
    std::optional<Goroutine> next;
    std::vector<Goroutine> ring;
    bool spinning = false, firing_timers = false;
    std::optional<Goroutine> goes_on;  // with this one, at its next step
    std::int64_t tick = 0;
    Instant preempt_at;
  };
  struct Timer {
    std::int64_t microsecond;
    Instant when;
    Goroutine g;
  };
  static constexpr Goroutine timer_goroutine = no_goroutine - 1;

  void note(Instant at, What what, std::uint64_t which, int what_class = 1) {
    happenings_.push_back({at, what_class, order_++, what, which});
  }
  void handle(const Happening& now) {
    switch (now.what) {
      case What::step: step(now.which, now.at); break;
      case What::arrival:
        if (state_.wake(static_cast<Goroutine>(now.which)))
          readable(static_cast<Goroutine>(now.which), now.at);
        break;
      case What::poll_returns:
        blocked_ = returning_ = false;
        poll_without_p(now.at);
        break;
      case What::timer_due:
        if (now.which == timer_sleep_) timers_wake(now.at);
        break;
      case What::monitor_polls:
        monitor_planned_ = false;
        if (!blocked_ && !readable_.empty()) poll_without_p(now.at);
        break;
    }
  }

  // --- schedule() and findrunnable() ---
  void step(std::size_t p, Instant at) {
    P& self = processors_[p];
    if (self.firing_timers) return fire_one(p, at);
    if (self.goes_on) {
      const Goroutine g = *self.goes_on;
      self.goes_on.reset();
      return run_goroutine(p, g, at);
    }
    schedule(p, at);
  }

  void schedule(std::size_t p, Instant at) {
    const std::optional<Goroutine> g = find_runnable(p, at);
    P& self = processors_[p];
    if (!g) {
      self.spinning = false;
      idle_.push_back(p);
      if (blocked_) return;
      blocked_ = true;
      if (readable_.empty()) return;
      returning_ = true;
      note(std::max(at, readable_.front().first), What::poll_returns, 0);
      return;
    }
    if (self.spinning) {  // resetspinning
      self.spinning = false;
      wake_another(at);
    }
    if (*g == timer_goroutine) return begin_timers(p, at);
    run_goroutine(p, *g, at + go_.switch_cost);
  }

  std::optional<Goroutine> find_runnable(std::size_t p, Instant at) {
    P& self = processors_[p];
    const bool global_first = self.tick % go_.global_check_ticks == 0 && !global_.empty();
    if (self.next && !global_first)  // inherits the time slice: no tick
      return std::exchange(self.next, std::nullopt);
    const auto g = global_first ? pop_front(global_) : look_further(p, at);
    if (g) ++self.tick;
    return g;
  }

  std::optional<Goroutine> look_further(std::size_t p, Instant at) {
    if (!processors_[p].ring.empty()) return pop_front(processors_[p].ring);
    if (!global_.empty()) return take_from_global(p);
    if (!blocked_ && !readable_.empty() && readable_.front().first <= at) return poll_with_p(at);
    return steal(p);
  }

  std::optional<Goroutine> take_from_global(std::size_t p) {
    const std::size_t n = std::min({global_.size(), global_.size() / processors_.size() + 1,
                                    static_cast<std::size_t>(go_.global_batch)});
    const Goroutine first = pop_front(global_);
    for (std::size_t i = 1; i < n; ++i) to_ring(p, pop_front(global_));
    return first;
  }

  std::optional<Goroutine> steal(std::size_t p) {
    const std::size_t n = processors_.size();
    P& self = processors_[p];
    if (!self.spinning) {
      if (2 * spinning() >= n - idle_.size()) return {};
      self.spinning = true;
    }
    bool any = false;
    for (const P& other : processors_) any = any || other.next || !other.ring.empty();
    if (!any) return {};
    const std::size_t first = victims_.below(n);
    for (std::size_t i = 0; i < n; ++i) {
      std::vector<Goroutine>& ring = processors_[(first + i) % n].ring;
      if (ring.empty()) continue;
      const std::size_t half = (ring.size() + 1) / 2;
      const std::vector<Goroutine> stolen(ring.begin(), ring.begin() + half);
      ring.erase(ring.begin(), ring.begin() + half);
      for (std::size_t k = 0; k + 1 < half; ++k) to_ring(p, stolen[k]);
      return stolen.back();
    }
    for (std::size_t i = 0; i < n; ++i)
      if (P& victim = processors_[(first + i) % n]; victim.next)
        return std::exchange(victim.next, std::nullopt);
    return {};
  }

  std::size_t spinning() const {
    return static_cast<std::size_t>(std::count_if(processors_.begin(), processors_.end(),
                                                  [](const P& p) { return p.spinning; }));
  }
  void wake_another(Instant at) {
    if (spinning() == 0 && !idle_.empty()) start_p(at, true);
  }
  void start_p(Instant at, bool spins) {
    const std::size_t p = idle_.back();
    idle_.pop_back();
    processors_[p].spinning = spins;
    note(at + go_.thread_wake.sample(wakes_), What::step, p);
  }

  void run_goroutine(std::size_t p, Goroutine g, Instant at) {
    ran_.push_back({g, at, p});
    const Action& action = state_.step(g);
    const Instant end = at + action.busy;
    for (const Goroutine other : action.wakes)
      if (state_.wake(other)) {
        make_ready(p, other);
        wake_another(end);
      }
    if (action.then == Step::Then::sleep) arm(end + action.sleep, g, end);
    if (action.then == Step::Then::again) processors_[p].goes_on = g;
    note(end, What::step, p);
  }

  // --- run queues ---
  static Goroutine pop_front(std::vector<Goroutine>& queue) {
    const Goroutine g = queue.front();
    queue.erase(queue.begin());
    return g;
  }
  void make_ready(std::size_t p, Goroutine g) {
    const auto kicked = std::exchange(processors_[p].next, g);
    if (kicked) to_ring(p, *kicked);
  }
  void to_ring(std::size_t p, Goroutine g) {
    std::vector<Goroutine>& ring = processors_[p].ring;
    if (ring.size() < static_cast<std::size_t>(go_.run_queue)) {
      ring.push_back(g);
      return;
    }
    for (std::int64_t i = 0; i < go_.run_queue / 2; ++i) global_.push_back(pop_front(ring));
    global_.push_back(g);
  }

  // --- timerproc ---
  void arm(Instant when, Goroutine g, Instant at) {
    const auto first = std::min_element(timers_.begin(), timers_.end(), by_instant);
    const bool earliest = first == timers_.end() || when < first->when;
    std::int64_t group = when.ns / 1000;
    if (group == firing_) ++group;  // one that is being fired takes no more
    timers_.push_back({group, when, g});
    if (earliest && timers_sleep_) sleep_timers(std::max(when, at));
  }
  static bool by_instant(const Timer& x, const Timer& y) { return x.when < y.when; }
  static bool by_group(const Timer& x, const Timer& y) { return x.microsecond < y.microsecond; }
  std::vector<Goroutine> group_of(std::int64_t group) const {
    std::vector<Goroutine> members;
    for (const Timer& timer : timers_)
      if (timer.microsecond == group) members.push_back(timer.g);
    return members;
  }
  void sleep_timers(Instant until) {
    timers_sleep_ = true;
    note(until + go_.timer_slack, What::timer_due, ++timer_sleep_);
  }
  void timers_wake(Instant at) {
    timers_sleep_ = false;
    if (idle_.empty()) {
      global_.push_back(timer_goroutine);
      return;
    }
    const std::size_t p = idle_.back();
    idle_.pop_back();
    begin_timers(p, at);
  }
  void begin_timers(std::size_t p, Instant at) {
    P& self = processors_[p];
    self.firing_timers = true;
    const auto tick = monitor_.below(static_cast<std::uint64_t>(go_.monitor_most.ns));
    self.preempt_at = at + go_.preemption_slice + Duration{static_cast<std::int64_t>(tick)};
    if (!in_round_) round_clock_ = at;
    in_round_ = true;
    fire_one(p, at);
  }
  void fire_one(std::size_t p, Instant at) {
    P& self = processors_[p];
    if (at >= self.preempt_at) {
      global_.push_back(timer_goroutine);
      self.firing_timers = false;
      return schedule(p, at);
    }
    if (const auto g = take_due()) {
      make_ready(p, *g);
      wake_another(at);
      note(at + go_.timer_pop_cost, What::step, p);
      return;
    }
    self.firing_timers = false;
    in_round_ = false;
    if (timers_.empty()) {
      timers_sleep_ = true;
      ++timer_sleep_;
    } else {
      const Instant next = std::min_element(timers_.begin(), timers_.end(), by_instant)->when;
      sleep_timers(at + (next - round_clock_));  // counted from the stale reading
    }
    schedule(p, at);
  }
  std::optional<Goroutine> take_due() {
    if (timers_.empty()) return {};
    const std::int64_t group =
        std::min_element(timers_.begin(), timers_.end(), by_group)->microsecond;
    if (firing_ != group) {  // a new one
      Instant when = Instant::never();
      for (const Timer& timer : timers_)
        if (timer.microsecond == group) when = std::min(when, timer.when);
      if (when > round_clock_) return {};
      firing_ = group;
      firing_order_ = group_of(group);
      std::sort(firing_order_.begin(), firing_order_.end());
      std::rotate(firing_order_.begin(), firing_order_.begin() + first_to_fire(),
                  firing_order_.end());
    }
    const Goroutine g = pop_front(firing_order_);
    timers_.erase(std::find_if(timers_.begin(), timers_.end(), [&](const Timer& timer) {
      return timer.microsecond == group && timer.g == g;
    }));
    if (firing_order_.empty()) firing_ = -1;
    return g;
  }

  // A random member; of more than 256 the first member at or after a random multiple of 64.
  std::ptrdiff_t first_to_fire() {
    const std::size_t n = firing_order_.size();
    if (n <= 1) return 0;
    if (n <= 256) return static_cast<std::ptrdiff_t>(timer_order_.below(n));
    const auto number =
        static_cast<Goroutine>(64 * timer_order_.below(firing_order_.back() / 64 + 1));
    const auto first = std::lower_bound(firing_order_.begin(), firing_order_.end(), number);
    return first - firing_order_.begin();
  }

  // --- the poller ---
  void readable(Goroutine g, Instant at) {
    readable_.push_back({at, g});
    if (!blocked_) return plan_monitor(at);
    if (returning_) return;
    returning_ = true;
    note(at + go_.thread_wake.sample(wakes_), What::poll_returns, 0);
  }
  std::vector<Goroutine> poll(Instant at) {
    std::vector<Goroutine> batch;
    while (!readable_.empty() && readable_.front().first <= at &&
           batch.size() < static_cast<std::size_t>(go_.poll_batch)) {
      batch.insert(batch.begin(), readable_.front().second);  // netpollready pushes at the head
      readable_.erase(readable_.begin());
    }
    last_poll_ = at;
    return batch;
  }
  std::optional<Goroutine> poll_with_p(Instant at) {
    const std::vector<Goroutine> batch = poll(at);
    global_.insert(global_.end(), batch.begin() + 1, batch.end());
    for (std::size_t i = 1; i < batch.size() && !idle_.empty(); ++i) start_p(at, false);
    return batch.front();
  }
  void poll_without_p(Instant at) {
    const std::vector<Goroutine> batch = poll(at);
    global_.insert(global_.end(), batch.begin(), batch.end());
    if (!batch.empty() && !idle_.empty()) {
      const std::size_t p = idle_.back();
      idle_.pop_back();
      note(at, What::step, p);
      for (std::size_t i = 1; i < batch.size() && !idle_.empty(); ++i) start_p(at, false);
    }
    if (readable_.empty()) return;
    if (idle_.empty()) return plan_monitor(at);
    blocked_ = returning_ = true;
    note(std::max(at, readable_.front().first), What::poll_returns, 0);
  }
  void plan_monitor(Instant at) {
    if (std::exchange(monitor_planned_, true)) return;
    const auto tick = monitor_.below(static_cast<std::uint64_t>(go_.monitor_most.ns));
    note(std::max(at, last_poll_ + go_.monitor_poll_after) +
             Duration{static_cast<std::int64_t>(tick)},
         What::monitor_polls, 0);
  }

  const spec::GoRuntime& go_;
  const Plan& plan_;
  PlanState state_;
  std::vector<P> processors_;
  std::vector<std::size_t> idle_;  // the last is taken first
  std::vector<Goroutine> global_;
  std::vector<Happening> happenings_;
  std::uint64_t order_ = 0;
  std::vector<Ran> ran_;

  std::vector<Timer> timers_;
  std::vector<Goroutine> firing_order_;
  std::int64_t firing_ = -1;
  bool timers_sleep_ = true, in_round_ = false;
  std::uint64_t timer_sleep_ = 0;
  Instant round_clock_;

  std::vector<std::pair<Instant, Goroutine>> readable_;
  bool blocked_ = true, returning_ = false, monitor_planned_ = false;
  Instant last_poll_;
  Stream wakes_, timer_order_, victims_, monitor_;
};

}  // namespace springtide::models::go
