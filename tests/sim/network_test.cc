// Random networks of processes: every message arrives once, at its instant, in the total order,
// whatever the number of threads; and a replay finds the first difference.
#include <algorithm>
#include <cstdio>
#include <string>
#include <unistd.h>
#include <vector>

#include <doctest/doctest.h>

#include "base/random.h"
#include "sim/simulation.h"

namespace springtide::sim {
namespace {

// Handles an event, then schedules and sends more, so that about as many come as go.
class Station final : public InlinedProcess<Station> {
 public:
  Station(std::uint64_t seed, std::uint64_t number) : stream_(seed, "station", number) {}

  void start(Context& context) override {
    for (int i = 0; i < 20; ++i) again(context);
  }
  void handle(Context& context, const Event& event) override {
    handled.push_back(event);
    if (handled.size() == mistake_at) again(context);
    if (event.event_class() == EventClass::internal) again(context);
    if (outgoing.empty() || stream_.below(2) == 0) return;
    const auto& [channel, delay] = outgoing[stream_.below(outgoing.size())];
    const bool constant = channel % 2 == 0;  // else the messages overtake each other
    const Duration more{constant ? 0 : static_cast<std::int64_t>(stream_.below(300'000))};
    context.send(channel, context.now() + delay + more, 2);
    ++sent;
  }

  std::vector<std::pair<ChannelId, Duration>> outgoing;
  std::vector<Event> handled;
  std::uint64_t sent = 0;
  std::size_t mistake_at = 0;

 private:
  void again(Context& context) {
    context.schedule(context.now() + Duration{static_cast<std::int64_t>(stream_.below(2'000'000))},
                     1);
  }
  Stream stream_;
};

struct Network {
  explicit Network(std::uint64_t seed, ProcessId count = 12) {
    Stream stream(seed, "network");
    for (ProcessId i = 0; i < count; ++i)
      stations.push_back(&simulation.emplace<Station>("station-" + std::to_string(i), seed, i));
    for (int i = 0; i < 40; ++i) {
      const auto from = static_cast<ProcessId>(stream.below(count));
      const auto to = static_cast<ProcessId>(stream.below(count));
      const bool back = to <= from;
      const Duration delay{static_cast<std::int64_t>(back ? 100'000 + stream.below(100'000)
                                                          : stream.below(3) * 50'000)};
      const ChannelId channel =
          simulation.connect(from, to, delay, back ? Flow::feedback : Flow::forward);
      stations[from]->outgoing.emplace_back(channel, delay);
    }
  }
  Outcome run(int threads, Duration length = millisecond * 60, ReplayLog* record = nullptr,
              const ReplayLog* replay = nullptr) {
    RunOptions options;
    options.until = Instant{} + length;
    options.threads = threads;
    options.spread_from = 0;  // small as the stages are
    options.record = record;
    options.replay = replay;
    Result<Outcome> outcome = simulation.run(options);
    REQUIRE(outcome.ok());
    return outcome.value();
  }
  Simulation simulation;
  std::vector<Station*> stations;
};

bool same(const Event& x, const Event& y) {
  return x.at == y.at && x.order == y.order && x.kind == y.kind;
}

TEST_CASE("every process handles its events in the total order, each once") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Network network(seed);
    network.run(1);
    for (const Station* station : network.stations) {
      CHECK(station->handled.size() > 100);
      CHECK(std::is_sorted(station->handled.begin(), station->handled.end(), earlier));
      CHECK(std::adjacent_find(station->handled.begin(), station->handled.end(), same) ==
            station->handled.end());
    }
  }
}

TEST_CASE("every message arrives, none before its instant") {
  Network network(3);
  const Outcome outcome = network.run(1, second);  // messages arrive within 0.5 ms
  std::uint64_t sent = 0, arrived = 0;
  for (const Station* station : network.stations) {
    sent += station->sent;
    for (const Event& event : station->handled)
      arrived += event.event_class() == EventClass::arrival;
  }
  CHECK(arrived <= sent);
  CHECK(sent - arrived < 200);  // on their way when the run ended
  CHECK(outcome.events > 100'000);
}

TEST_CASE("any number of threads gives the same events and the same fingerprint") {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    Network one(seed);
    const Outcome expected = one.run(1);
    for (const int threads : {2, 4}) {
      Network many(seed);
      const Outcome outcome = many.run(threads);
      CHECK(outcome.fingerprint == expected.fingerprint);
      CHECK(outcome.windows == expected.windows);
      for (std::size_t i = 0; i < one.stations.size(); ++i)
        CHECK(std::equal(one.stations[i]->handled.begin(), one.stations[i]->handled.end(),
                         many.stations[i]->handled.begin(), many.stations[i]->handled.end(), same));
    }
  }
}

TEST_CASE("the fingerprint of a network is the same on every machine") {
  CHECK(Network(1).run(1).fingerprint_text() == "675ffbba20335909");
}

TEST_CASE("a changed seed changes the fingerprint") {
  CHECK(Network(1).run(1).fingerprint != Network(2).run(1).fingerprint);
}

TEST_CASE("a replay of the same run finds no difference, also through a file") {
  ReplayLog log;
  const Outcome recorded = Network(1).run(1, millisecond * 60, &log);
  const std::string file = "/tmp/springtide-replay-" + std::to_string(getpid());
  REQUIRE_FALSE(log.save(file).has_value());
  const Result<ReplayLog> loaded = ReplayLog::load(file);
  std::remove(file.c_str());
  REQUIRE(loaded.ok());
  CHECK(loaded.value().entries == log.entries);
  const Outcome replayed = Network(1).run(2, millisecond * 60, nullptr, &loaded.value());
  CHECK_FALSE(replayed.divergence.has_value());
  CHECK(replayed.fingerprint == recorded.fingerprint);
}

TEST_CASE("a replay ends at the window, then at the event, in which a process first differs") {
  for (const bool every_event : {false, true}) {
    ReplayLog log;
    log.every_event = every_event;
    Network recorded(1);
    recorded.run(1, millisecond * 60, &log);
    Network replayed(1);
    replayed.stations[5]->mistake_at = 100;
    const Outcome outcome = replayed.run(1, millisecond * 60, nullptr, &log);
    REQUIRE(outcome.divergence.has_value());
    CHECK(outcome.stopped);
    CHECK(outcome.divergence->process == "station-5");
    const Instant mistake = recorded.stations[5]->handled[99].at;
    CHECK(outcome.divergence->from >= mistake - millisecond);
    CHECK(outcome.divergence->from <= mistake + millisecond * 2);
    if (every_event) CHECK(outcome.divergence->from <= recorded.stations[5]->handled[100].at);
  }
}

TEST_CASE("a file that is no replay log is told as such") {
  CHECK_FALSE(ReplayLog::load("/nonexistent/log").ok());
  CHECK_FALSE(ReplayLog::load("/dev/null").ok());
}

class Counter final : public Probe {
 public:
  void on_event(ProcessId, const Event&) override { ++events; }
  std::uint64_t events = 0;
};

TEST_CASE("a probe sees every event") {
  Network network(1);
  Counter counter;
  RunOptions options;
  options.until = Instant{} + millisecond * 10;
  options.probe = &counter;
  CHECK(network.simulation.run(options).value().events == counter.events);
}

}  // namespace
}  // namespace springtide::sim
