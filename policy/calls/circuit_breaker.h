// A circuit breaker: when too many calls fail, calls are refused at once for a while, then a few
// are let through to see whether it is worth going on.
//
//             failures >= share of at least `calls`
//   closed ------------------------------------------> open
//     ^                                                  | after `open_for`
//     | `probes` answers in a row     a failure          v
//     +------------------------- half-open <-------------+
//                                    |  +--> open again
//
// M. Nygard, Release It!, 2nd ed., 2018, "Circuit Breaker"; the failure share over a rolling window
// with a least number of calls is Hystrix's. Pure: state and instants, which must not go back. An
// outcome that comes from before the last change of state is not counted (its `ticket` is old).
#pragma once

#include <cstdint>

#include "base/time.h"
#include "policy/calls/rolling_sum.h"

namespace springtide::policy {

struct BreakerRule {
  double failures = 0.5;    // share of the calls at which it opens, (0, 1]
  std::int64_t calls = 20;  // fewer in the window say nothing; >= 1
  Duration window = second * 10;
  Duration open_for = second * 5;
  std::int64_t probes = 1;  // half-open: at once, and how many must succeed; >= 1
};

class CircuitBreaker {
 public:
  enum class State : std::uint8_t { closed, open, half_open };
  using Ticket = std::uint32_t;

  explicit CircuitBreaker(const BreakerRule& rule)
      : rule_(rule), calls_(rule.window), failures_(rule.window) {}

  // May a call be made now? What was allowed must end in succeeded(), failed() or abandoned().
  bool allow(Instant now) {
    if (state_ == State::closed) return true;
    if (state_ == State::open) {
      if (now < until_) return false;
      enter(State::half_open);
    }
    if (probing_ == rule_.probes) return false;
    ++probing_;
    return true;
  }

  Ticket ticket() const { return ticket_; }  // of a call just allowed

  void succeeded(Instant now, Ticket ticket) {
    if (ticket != ticket_) return;
    if (state_ == State::closed)
      calls_.add(now, 1);
    else if (--probing_; ++successes_ == rule_.probes)
      enter(State::closed);
  }

  void failed(Instant now, Ticket ticket) {
    if (ticket != ticket_) return;
    if (state_ == State::half_open) return open(now);
    calls_.add(now, 1);
    failures_.add(now, 1);
    const std::int64_t calls = calls_.sum(now);
    if (calls >= rule_.calls &&
        static_cast<double>(failures_.sum(now)) >= rule_.failures * static_cast<double>(calls))
      open(now);
  }

  // Neither an answer nor a failure: the caller itself gave up. A probe may take its place.
  void abandoned(Ticket ticket) {
    if (ticket == ticket_ && state_ == State::half_open) --probing_;
  }

  State state() const { return state_; }
  std::int64_t times_opened() const { return opened_; }

 private:
  void open(Instant now) {
    enter(State::open);
    ++opened_;
    until_ = now + rule_.open_for;
  }
  void enter(State state) {
    state_ = state;
    ++ticket_;
    probing_ = successes_ = 0;
    calls_.clear();
    failures_.clear();
  }

  BreakerRule rule_;
  RollingSum<std::int64_t> calls_, failures_;
  State state_ = State::closed;
  Ticket ticket_ = 0;
  Instant until_{};
  std::int64_t probing_ = 0, successes_ = 0, opened_ = 0;
};

}  // namespace springtide::policy
