#include "sim/simulation.h"

#include <atomic>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/random.h"

namespace springtide::sim {
namespace {

RunOptions until(Duration length, int threads = 1) {
  RunOptions options;
  options.until = Instant{} + length;
  options.threads = threads;
  return options;
}

// Two processes return a ball to each other until time is up.
class Player final : public InlinedProcess<Player> {
 public:
  Player(bool serves, Duration flight) : serves_(serves), flight_(flight) {}
  void start(Context& context) override {
    if (serves_) context.schedule(Instant{}, 0);
  }
  void handle(Context& context, const Event&) override {
    ++hits;
    context.send(out, context.now() + flight_, 0);
  }
  void finish(Context& context) override { finished_at = context.now(); }

  ChannelId out = 0;
  int hits = 0;
  Instant finished_at{};

 private:
  bool serves_;
  Duration flight_;
};

struct Match {
  explicit Match(Duration flight, Flow back = Flow::feedback)
      : a(simulation.emplace<Player>("a", true, flight)),
        b(simulation.emplace<Player>("b", false, flight)) {
    a.out = simulation.connect(0, 1, flight);
    b.out = simulation.connect(1, 0, flight, back);
  }
  Simulation simulation;
  Player &a, &b;
};

TEST_CASE("two processes with a feedback channel exchange messages at their delays") {
  for (const int threads : {1, 2, 4}) {
    Match match(millisecond);
    const Result<Outcome> outcome = match.simulation.run(until(second, threads));
    REQUIRE(outcome.ok());
    CHECK(match.a.hits == 500);
    CHECK(match.b.hits == 500);
    CHECK(outcome.value().events == 1000);
    CHECK(outcome.value().reached == Instant{} + second);
    CHECK(match.b.finished_at == Instant{} + second);
  }
}

TEST_CASE("an event at the end of the run is not handled, one a nanosecond earlier is") {
  Match match(millisecond);
  CHECK(match.simulation.run(until(millisecond)).value().events == 1);
  Match longer(millisecond);
  CHECK(longer.simulation.run(until(millisecond + nanosecond)).value().events == 2);
}

TEST_CASE("windows skip idle time") {
  Match match(second);
  const Result<Outcome> outcome = match.simulation.run(until(second * 100));
  CHECK(outcome.value().windows <= 100);
}

TEST_CASE("a cycle without a feedback channel is told with the names of its processes") {
  Match match(millisecond, Flow::forward);
  const Result<Outcome> outcome = match.simulation.run(until(second));
  REQUIRE_FALSE(outcome.ok());
  CHECK(to_string(outcome.problems()).find("'a' -> 'b' -> 'a'") != std::string::npos);
}

TEST_CASE("a feedback channel without delay and a negative delay are both told") {
  Simulation simulation;
  simulation.emplace<Player>("a", true, millisecond);
  simulation.emplace<Player>("b", false, millisecond);
  simulation.connect(0, 1, -millisecond);
  simulation.connect(1, 0, Duration{}, Flow::feedback);
  const Result<Outcome> outcome = simulation.run(until(second));
  REQUIRE_FALSE(outcome.ok());
  CHECK(outcome.problems().size() == 2);
  CHECK(to_string(outcome.problems()).find("'b' -> 'a' has no delay") != std::string::npos);
}

// Schedules or sends one event of each class for the same instant, the last class first.
class Caller final : public Process {
 public:
  void start(Context& context) override {
    if (sends) {
      context.send(out, Instant{100}, 10 + context.id());
      context.send(out, Instant{100}, 20 + context.id());
    }
    if (context.id() != 2) return;
    context.schedule(Instant{100}, 4, 0, 0, EventClass::observe);
    context.schedule(Instant{100}, 3, 0, 0, EventClass::internal);
    context.schedule(Instant{100}, 1, 0, 0, EventClass::control);
    context.schedule(Instant{99}, 5, 0, 0, EventClass::observe);
  }
  void handle(Context&, const Event& event) override { kinds.push_back(event.kind); }

  ChannelId out = 0;
  bool sends = false;
  std::vector<std::uint32_t> kinds;
};

TEST_CASE("order at one instant: class, then source process, then source sequence") {
  Simulation simulation;
  auto& first = simulation.emplace<Caller>("first");
  auto& second_source = simulation.emplace<Caller>("second");
  auto& receiver = simulation.emplace<Caller>("receiver");
  second_source.out = simulation.connect(1, 2, Duration{});
  first.out = simulation.connect(0, 2, Duration{});
  first.sends = second_source.sends = true;
  REQUIRE(simulation.run(until(second)).ok());
  CHECK(receiver.kinds == std::vector<std::uint32_t>{5, 1, 10, 20, 11, 21, 3, 4});
}

TEST_CASE("the order of events is stated by instant first") {
  const auto at = [](std::int64_t ns, EventClass event_class, ProcessId source,
                     std::uint64_t sequence) {
    return Event{Instant{ns}, event_order(event_class, source, sequence), 0, 0, 0};
  };
  const Event in_order[] = {at(-1, EventClass::observe, 9, 9), at(0, EventClass::control, 9, 9),
                            at(0, EventClass::arrival, 0, 9),  at(0, EventClass::arrival, 1, 0),
                            at(0, EventClass::arrival, 1, 1),  at(1, EventClass::control, 0, 0)};
  for (const Event& x : in_order)
    for (const Event& y : in_order) CHECK(earlier(x, y) == (&x < &y));
  CHECK(in_order[3].source() == 1);
  CHECK(in_order[4].sequence() == 1);
  CHECK(in_order[0].event_class() == EventClass::observe);
}

// Sends a message on every channel in turn at the instant itself: delays of nothing.
class Relay final : public Process {
 public:
  explicit Relay(bool begins) : begins_(begins) {}
  void start(Context& context) override {
    if (begins_) context.schedule(Instant{7}, 0);
  }
  void handle(Context& context, const Event&) override {
    seen_at = context.now();
    for (const ChannelId channel : out) context.send(channel, context.now(), 0);
  }
  std::vector<ChannelId> out;
  Instant seen_at = Instant::never();

 private:
  bool begins_;
};

TEST_CASE("a chain of channels without delay is passed within one instant and one window") {
  Simulation simulation;
  std::vector<Relay*> relays;
  for (ProcessId i = 0; i < 5; ++i)
    relays.push_back(&simulation.emplace<Relay>("relay-" + std::to_string(i), i == 4));
  for (ProcessId i = 4; i > 0; --i)
    relays[i]->out.push_back(simulation.connect(i, i - 1, Duration{}));
  const Result<Outcome> outcome = simulation.run(until(second));
  CHECK(relays[0]->seen_at == Instant{7});
  CHECK(outcome.value().windows == 1);
}

TEST_CASE("a stop request ends the run before the next window") {
  Match match(millisecond);
  std::atomic<bool> stop{false};
  RunOptions options = until(second);
  options.stop = &stop;
  options.progress_every = 1;
  std::vector<Progress> seen;
  options.progress = [&](const Progress& progress) {
    seen.push_back(progress);
    stop = progress.windows == 10;
  };
  const Result<Outcome> outcome = match.simulation.run(options);
  CHECK(outcome.value().stopped);
  CHECK(outcome.value().windows == 11);
  CHECK(outcome.value().reached < Instant{} + second);
  CHECK(seen.size() == 12);
  CHECK(match.a.finished_at == outcome.value().reached);
}

}  // namespace
}  // namespace springtide::sim
