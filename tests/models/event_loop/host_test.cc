// A machine that shares its cores among processes: made-up programs whose answer is plain.
#include "models/event_loop/host.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace springtide::models::event_loop {
namespace {

// Each process does `work[p]` in pieces of 10 us, then sleeps for ever.
class Workload final : public sim::InlinedProcess<Workload> {
 public:
  Workload(const spec::EventLoop& costs, std::int64_t cores, std::vector<Duration> work)
      : host(costs, cores, 1, "machine", *this), left(std::move(work)), ended(left.size()) {}

  void start(sim::Context& context) override { host.start(context, left.size()); }
  void handle(sim::Context&, const sim::Event& event) override { host.handle(event); }

  Step begin(ProcessNumber p, Instant) {
    if (left[p].ns > 0) return Step::work(microsecond * 10);
    return Step::sleep();
  }
  void end(ProcessNumber p, Instant at) {
    left[p] -= microsecond * 10;
    if (left[p].ns == 0) ended[p] = at;
  }

  Host<Workload> host;
  std::vector<Duration> left;
  std::vector<Instant> ended;
};

spec::EventLoop free_of_charge() {
  spec::EventLoop costs;
  costs.slice = millisecond;
  costs.switch_cost = {};
  return costs;
}

std::vector<Instant> ends_of(const spec::EventLoop& costs, std::int64_t cores,
                             std::vector<Duration> work) {
  sim::Simulation simulation;
  auto& made = simulation.emplace<Workload>("machine", costs, cores, std::move(work));
  sim::RunOptions options;
  options.until = Instant{} + second;
  REQUIRE(simulation.run(options).ok());
  return made.ended;
}

TEST_CASE("as many processes as cores run side by side") {
  const auto ends = ends_of(free_of_charge(), 3, {millisecond * 10, millisecond * 20, millisecond});
  CHECK(ends[0] == Instant{(millisecond * 10).ns});
  CHECK(ends[1] == Instant{(millisecond * 20).ns});
  CHECK(ends[2] == Instant{millisecond.ns});
}

TEST_CASE("processes that share a core have equal parts of it, a slice at a time") {
  const auto ends = ends_of(free_of_charge(), 1, {millisecond * 10, millisecond * 10});
  CHECK(ends[0] == Instant{(millisecond * 19).ns});
  CHECK(ends[1] == Instant{(millisecond * 20).ns});
  const auto uneven = ends_of(free_of_charge(), 1, {millisecond * 30, millisecond * 5});
  CHECK(uneven[1] == Instant{(millisecond * 10).ns});
  CHECK(uneven[0] == Instant{(millisecond * 35).ns});
}

TEST_CASE("no core idles while a process waits, and every switch takes its time") {
  spec::EventLoop costs = free_of_charge();
  const auto three = ends_of(costs, 2, {millisecond * 10, millisecond * 10, millisecond * 10});
  for (const Instant end : three) CHECK(end <= Instant{(millisecond * 16).ns});
  CHECK(std::max(three[0], std::max(three[1], three[2])) >= Instant{(millisecond * 15).ns});
  costs.switch_cost = microsecond * 100;  // 19 switches of two that change places 19 times
  const auto two = ends_of(costs, 1, {millisecond * 10, millisecond * 10});
  CHECK(two[1] == Instant{(millisecond * 20 + microsecond * 1900).ns});
}

}  // namespace
}  // namespace springtide::models::event_loop
