#include "policy/calls/circuit_breaker.h"

#include <doctest/doctest.h>

namespace springtide::policy {
namespace {

using State = CircuitBreaker::State;

constexpr BreakerRule rule{0.5, 10, second * 10, second * 5, 2};

Instant at(double seconds) { return Instant{} + Duration::from_seconds(seconds); }

void fail_until_open(CircuitBreaker& breaker, Instant now) {
  for (int i = 0; i < 10; ++i) {
    REQUIRE(breaker.allow(now));
    breaker.failed(now, breaker.ticket());
  }
}

TEST_CASE("a breaker opens at the share of failures, and not before the least number of calls") {
  CircuitBreaker breaker(rule);
  for (int i = 0; i < 9; ++i) breaker.failed(at(1), breaker.ticket());
  CHECK(breaker.state() == State::closed);
  breaker.failed(at(1), breaker.ticket());
  CHECK(breaker.state() == State::open);
  CHECK(breaker.times_opened() == 1);

  CircuitBreaker healthy(rule);
  for (int i = 0; i < 600; ++i) {
    if (i % 3 == 0)
      healthy.failed(at(1), healthy.ticket());
    else
      healthy.succeeded(at(1), healthy.ticket());
  }
  CHECK(healthy.state() == State::closed);
}

TEST_CASE("failures that are longer ago than the window do not count") {
  CircuitBreaker breaker(rule);
  for (int i = 0; i < 9; ++i) breaker.failed(at(0.5), breaker.ticket());
  breaker.failed(at(11), breaker.ticket());
  CHECK(breaker.state() == State::closed);
}

TEST_CASE("an open breaker refuses for its time, then lets exactly its probes through") {
  CircuitBreaker breaker(rule);
  fail_until_open(breaker, at(1));
  CHECK_FALSE(breaker.allow(at(5.999)));
  CHECK(breaker.allow(at(6)));
  CHECK(breaker.allow(at(6)));
  CHECK_FALSE(breaker.allow(at(6)));
  breaker.succeeded(at(6.1), breaker.ticket());
  CHECK(breaker.state() == State::half_open);
  breaker.succeeded(at(6.1), breaker.ticket());
  CHECK(breaker.state() == State::closed);
  CHECK(breaker.allow(at(6.1)));
}

TEST_CASE("a probe that fails opens it again for the whole time") {
  CircuitBreaker breaker(rule);
  fail_until_open(breaker, at(1));
  CHECK(breaker.allow(at(6)));
  breaker.failed(at(7), breaker.ticket());
  CHECK_FALSE(breaker.allow(at(11.9)));
  CHECK(breaker.allow(at(12)));
  CHECK(breaker.times_opened() == 2);
}

TEST_CASE("answers to calls from before a change of state say nothing") {
  CircuitBreaker breaker(rule);
  const CircuitBreaker::Ticket old = breaker.ticket();
  fail_until_open(breaker, at(1));
  CHECK(breaker.allow(at(6)));
  breaker.succeeded(at(6), old);
  breaker.succeeded(at(6), old);
  CHECK(breaker.state() == State::half_open);
  breaker.failed(at(6), old);
  CHECK(breaker.state() == State::half_open);
}

TEST_CASE("a probe that is given up makes room for another") {
  CircuitBreaker breaker(rule);
  fail_until_open(breaker, at(1));
  CHECK(breaker.allow(at(6)));
  CHECK(breaker.allow(at(6)));
  breaker.abandoned(breaker.ticket());
  CHECK(breaker.allow(at(6)));
  CHECK_FALSE(breaker.allow(at(6)));
}

}  // namespace
}  // namespace springtide::policy
