// The scheduler of the Go-like machine: its queues against plain containers, its decisions against
// a twin that is written out plainly.
#include <deque>
#include <optional>

#include <doctest/doctest.h>

#include "tests/models/go_runtime_harness.h"
#include "tests/models/go_runtime_scheduler_twin.h"

namespace springtide::models::go {
namespace {

using Then = Step::Then;

// --- Queues --------------------------------------------------------------------------------------

std::deque<Goroutine> drained(GoroutineRing ring) {
  std::deque<Goroutine> all;
  while (!ring.empty()) all.push_back(ring.pop());
  return all;
}

TEST_CASE("a growing ring is first in, first out over every sequence of twelve operations") {
  for (int word = 0; word < 531'441; ++word) {  // 3^12: push the next, one further on; pop
    GoroutineRing ring(1);
    std::deque<Goroutine> plain;
    Goroutine g = 0;
    bool same = true;
    for (int i = 0, left = word; i < 12; ++i, left /= 3) {
      if (left % 3 < 2) {
        g += 1 + static_cast<Goroutine>(left % 3);
        ring.push(g);
        plain.push_back(g);
      } else if (!plain.empty()) {
        same = same && ring.pop() == plain.front();
        plain.pop_front();
      }
      same = same && ring.size() == plain.size() && ring.empty() == plain.empty();
    }
    if (!same || drained(ring) != plain) FAIL("sequence ", word);
  }
}

// runqput, runqputslow, runqget and runqgrab on plain containers.
struct PlainQueue {
  std::size_t limit;
  std::optional<Goroutine> next;
  std::deque<Goroutine> ring;

