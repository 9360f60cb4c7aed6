// The collector of the Go-like machine: its pacing, its account of work and debts, its cycles.
#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

#include "models/go_runtime/collector.h"
#include "tests/models/go_runtime_harness.h"

namespace springtide::models::go {
namespace {

constexpr std::int64_t megabyte = 1'000'000, mebibyte = 1'048'576;
using Debt = Collector::Debt;

// One byte a nanosecond, so that times and bytes can be added.
spec::GoRuntime collecting_go() {
  spec::GoRuntime go = plain_go();
  go.mark_rate = Bytes{1'000'000'000};
  go.stack_scan = microsecond;
  return go;
}

Collector collector_with(std::int64_t live, std::int64_t scanned, std::int64_t processors = 4) {
  Collector collector(collecting_go(), processors);
  collector.grow(live, scanned);
  return collector;
}

std::int64_t drain_all(Collector& collector, std::vector<Goroutine>& woken) {
  std::int64_t ns = 0;
  while (collector.has_work()) ns += collector.drain(microsecond * 100, woken).ns;
  return ns;
}

// A cycle without allocation that takes `length`.
void run_cycle(Collector& collector, std::int64_t goroutines, Duration length = millisecond) {
  std::vector<Goroutine> woken;
  collector.start_cycle(goroutines, {});
  drain_all(collector, woken);
  collector.end_cycle(Instant{} + length);
}

// --- Pacing --------------------------------------------------------------------------------------

TEST_CASE("no cycle begins below the least heap, one does at it") {
  Collector collector = collector_with(4 * mebibyte - 1, 0);
  CHECK(!collector.at_trigger());
  CHECK(collector.allocate(1));
  CHECK(collector.at_trigger());
}

TEST_CASE("after a cycle the goal is twice the live heap") {
  Collector collector = collector_with(100 * megabyte, 50 * megabyte);
  run_cycle(collector, 10);
  CHECK(collector.cycles() == 1);
  CHECK(collector.heap_live() == 100 * megabyte);
  CHECK(collector.goal() == 200 * megabyte);
}

// The growth over the marked heap at which the next cycle begins.
double trigger_growth(Collector& collector) {
  const std::int64_t marked = collector.heap_live();
  std::int64_t allocated = 0;
  while (!collector.allocate(10'000)) allocated += 10'000;
  return static_cast<double>(allocated + 10'000) / static_cast<double>(marked);
}

TEST_CASE("the trigger moves by half of its error, and not above 0.95 of the goal") {
  Collector collector = collector_with(100 * megabyte, 50 * megabyte);
  run_cycle(collector, 10);
  // First cycle: the marked heap before it was 2 MiB, so the growth is far above 7/8: r = 0.
  CHECK(trigger_growth(collector) == doctest::Approx(0.0105).epsilon(0.02));  // 1 MiB at least
  // A cycle at a growth g = 0.0105 without assists: error = 1 - r - (g - r) = 1 - g.
  run_cycle(collector, 10);
  const double expected = 0.5 * (1 - 0.0105);
  CHECK(trigger_growth(collector) == doctest::Approx(expected).epsilon(0.001));
  // r = 0.4948, g = r: the error is 1 - g
  run_cycle(collector, 10);
  const double third = expected + 0.5 * (1 - expected);
  CHECK(trigger_growth(collector) == doctest::Approx(third).epsilon(0.001));
  for (int i = 0; i < 10; ++i) {
    trigger_growth(collector);
    run_cycle(collector, 10);
  }
  CHECK(trigger_growth(collector) == doctest::Approx(0.95).epsilon(0.001));
}

TEST_CASE("assists raise the utilisation and so make the next cycle begin earlier") {
  const auto next_trigger = [](bool assists) {
    Collector collector = collector_with(100 * megabyte, 50 * megabyte);
    run_cycle(collector, 0);
    run_cycle(collector, 0);
    run_cycle(collector, 0);
    trigger_growth(collector);
    collector.set_static_scan(50 * megabyte);
    collector.start_cycle(0, {});
    for (Goroutine g = 0; g < 100; ++g) {  // the heap grows beyond the trigger
      collector.allocate(200'000);
      if (assists) collector.allocate_in_cycle(g, 200'000);
    }
    std::vector<Goroutine> woken;
    drain_all(collector, woken);
    collector.end_cycle(Instant{} + millisecond * 20);
    return trigger_growth(collector);
  };
  CHECK(next_trigger(true) < next_trigger(false) - 0.01);
}

TEST_CASE("garbage of a cycle counts as live until the next one") {
  Collector collector = collector_with(100 * megabyte, 50 * megabyte);
  collector.start_cycle(0, {});
  collector.allocate(3 * megabyte);
  std::vector<Goroutine> woken;
  drain_all(collector, woken);
  collector.end_cycle(Instant{} + millisecond);
  CHECK(collector.heap_live() == 103 * megabyte);
  run_cycle(collector, 0);
  CHECK(collector.heap_live() == 100 * megabyte);
}

// --- Work and debts ------------------------------------------------------------------------------

TEST_CASE("an assist does scan work in the ratio of what is left to the distance to the goal") {
  // 90 MB to scan; after the first cycle 100 MB live, so 100 MB to the goal: 0.9 a byte.
  Collector collector = collector_with(100 * megabyte, 90 * megabyte);
  run_cycle(collector, 0);
  collector.set_static_scan(90 * megabyte);
  collector.start_cycle(0, {});
  collector.allocate(10 * megabyte);
  // debt 10 MB x 90 / 90 (10 MB of the distance are used up)
  const auto assist = collector.allocate_in_cycle(0, 10 * megabyte);
  CHECK(assist.debt == Debt::marked);
  CHECK(assist.busy.ns == doctest::Approx(10e6).epsilon(1e-6));
}

TEST_CASE("an assist is at least 64 KiB, and what it did more is credit") {
  Collector collector = collector_with(100 * megabyte, 50 * megabyte);
  run_cycle(collector, 0);
  collector.set_static_scan(50 * megabyte);
  collector.start_cycle(0, {});
  const auto first = collector.allocate_in_cycle(7, 64);
  CHECK(first.debt == Debt::marked);
  CHECK(first.busy.ns == 64 * 1024);
  // ratio 1/2: 128 KiB are paid; 64 of them are used
  int free = 0;
  while (collector.allocate_in_cycle(7, 64).debt == Debt::none) ++free;
  CHECK(free == 128 * 1024 / 64 - 1);
}

TEST_CASE("background and assists together scan every root and all of the heap once") {
  for (const std::int64_t roots : {0, 1, 7, 1000}) {
    CAPTURE(roots);
    Collector collector = collector_with(100 * megabyte, 40 * megabyte);
    run_cycle(collector, 0);
    collector.set_static_scan(megabyte);
    collector.start_cycle(roots, {});
    std::int64_t ns = 0;
    std::vector<Goroutine> woken;
    for (Goroutine g = 0; collector.has_work(); ++g) {
      ns += collector.drain(microsecond * 30, woken).ns;
      collector.allocate(2000);
      ns += collector.allocate_in_cycle(g, 2000).busy.ns;
    }
    // one nanosecond a byte, one microsecond a root; without roots nothing is reached but by
    // globals
    const std::int64_t heap = roots > 0 ? 40 * megabyte : megabyte;
    CHECK(ns == heap + roots * 1000);
  }
}

TEST_CASE("who finds neither credit nor work waits in line, first come, first served") {
  Collector collector = collector_with(100 * megabyte, 50 * megabyte);
  run_cycle(collector, 0);
  collector.set_static_scan(50 * megabyte);
  collector.start_cycle(0, {});
  CHECK(collector.allocate_in_cycle(0, 100 * megabyte).debt == Debt::marked);  // all that there is
  CHECK(!collector.has_work());
  for (const Goroutine g : {Goroutine{5}, Goroutine{2}, Goroutine{9}})
    CHECK(collector.allocate_in_cycle(g, 100).debt == Debt::waits);
  CHECK(collector.release_waiting() == std::vector<Goroutine>{5, 2, 9});
  CHECK(collector.release_waiting().empty());
  collector.end_cycle(Instant{} + millisecond);
  CHECK(collector.settle(5).debt == Debt::none);  // without a cycle there are no debts
}

TEST_CASE("background marking is credit that spares assists") {
  Collector collector = collector_with(100 * megabyte, 50 * megabyte);
  run_cycle(collector, 0);
  collector.set_static_scan(50 * megabyte);
  collector.start_cycle(0, {});
  std::vector<Goroutine> woken;
  CHECK(collector.drain(microsecond * 100, woken) == microsecond * 100);  // 100 000 bytes
  // ratio just under 1/2: one takes 65 536 of them, the second the rest and marks for itself
  CHECK(collector.allocate_in_cycle(1, 64).debt == Debt::none);
  const auto second_one = collector.allocate_in_cycle(2, 64);
  CHECK(second_one.debt == Debt::marked);
  CHECK(second_one.busy.ns == 2 * 65'536 - 100'000);
}

// --- Cycles of a machine -------------------------------------------------------------------------

// Goroutines that wake every `sleep` and allocate.
Plan busy_herd(std::size_t n, Duration sleep, std::int64_t allocates, Duration length) {
  return herd(n, static_cast<std::size_t>(length / sleep), microsecond * 20, sleep, allocates);
}

TEST_CASE("a cycle ends without goroutines, without a heap, and where every P is busy") {
  for (const std::int64_t processors : {1, 2, 4, 8})
    for (const std::int64_t live : {std::int64_t{4} * mebibyte, 50 * megabyte}) {
      Plan none;
      ScriptedRun run(collecting_go(), processors, none);
      run.process.machine().grow(live, live);
      run.process.collect_at_start = true;
      const auto& machine = run.until(Instant{} + second * 10).machine();
      REQUIRE(machine.cycles().size() == 1);
      CHECK(!machine.collector().marking());
      CHECK(machine.cycles()[0].ended > machine.cycles()[0].began);
      CHECK(!machine.cycles()[0].forced);
    }
  for (const std::int64_t processors : {1, 2, 3, 4, 6, 8}) {
    Plan plan = herd(200, 400, millisecond, Duration{1}, 64);
    ScriptedRun run(collecting_go(), processors, plan);
    run.process.machine().grow(50 * megabyte, 20 * megabyte);
    run.process.collect_at_start = true;
    CHECK(run.until(Instant{} + second).machine().cycles().size() >= 1);
  }
}

TEST_CASE("background marking takes a quarter of the Ps, whole or in part, where all are busy") {
  for (const std::int64_t processors : {1, 2, 4, 6}) {
    CAPTURE(processors);
    const Plan plan = herd(200, 2000, microsecond * 200, Duration{1});
    ScriptedRun run(collecting_go(), processors, plan);
    run.process.machine().grow(200 * megabyte, 100 * megabyte);  // 100 ms of marking
    run.process.collect_at_start = true;
    const auto& machine = run.until(Instant{} + second * 2).machine();
    REQUIRE(machine.cycles().size() == 1);
    const Duration length = machine.cycles()[0].ended - machine.cycles()[0].began;
    const double share = static_cast<double>(machine.marking().total()) /
                         static_cast<double>(length.ns * processors);
    CHECK(share == doctest::Approx(0.25).epsilon(0.02));
  }
}

TEST_CASE("the next cycle is forced 120 s after the end of the last one, where a P is busy") {
  // One goroutine of four Ps works on for 300 s in steps of 50 ms.
  Plan plan;
  plan.scripts = {std::vector<Action>(6000, {millisecond * 50, Step::Then::again, {}, {}, 0})};
  plan.scripts[0].back().then = Step::Then::park;
  plan.begins = {Instant{}};
  ScriptedRun run(collecting_go(), 4, plan);
  run.process.machine().grow(50 * megabyte, 20 * megabyte);
  run.process.collect_at_start = true;
  const auto& cycles = run.until(Instant{} + second * 250).machine().cycles();
  REQUIRE(cycles.size() == 3);
  for (std::size_t i = 1; i < cycles.size(); ++i) {
    CHECK(cycles[i].forced);
    const Duration gap = cycles[i].began - cycles[i - 1].ended;
    CHECK(gap >= second * 120);
    CHECK(gap < second * 120 + millisecond * 11);  // the monitor ticks at least every 10 ms
  }
}

TEST_CASE("where every P is idle the forced cycle waits for the next wake-up") {
  Plan plan;  // one goroutine that wakes at 1 ms and at 500 s
  plan.scripts = {{{microsecond, Step::Then::sleep, second * 500, {}},
                   {microsecond, Step::Then::park, {}, {}}}};
  plan.begins = {Instant{} + millisecond};
  ScriptedRun run(collecting_go(), 4, plan);
  run.process.machine().grow(50 * megabyte, 20 * megabyte);
  run.process.collect_at_start = true;
  const auto& process = run.until(Instant{} + second * 600);
  const auto& cycles = run.process.machine().cycles();
  REQUIRE(cycles.size() == 2);
  CHECK(cycles[1].forced);
  const Instant woke = process.ran.back().at;
  CHECK(woke > Instant{} + second * 500);
  CHECK(cycles[1].began - woke < millisecond);
  CHECK(cycles[1].began + millisecond > woke);
}

TEST_CASE("a heap that reaches the trigger starts a cycle, and so again and again") {
  // 4 MB a second of garbage over 20 MB live: about every 4 s.
  const Plan plan = busy_herd(1000, millisecond * 100, 400, second * 30);
  ScriptedRun run(collecting_go(), 4, plan);
  run.process.machine().grow(20 * megabyte, 10 * megabyte);
  const auto& machine = run.until(Instant{} + second * 40).machine();
  REQUIRE(machine.cycles().size() >= 5);
  for (const Cycle& cycle : machine.cycles()) {
    CHECK(!cycle.forced);
    CHECK(cycle.pauses >= microsecond * 40);  // two stops of at least the stop latency
    CHECK(cycle.pauses < cycle.ended - cycle.began + Duration{1});
  }
}

TEST_CASE("no step begins while the world is stopped, and nobody waits for ever") {
  // Debts far above what a herd can mark: most of it waits for credit.
  spec::GoRuntime go = collecting_go();
  go.mark_rate = Bytes{50'000'000};
  go.stop_latency = Distribution(Constant{millisecond * 2});
  const Plan plan = busy_herd(3000, millisecond * 50, 3000, second * 2);
  ScriptedRun run(go, 4, plan);
  run.process.machine().grow(60 * megabyte, 40 * megabyte);
  run.process.collect_at_start = true;
  const ScriptedProcess& process = run.until(Instant{} + second * 60);
  const auto& cycles = run.process.machine().cycles();
  REQUIRE(cycles.size() >= 1);
  CHECK(process.all_done());
  // The second stop ends with the cycle: of its length at least the stop latencies are silent.
  for (const Cycle& cycle : cycles)
    for (const Ran& ran : process.ran)
      if (ran.at >= cycle.ended - millisecond * 4 && ran.at < cycle.ended)
        FAIL_CHECK("goroutine ", ran.g, " at ", ran.at.ns);
}

TEST_CASE("a machine that stands still runs nothing meanwhile and everything afterwards") {
  Plan plan = herd(500, 20, microsecond * 5, millisecond * 10);
  for (int i = 0; i < 500; ++i)
    plan.arrivals.push_back({Instant{} + millisecond * (40 + i % 50), static_cast<Goroutine>(i)});
  ScriptedRun run(plain_go(), 4, plan);
  const Instant from = Instant{} + millisecond * 50, to = Instant{} + millisecond * 250;
  run.process.machine().stand_still(from + millisecond * 90, to);  // two that overlap
  run.process.machine().stand_still(from, to - millisecond * 90);
  const ScriptedProcess& process = run.until(Instant{} + second * 2);
  std::size_t before = 0, after = 0;
  for (const Ran& ran : process.ran) {
    before += ran.at < from + microsecond ? 1 : 0;  // one that was under way: its switch
    after += ran.at >= to ? 1 : 0;
  }
  CHECK(before > 500);
  CHECK(before + after == process.ran.size());
  CHECK(process.all_done());
}

}  // namespace
}  // namespace springtide::models::go
