#include "models/fleet/server/interruptions.h"

#include <algorithm>

namespace springtide::models::fleet {

Interruptions::Interruptions(const RuntimeSpec& spec)
    : go_(spec.go),
      seed_(spec.seed),
      server_(spec.server),
      collects_(spec.collects),
      cores_(spec.cores),
      goroutines_(spec.goroutines),
      collector_(spec.go, spec.cores),
      stills_(spec.stills),
      stops_(spec.seed, "fleet/stop-latency", spec.server) {
  if (!stills_.empty()) next_still_ = stills_.front().first.ns;
  if (collects_) settle_pacer(spec);
}

// The server has been up for long: its pacer has settled on a quiet heap, and its last cycle ended
// at any time within the last period.
void Interruptions::settle_pacer(const RuntimeSpec& spec) {
  collector_.set_static_scan(spec.static_scanned);
  collector_.grow(spec.live_heap, spec.scanned_heap);
  for (int cycle = 0; cycle < 4; ++cycle) {  // r starts at 0 and ends at its largest value
    collector_.start_cycle(goroutines_, Instant{});
    collector_.drain_all();
    collector_.end_cycle(Instant{});
  }
  if (go_.forced_period.ns <= 0) return;
  Stream phases(seed_, "fleet/collector-phase", server_);
  next_ = static_cast<std::int64_t>(phases.below(static_cast<std::uint64_t>(go_.forced_period.ns)));
}

std::int64_t Interruptions::start(Cores& cores, std::int64_t ready) {
  for (;;) {
    const std::int64_t start = phase_ == Phase::marking ? earliest_while_marking(ready)
                                                        : std::max(ready, cores.earliest());
    if (start < change()) return start;
    pass(cores);
  }
}

void Interruptions::occupy(Cores& cores, std::int64_t start, std::int64_t end) {
  if (phase_ != Phase::marking) {
    cores.occupy_earliest(end);
    return;
  }
  marking_free_[chosen_] = end;
  served_work_ += end - start;
  next_ = marking_began_ + (mark_work_ + served_work_) / cores_;
}

void Interruptions::advance(Cores& cores, std::int64_t until) {
  while (change() < until) pass(cores);
}

void Interruptions::allocate(std::int64_t bytes, std::int64_t now) {
  if (!collects_ || !collector_.allocate(bytes) || phase_ != Phase::off || next_ <= now) return;
  forced_ = false;
  next_ = now;
}

void Interruptions::connect(std::int64_t connections, std::int64_t live_bytes,
                            std::int64_t scanned_bytes) {
  goroutines_ += connections;
  if (collects_) collector_.grow(live_bytes, scanned_bytes);
}

void Interruptions::pass(Cores& cores) {
  if (next_still_ <= next_) return stand_still(cores);
  switch (phase_) {
    case Phase::off: return begin_cycle(cores);
    case Phase::resetting: return begin_marking(cores);
    case Phase::marking: return end_marking(cores);
    case Phase::finishing: return end_cycle(cores);
  }
}

void Interruptions::stand_still(Cores& cores) {
  const auto [from, to] = stills_[still_];
  cores.hold_all(to.ns);
  for (std::int64_t& free : marking_free_) free = std::max(free, to.ns);
  if (phase_ == Phase::marking) {
    served_work_ += (to - from).ns * cores_;  // nobody marks either
    next_ += (to - from).ns;
  } else if (next_ < to.ns) {
    next_ = to.ns;
  }
  ++still_;
  next_still_ = still_ < stills_.size() ? std::max(stills_[still_].first.ns, to.ns) : never;
}

// The next free core is busy for a time a goroutine; returns when it has done.
std::int64_t Interruptions::one_core(Cores& cores, std::int64_t at, Duration each) {
  const std::int64_t begin = std::max(at, cores.earliest());
  const std::int64_t end = begin + (each * goroutines_).ns;
  if (end > begin) {
    cores.occupy_earliest(end);
    spent_.push_back({begin, end, end - begin, false});
  }
  return end;
}

void Interruptions::begin_cycle(Cores& cores) {
  stops_ =
      Stream(seed_, "fleet/stop-latency", static_cast<std::uint64_t>(numbered_++) << 32 | server_);
  next_ = one_core(cores, next_, go_.reset_loop);
  phase_ = Phase::resetting;
}

std::int64_t Interruptions::slowest_of(std::size_t cores) {
  Duration slowest{};
  for (std::size_t i = 0; i < cores; ++i)
    slowest = std::max(slowest, go_.stop_latency.sample(stops_));
  return slowest.ns;
}

// All cores end what they serve, then stop; when the last has stopped. One is never idle: that
// which asks for the stop.
std::int64_t Interruptions::stop(Cores& cores, std::int64_t at) {
  const std::size_t busy = std::min(cores.busy_at(at) + 1, cores.count());
  return std::max(at, cores.latest()) + slowest_of(busy);
}

void Interruptions::begin_marking(Cores& cores) {
  began_ = next_;
  marking_began_ = stop(cores, next_);
  pauses_ = marking_began_ - next_;
  collector_.start_cycle(goroutines_, Instant{marking_began_});
  mark_work_ = collector_.drain_all().ns;
  served_work_ = 0;
  const std::int64_t serving = std::max<std::int64_t>(cores_ - collector_.dedicated_wanted(), 1);
  marking_free_.clear();
  for (std::int64_t k = 0; k < serving; ++k)
    marking_free_.push_back(marking_began_ + piece_ns * k / serving);
  cores.hold_all(marking_began_);
  next_ = marking_began_ + mark_work_ / cores_;
  phase_ = Phase::marking;
}

std::int64_t Interruptions::earliest_while_marking(std::int64_t ready) {
  std::int64_t earliest = never;
  for (std::size_t k = 0; k < marking_free_.size(); ++k) {
    std::int64_t free = marking_free_[k];
    if (free < ready) free += (ready - free + piece_ns - 1) / piece_ns * piece_ns;
    if (free < earliest) earliest = free, chosen_ = k;
  }
  return earliest;
}

void Interruptions::end_marking(Cores& cores) {
  spent_.push_back({marking_began_, next_, mark_work_, true});
  cores.hold_all(next_);
  for (const std::int64_t free : marking_free_)
    if (free > next_) cores.occupy_earliest(free);
  marking_free_.clear();
  next_ = one_core(cores, next_, go_.root_check_loop);
  phase_ = Phase::finishing;
}

void Interruptions::end_cycle(Cores& cores) {
  const std::int64_t end = stop(cores, next_) + slowest_of(cores.count() - 1);
  pauses_ += end - next_;
  cores.hold_all(end);
  collector_.end_cycle(Instant{end});
  cycles_.push_back({Instant{began_}, Instant{end}, Duration{pauses_}, forced_});
  one_core(cores, end, go_.barrier_loop);
  const std::uint64_t tick = stops_.below(static_cast<std::uint64_t>(go_.monitor_most.ns) + 1);
  next_ = go_.forced_period.ns > 0 ? end + go_.forced_period.ns + static_cast<std::int64_t>(tick)
                                   : never;
  forced_ = true;
  phase_ = Phase::off;
}

}  // namespace springtide::models::fleet