  void append(Goroutine g, std::deque<Goroutine>& global) {
    if (ring.size() == limit) {
      for (std::size_t i = 0; i < limit / 2; ++i) {
        global.push_back(ring.front());
        ring.pop_front();
      }
      global.push_back(g);
    } else {
      ring.push_back(g);
    }
  }
  void ready(Goroutine g, std::deque<Goroutine>& global) {
    const auto kicked = next;
    next = g;
    if (kicked) append(*kicked, global);
  }
  Goroutine take() {
    if (next) return *std::exchange(next, std::nullopt);
    if (ring.empty()) return no_goroutine;
    const Goroutine g = ring.front();
    ring.pop_front();
    return g;
  }
  Goroutine steal_into(PlainQueue& thief, std::deque<Goroutine>& global) {
    if (ring.empty()) return take();
    std::vector<Goroutine> stolen;
    for (std::size_t n = (ring.size() + 1) / 2; n > 0; --n) {
      stolen.push_back(ring.front());
      ring.pop_front();
    }
    for (std::size_t i = 0; i + 1 < stolen.size(); ++i) thief.append(stolen[i], global);
    return stolen.back();
  }
};

TEST_CASE("two local queues are plain queues over every sequence of eight operations") {
  for (int word = 0; word < 1'679'616; ++word) {  // 6^8
    LocalQueue mine(4), theirs(4);
    PlainQueue plain_mine{4, {}, {}}, plain_theirs{4, {}, {}};
    GoroutineRing global;
    std::deque<Goroutine> plain_global;
    bool same = true;
    Goroutine g = 0;
    // what a herd leaves behind: three in the ring, one next
    for (; g < 4; ++g) theirs.ready(g, global), plain_theirs.ready(g, plain_global);
    for (int i = 0, left = word; i < 8; ++i, left /= 6, ++g) {
      switch (left % 6) {
        case 0: mine.ready(g, global), plain_mine.ready(g, plain_global); break;
        case 1: mine.append(g, global), plain_mine.append(g, plain_global); break;
        case 2: same = same && mine.take() == plain_mine.take(); break;
        case 3: theirs.append(g, global), plain_theirs.append(g, plain_global); break;
        case 4: same = same && theirs.take() == plain_theirs.take(); break;
        default:
          same = same && theirs.steal_into(mine, global) ==
                             plain_theirs.steal_into(plain_mine, plain_global);
      }
    }
    same = same && drained(global) == plain_global;
    for (int i = 0; i < 8 && same; ++i)
      same = mine.take() == plain_mine.take() && theirs.take() == plain_theirs.take();
    if (!same) FAIL("sequence ", word);
  }
}

TEST_CASE("a full ring of 256 gives its oldest 128 and the newcomer to the global queue") {
  LocalQueue queue(256);
  GoroutineRing global;
  for (Goroutine g = 0; g < 257; ++g) queue.ready(g, global);
  CHECK(global.empty());  // 256 in the ring, one next
  queue.ready(257, global);
  const auto moved = drained(global);
  REQUIRE(moved.size() == 129);
  CHECK(moved.front() == 0);
  CHECK(moved[127] == 127);
  CHECK(moved.back() == 256);  // the one that was next
  CHECK(queue.take() == 257);
  CHECK(queue.take() == 128);
}

TEST_CASE("a run made ready is each of it made ready, whatever the queue held") {
  for (std::uint32_t before = 0; before < 12; ++before)
    for (std::uint32_t count = 1; count < 20; ++count) {
      LocalQueue by_run(4), one_by_one(4);
      GoroutineRing global, other_global;
      for (Goroutine g = 0; g < before; ++g) {
        by_run.ready(g, global);
        one_by_one.ready(g, other_global);
      }
      by_run.ready_run({100, count}, global);
      for (Goroutine g = 100; g < 100 + count; ++g) one_by_one.ready(g, other_global);
      CHECK(drained(global) == drained(other_global));
      for (int i = 0; i < 6; ++i) CHECK(by_run.take() == one_by_one.take());
    }
}

// --- Decisions -----------------------------------------------------------------------------------

constexpr Instant end{second.ns};

// Empty where machine and twin agree, else the first step at which they do not.
std::string difference(const spec::GoRuntime& go, std::int64_t processors, const Plan& plan) {
  ScriptedRun run(go, processors, plan);
  const std::vector<Ran>& ran = run.until(end).ran;
  const std::vector<Ran> twin =
      SchedulerTwin(go, static_cast<std::size_t>(processors), plan).run(end);
  for (std::size_t i = 0; i < std::max(ran.size(), twin.size()); ++i) {
    const auto text = [&](const std::vector<Ran>& steps) {
      return i >= steps.size() ? std::string("nothing")
                               : "goroutine " + std::to_string(steps[i].g) + " at " +
                                     std::to_string(steps[i].at.ns) + " ns on P " +
                                     std::to_string(steps[i].processor);
    };
    if (i >= ran.size() || i >= twin.size() || ran[i] != twin[i])
      return "step " + std::to_string(i) + ": " + text(ran) + ", the twin " + text(twin);
  }
  return ran.empty() ? "nothing ran" : "";
}

// A queue of four, so that small cases overflow; batches of three; the global queue first at every
// fifth pick.
spec::GoRuntime small_go() {
  spec::GoRuntime go = plain_go();
  go.run_queue = 4;
  go.global_check_ticks = 5;
  go.global_batch = 3;
  go.poll_batch = 2;
  return go;
}

TEST_CASE("every small case runs as in the twin: same goroutine, instant and P") {
  const spec::GoRuntime go = small_go();
  constexpr int kinds = 9;  // what a first step does: three ends x whom it wakes
  for (int word = 0; word < kinds * kinds * kinds * 8; ++word) {
    Plan plan;
    int left = word;
    for (Goroutine g = 0; g < 3; ++g, left /= kinds) {
      const Duration busy = microsecond * (g == 1 ? 10 : 2);
      std::vector<Goroutine> wakes;
      if (left % kinds / 3 > 0) wakes.push_back((g + 1) % 3);
      if (left % kinds / 3 > 1) wakes.push_back((g + 2) % 3);
      plan.scripts.push_back({{busy, static_cast<Then>(left % 3), microsecond * 4, wakes},
                              {microsecond, Then::park, {}, {(g + 1) % 3}},
                              {microsecond * 3, Then::park, {}, {}}});
    }
    for (Goroutine g = 0; g < 3; ++g, left /= 2)
      plan.begins.push_back(Instant{} + microsecond * (left % 2 * 5));
    for (std::int64_t processors = 1; processors <= 4; ++processors)
      if (const auto found = difference(go, processors, plan); !found.empty())
        FAIL("case ", word, " on ", processors, ": ", found);
  }
}

// From low to high - 1.
int any(Stream& stream, int low, int high) {
  return low + static_cast<int>(stream.below(static_cast<std::uint64_t>(high - low)));
}

Plan random_plan(Stream& stream) {
  const auto pick = [&](int low, int high) { return any(stream, low, high); };
  Plan plan;
  const int goroutines = pick(1, 30);
  for (int g = 0; g < goroutines; ++g) {
    std::vector<Action> script;
    for (int i = pick(1, 6); i > 0; --i) {
      Action action{
          microsecond * pick(0, 20), static_cast<Then>(pick(0, 3)), Duration{pick(0, 30'000)}, {}};
      for (int n = pick(0, 4); n > 0; --n) {
        const auto other = static_cast<Goroutine>(pick(0, goroutines));
        if (other != static_cast<Goroutine>(g)) action.wakes.push_back(other);
      }
      script.push_back(action);
    }
    script.back().then = Then::park;
    plan.scripts.push_back(script);
    plan.begins.push_back(Instant{pick(0, 4) * 2'500});
  }
  for (int n = pick(0, 30), at = 0; n > 0; --n) {
    at += pick(0, 8'000);
    plan.arrivals.push_back({Instant{at}, static_cast<Goroutine>(pick(0, goroutines))});
  }
  return plan;
}

TEST_CASE("random cases with overflow, theft, network and preempted timers run as in the twin") {
  for (std::uint64_t number = 0; number < 2000; ++number) {
    Stream stream(2017, "scheduler cases", number);
    spec::GoRuntime go = small_go();
    go.preemption_slice = microsecond * any(stream, 1, 20);
    go.monitor_most = microsecond * any(stream, 1, 20);
    go.monitor_poll_after = microsecond * any(stream, 1, 50);
    go.timer_slack = microsecond * any(stream, 0, 5);
    go.thread_wake = Distribution(Exponential{microsecond * 5});
    const int processors = any(stream, 1, 5);
    if (const auto found = difference(go, processors, random_plan(stream)); !found.empty())
      FAIL("case ", number, ": ", found);
  }
}

// Known, and told in docs/validation.md ("Stolen too early").
TEST_CASE("a thief may run what a step makes ready before the step has ended") {
  const Instant begin = Instant{} + millisecond;
  const Plan plan{{{{microsecond * 100, Then::park, {}, {2}}},
                   {{microsecond * 20, Then::park, {}, {}}},
                   {{Duration{}, Then::park, {}, {}}, {microsecond * 10, Then::park, {}, {}}}},
                  {begin, begin, Instant{} + microsecond * 500},
                  {}};
  ScriptedRun run(plain_go(), 2, plan);
  const std::vector<Ran>& ran = run.until(end).ran;
  const Ran &reader = ran[1].g == 0 ? ran[1] : ran[2], &worker = ran[3];
  REQUIRE(worker.g == 2);
  CHECK(worker.processor != reader.processor);
  CHECK(worker.at < reader.at + microsecond * 25);  // and not 100
}

TEST_CASE("a herd of 1500 sleepers runs as in the twin with the constants of Go 1.8") {
  for (const std::int64_t processors : {1, 3, 4})
    CHECK(difference(plain_go(), processors, herd(1500, 2, microsecond * 2, millisecond * 20)) ==
          "");
}

TEST_CASE("a busy P takes from the global queue at its first pick and every 61st after it") {
  // One P, 400 goroutines ready at once: the ring overflows, the global queue holds the oldest.
  Plan plan = herd(400, 1, microsecond, {});
  ScriptedRun run(plain_go(), 1, plan);
  const std::vector<Ran>& ran = run.until(end).ran;
  REQUIRE(ran.size() == 400);
  const Goroutine oldest = ran[0].g;  // the tick is 0: the global queue comes first
  std::vector<std::size_t> from_global;
  for (std::size_t i = 0; i < ran.size() && from_global.size() < 3; ++i)
    if (ran[i].g == (oldest + from_global.size()) % 400) from_global.push_back(i);
  // 61 ticks lie between them, and once the one in `next`, which does not tick
  CHECK(from_global == std::vector<std::size_t>{0, 62, 123});
}

// --- Granularity ---------------------------------------------------------------------------------

// `piece` with 50 us, the default, and with 500 us, what the client machines of 2017 have.
void check_pieces(Duration piece) {
  spec::GoRuntime exact = plain_go(), coarse = plain_go();
  coarse.granularity = piece;
  const Plan plan = herd(2000, 5, microsecond * 7, millisecond * 30);
  ScriptedRun one(exact, 4, plan), other(coarse, 4, plan);
  ScriptedProcess &a = one.until(end), &b = other.until(end);
  CHECK(a.all_done());
  CHECK(b.all_done());
  REQUIRE(a.ran.size() == 10'000);
  REQUIRE(b.ran.size() == 10'000);
  CHECK(a.machine().busy().total() == b.machine().busy().total());
  // The k-th start of all differs by what a P may run ahead, plus one step, per round.
  const auto starts = [](const std::vector<Ran>& ran) {
    std::vector<std::int64_t> at;
    for (const Ran& r : ran) at.push_back(r.at.ns);
    std::sort(at.begin(), at.end());
    return at;
  };
  const auto x = starts(a.ran), y = starts(b.ran);
  std::int64_t worst = 0;
  for (std::size_t i = 0; i < x.size(); ++i) worst = std::max(worst, std::abs(x[i] - y[i]));
  MESSAGE("largest difference of the k-th start: ", worst / 1000, " us");
  CHECK(worst <= piece.ns * 12 / 5);
}

TEST_CASE("pieces of 50 and of 500 us do the same work as single steps, each P a piece ahead") {
  check_pieces(microsecond * 50);
  check_pieces(microsecond * 500);
}

// --- Herds ---------------------------------------------------------------------------------------

// Goroutines that wake every 10 ms and sleep again; one in seven does more, and wakes its neighbour
// if that one is parked. Where `in_herds`, the machine has those that idle run in one call.
template <bool in_herds>
class Herd final : public sim::InlinedProcess<Herd<in_herds>> {
 public:
  static constexpr Duration period = millisecond * 10, idle_busy = microsecond * 3;

  Herd(const spec::GoRuntime& go, Goroutine n)
      : runs_(n, 0), machine_(go, 4, test_seed, test_name, *this) {}
  void start(sim::Context& context) override {
    machine_.start(context);
    for (Goroutine g = 0; g < runs_.size(); ++g) {
      machine_.spawn();
      machine_.sleep_until(Instant{} + period, g, context.now());
    }
  }
  void handle(sim::Context&, const sim::Event& event) override { machine_.handle(event); }

  Step run(Goroutine g, Instant at) {
    ran.push_back({g, at, machine_.current_processor()});
    if (idles(g)) {
      ++runs_[g];
      return {idle_busy, Step::Then::sleep, next(at) - at - idle_busy, idle_step().allocates};
    }
    ++runs_[g];
    return {idle_busy * 4, Step::Then::sleep, period, 5000};
  }
  Step idle_step() const { return {idle_busy, Step::Then::sleep, {}, 1000}; }
  Idling idle(GoroutineRun run, Instant at, Duration each) requires in_herds {
    ++calls;
    Idling idling{0, next(at)};
    while (idling.count < run.count && idles(run.first + idling.count) && next(at) == idling.wake) {
      ran.push_back({run.first + idling.count, at, machine_.current_processor()});
      ++runs_[run.first + idling.count++];
      at += each;
    }
    return idling;
  }

  std::vector<Ran> ran;
  int calls = 0;
  Machine<Herd>& machine() { return machine_; }

 private:
  bool idles(Goroutine g) const { return (g + static_cast<Goroutine>(runs_[g])) % 7 != 0; }
  static Instant next(Instant at) { return Instant{(at.ns / period.ns + 1) * period.ns}; }

  std::vector<int> runs_;
  Machine<Herd> machine_;
};

template <bool in_herds>
std::pair<std::string, std::vector<Ran>> run_herd(const spec::GoRuntime& go, Goroutine n) {
  sim::Simulation simulation;
  auto& process = simulation.emplace<Herd<in_herds>>("herd", go, n);
  sim::RunOptions options;
  options.until = Instant{} + second;
  const auto outcome = simulation.run(options);
  CHECK((process.calls > 0) == in_herds);
  CHECK(process.machine().cycles().size() > 1);
  return {outcome.value().fingerprint_text(), process.ran};
}

TEST_CASE("goroutines that idle in herds run exactly as one by one, collections included") {
  for (const Duration granularity : {Duration{}, microsecond * 50, microsecond * 300}) {
    spec::GoRuntime go = spec::preset("go1.8")->go;
    go.granularity = granularity;
    go.global_check_ticks = 7;
    for (const Goroutine n : {Goroutine{40}, Goroutine{300}, Goroutine{3000}}) {
      go.least_heap.count = 1000 * 10 * n;
      CAPTURE(granularity.ns);
      CAPTURE(n);
      const auto one_by_one = run_herd<false>(go, n), in_herds = run_herd<true>(go, n);
      CHECK(one_by_one.first == in_herds.first);
      CHECK(one_by_one.second == in_herds.second);
    }
  }
}

}  // namespace
}  // namespace springtide::models::go
