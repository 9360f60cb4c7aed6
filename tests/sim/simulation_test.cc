#include "sim/simulation.h"

#include <doctest/doctest.h>

namespace springtide::sim {
namespace {

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
  ChannelId out = 0;
  int hits = 0;

 private:
  bool serves_;
  Duration flight_;
};

TEST_CASE("two processes with a feedback channel exchange messages at their delays") {
  for (const int threads : {1, 2, 4}) {
    Simulation simulation;
    Player& a = simulation.emplace<Player>("a", true, millisecond);
    Player& b = simulation.emplace<Player>("b", false, millisecond);
    a.out = simulation.connect(0, 1, millisecond);
    b.out = simulation.connect(1, 0, millisecond, Flow::feedback);
    RunOptions options;
    options.until = Instant{} + second;
    options.threads = threads;
    const Result<Outcome> outcome = simulation.run(options);
    REQUIRE(outcome.ok());
    CHECK(a.hits == 500);
    CHECK(b.hits == 500);
    CHECK(outcome.value().events == 1000);
    CHECK(outcome.value().reached == options.until);
  }
}

TEST_CASE("a cycle without a feedback channel is told with the names of its processes") {
  Simulation simulation;
  simulation.emplace<Player>("a", true, millisecond);
  simulation.emplace<Player>("b", false, millisecond);
  simulation.connect(0, 1, millisecond);
  simulation.connect(1, 0, millisecond);
  const Result<Outcome> outcome = simulation.run({.until = Instant{} + second});
  REQUIRE_FALSE(outcome.ok());
  CHECK(to_string(outcome.problems()).find("'a' -> 'b' -> 'a'") != std::string::npos);
}

}  // namespace
}  // namespace springtide::sim
