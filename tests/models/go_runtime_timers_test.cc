// Timers of the Go-like machine: order and groups, and the goroutine that serves them.
#include <algorithm>
#include <map>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "models/go_runtime/timers.h"
#include "tests/models/go_runtime_harness.h"

namespace springtide::models::go {
namespace {

using Then = Step::Then;

constexpr Instant at_us(std::int64_t us) { return Instant{} + microsecond * us; }

// --- Timers --------------------------------------------------------------------------------------

TEST_CASE("only a timer before all others is told to be the first") {
  Timers timers;
  CHECK(timers.empty());
  CHECK(timers.earliest() == Instant::never());
  CHECK(timers.add(at_us(50), 1));
  CHECK(!timers.add(at_us(50), 2));
  CHECK(!timers.add(at_us(60), 3));
  CHECK(timers.add(at_us(50) - Duration{1}, 4));
  CHECK(timers.add(at_us(10), 5));
  CHECK(timers.earliest() == at_us(10));
}

TEST_CASE("within one microsecond the first is the earliest to the nanosecond") {
  Timers timers;
  CHECK(timers.add(Instant{10'500}, 1));
  CHECK(!timers.add(Instant{10'700}, 2));
  CHECK(timers.add(Instant{10'300}, 3));
  CHECK(timers.earliest() == Instant{10'300});
}

TEST_CASE("nothing is taken before it is due, everything after, each once and in order of time") {
  Stream stream(1, "order"), keys(1, "keys");
  Timers timers;
  std::multimap<std::int64_t, Goroutine> due;  // by microsecond
  for (Goroutine g = 0; g < 3000; ++g) {
    const Instant when{static_cast<std::int64_t>(keys.below(200'000))};
    timers.add(when, g);
    due.insert({when.ns / 1000, g});
  }
  CHECK(timers.take_due(Instant{-1}, 1, stream).first == no_goroutine);
  std::set<Goroutine> taken;
  for (auto it = due.begin(); it != due.end();) {
    const auto last = due.upper_bound(it->first);
    for (; it != last; ++it) {
      const Goroutine g = timers.take_due(Instant{it->first * 1000 + 999}, 1, stream).first;
      REQUIRE(g != no_goroutine);
      REQUIRE(taken.insert(g).second);
      const auto [low, high] = due.equal_range(it->first);
      REQUIRE(std::any_of(low, high, [&](const auto& timer) { return timer.second == g; }));
    }
    if (it != due.end())
      REQUIRE(timers.take_due(Instant{it->first * 1000 - 1}, 1, stream).first == no_goroutine);
  }
  CHECK(timers.empty());
}

TEST_CASE("those of one microsecond come by number, from a random one on") {
  Stream stream(2, "order");
  for (const Goroutine n : {Goroutine{5}, Goroutine{300}, Goroutine{1000}}) {
    std::set<Goroutine> begins;
    for (int round = 0; round < 40; ++round) {
      Timers timers;
      for (Goroutine g = n; g > 0; --g) timers.add(at_us(7), 3 * (g - 1));
      Goroutine expected = timers.take_due(at_us(7), 1, stream).first;
      begins.insert(expected);
      for (Goroutine i = 1; i < n; ++i) {
        expected = expected + 3 == 3 * n ? 0 : expected + 3;
        REQUIRE(timers.take_due(at_us(7), 1, stream).first == expected);
      }
    }
    CHECK(begins.size() > 3);
  }
}

TEST_CASE("a latecomer to a microsecond that is being fired waits for the next round of it") {
  Stream stream(3, "order");
  Timers timers;
  timers.add(at_us(7), 1);
  timers.add(at_us(7), 2);
  const Goroutine first = timers.take_due(at_us(7), 1, stream).first;
  timers.add(at_us(7), 9);
  CHECK(timers.take_due(at_us(7), 1, stream).first == 3 - first);
  CHECK(timers.take_due(at_us(7), 1, stream).first == 9);
  CHECK(timers.take_due(at_us(7), 1, stream).first == no_goroutine);
}

TEST_CASE("timers added and taken by runs are those added and taken one by one") {
  Stream keys(4, "keys");
  for (int round = 0; round < 200; ++round) {
    Stream stream(5, "order"), same_stream(5, "order");
    Timers runs, singles;
    for (Goroutine g = 0; g < 2000;) {
      const auto count = static_cast<std::uint32_t>(1 + keys.below(100));
      const Instant when{static_cast<std::int64_t>(keys.below(3000))};
      bool first = false;
      for (std::uint32_t i = 0; i < count; ++i) first = singles.add(when, g + i) || first;
      REQUIRE(runs.add_run(when, {g, count}) == first);
      g += count + static_cast<Goroutine>(keys.below(2));
    }
    const Instant now{2500};
    for (;;) {
      const auto most = static_cast<std::uint32_t>(1 + keys.below(80));
      const GoroutineRun run = runs.take_due(now, most, stream);
      REQUIRE(run.count <= most);
      if (run.count == 0) break;
      for (std::uint32_t i = 0; i < run.count; ++i)
        REQUIRE(singles.take_due(now, 1, same_stream).first == run.first + i);
    }
    REQUIRE(singles.take_due(now, 1, same_stream).count == 0);
    REQUIRE(runs.earliest() == singles.earliest());
  }
}

// --- The goroutine that serves them --------------------------------------------------------------

// Where `plan`'s goroutine g ran for the n-th time.
Instant start_of(const ScriptedProcess& process, Goroutine g, std::size_t n) {
  for (const Ran& ran : process.ran)
    if (ran.g == g && n-- == 0) return ran.at;
  return Instant::never();
}

constexpr Duration pop{1'000};  // for one timer: round numbers

spec::GoRuntime round_go() {
  spec::GoRuntime go = plain_go();
  go.timer_pop_cost = pop;
  go.switch_cost = {};
  return go;
}

TEST_CASE("after a round of length X the next timer comes X late") {
  // 100 sleepers due at 1 ms, one P; another sleeper at 5 ms. The round takes 100 us.
  Plan plan = herd(100, 1, microsecond, {}, 0, at_us(1000));
  plan.scripts.push_back({{microsecond, Then::park, {}, {}}});
  plan.begins.push_back(at_us(5000));
  ScriptedRun run(round_go(), 4, plan);
  const Instant woke = start_of(run.until(at_us(100'000)), 100, 0);
  CHECK(woke == at_us(5000 + 100) + pop);
}

TEST_CASE("a new earliest timer makes the timer goroutine read the clock afresh") {
  // As above, but goroutine 101 sleeps again, until 2 ms, when the round is over.
  Plan plan = herd(100, 1, microsecond, {}, 0, at_us(1000));
  plan.scripts.push_back({{microsecond, Then::park, {}, {}}});
  plan.begins.push_back(at_us(5000));
  plan.scripts.push_back(
      {{microsecond * 200, Then::sleep, microsecond * 800, {}}, {microsecond, Then::park, {}, {}}});
  plan.begins.push_back(at_us(1000));
  ScriptedRun run(round_go(), 4, plan);
  const ScriptedProcess& process = run.until(at_us(100'000));
  const Instant again = start_of(process, 101, 1);
  CHECK(again < at_us(2400));
  // the next sleep is counted from a reading after 2 ms: not 100 us late
  CHECK(start_of(process, 100, 0) <= at_us(5000) + pop * 2);
}

TEST_CASE("a timer that is not the earliest does not repair the late sleep") {
  Plan plan = herd(100, 1, microsecond, {}, 0, at_us(1000));
  plan.scripts.push_back({{microsecond, Then::park, {}, {}}});
  plan.begins.push_back(at_us(5000));
  plan.scripts.push_back({{microsecond * 200, Then::sleep, microsecond * 8000, {}},
                          {microsecond, Then::park, {}, {}}});
  plan.begins.push_back(at_us(1000));
  ScriptedRun run(round_go(), 4, plan);
  CHECK(start_of(run.until(at_us(100'000)), 100, 0) == at_us(5000 + 101) + pop);
}

TEST_CASE("the kernel ends a sleep of the timer goroutine late by the timer slack") {
  spec::GoRuntime go = round_go();
  go.timer_slack = microsecond * 50;
  const Plan plan = herd(1, 2, microsecond, microsecond * 500, 0, at_us(1000));
  ScriptedRun run(go, 1, plan);
  const ScriptedProcess& process = run.until(at_us(100'000));
  const Instant first = at_us(1000 + 50) + pop;
  CHECK(start_of(process, 0, 0) == first);
  // counted from the end of its step, at which it slept
  CHECK(start_of(process, 0, 1) == first + microsecond * (1 + 500 + 50) + pop);
}

TEST_CASE("where no P is idle the timer goroutine waits at the tail of the global queue") {
  // One P, busy for 3 ms with goroutine 0; goroutine 1 is due in the middle of it.
  Plan plan;
  plan.scripts = {{{millisecond * 3, Then::park, {}, {}}}, {{microsecond, Then::park, {}, {}}}};
  plan.begins = {at_us(1000), at_us(2000)};
  ScriptedRun run(round_go(), 1, plan);
  CHECK(start_of(run.until(at_us(100'000)), 1, 0) == at_us(4000) + pop * 2);
}

TEST_CASE("a long round is preempted and goes on with its old reading of the clock") {
  // 30 000 timers of 1 us take 30 ms: three slices of 10 to 20 ms; those due in between wait.
  spec::GoRuntime go = round_go();
  Plan plan = herd(30'000, 1, microsecond, {}, 0, at_us(1000));
  plan.scripts.push_back({{microsecond, Then::park, {}, {}}});
  plan.begins.push_back(at_us(2000));  // due during the first slice, not by the reading at 1 ms
  ScriptedRun run(go, 1, plan);
  const ScriptedProcess& process = run.until(Instant{} + second);
  REQUIRE(process.ran.size() == 30'001);
  // with one P nobody runs before the first preemption
  CHECK(process.ran.front().at >= at_us(11'000));
  CHECK(process.ran.front().at <= at_us(21'000) + pop);
  CHECK(process.ran.back().g == 30'000);
}

}  // namespace
}  // namespace springtide::models::go
