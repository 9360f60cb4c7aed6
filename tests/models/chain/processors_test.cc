// Services whose processors are shared by all inside, or taken by who is more urgent.
#include <doctest/doctest.h>

#include "tests/models/chain/small_plans.h"

namespace springtide::models::chain {
namespace {

using Kind = IncidentPlan::Kind;

// "serve" calls "station", evenly spaced.
struct OneStation : PlanBuilder {
  std::uint32_t station, root, call;
  OneStation(spec::Discipline discipline, double rate, Distribution time, std::int64_t workers = 1)
      : PlanBuilder(second * 10),
        station(service("station", std::move(time), workers)),
        root(PlanBuilder::root("serve")),
        call(PlanBuilder::call(root, station)) {
    plan.services[station].discipline = discipline;
    plan.services[station].holds_worker = false;
    client("crowd", root, spec::ConstantPlan{steady(rate)});
  }
  void incident(Kind kind, Instant begin, Instant end, double factor = 1) {
    IncidentPlan& made = plan.incidents.emplace_back();
    made.kind = kind;
    made.begin = begin;
    made.end = end;
    made.factor = factor;
    made.machines = {{station, 0, 0, 1}};
  }
};

std::int64_t latency(const measure::Record& record, bool longest) {
  const auto& distribution = record.distributions.at("serve.latency");
  return longest ? *distribution.max() : *distribution.min();
}

// Requests at 0, 600, 1200, ... ms; each needs 500 ms, but 1 s while the machine is slow.
TEST_CASE("shared processors and urgent ones go on slowly while their machine is slow") {
  for (const auto discipline :
       {spec::Discipline::processor_sharing, spec::Discipline::preemptive_priority}) {
    OneStation chain(discipline, 1 / 0.6, constant(millisecond * 500), 4);
    chain.incident(Kind::slow, Instant{} + second * 3 + millisecond * 250, Instant{} + second * 20,
                   2);
    const measure::Record record = run(chain.plan);
    CHECK(latency(record, false) == doctest::Approx(500e6).epsilon(1e-8));
    CHECK(latency(record, true) == doctest::Approx(1000e6).epsilon(1e-8));
    // that of 3 s has half of its work done when the machine becomes slow
    const auto at_750 = record.distributions.at("serve.latency").quantile(0.32);
    CHECK(*at_750 == doctest::Approx(750e6).epsilon(0.01));
  }
}

TEST_CASE("nothing goes on while a machine with shared or urgent processors stands still") {
  for (const auto discipline :
       {spec::Discipline::processor_sharing, spec::Discipline::preemptive_priority}) {
    OneStation chain(discipline, 0.1, constant(millisecond * 500));
    chain.incident(Kind::standstill, Instant{} + millisecond * 100, Instant{} + second * 7);
    CHECK(latency(run(chain.plan), true) == doctest::Approx(7400e6).epsilon(1e-8));
  }
}

TEST_CASE("who is inside shared or urgent processors fails when their machine is lost") {
  for (const auto discipline :
       {spec::Discipline::processor_sharing, spec::Discipline::preemptive_priority}) {
    OneStation chain(discipline, 10, constant(millisecond * 150), 2);
    chain.incident(Kind::loss, Instant{} + second * 5 + millisecond * 50, Instant{} + second * 6);
    const measure::Record record = run(chain.plan);
    const measure::Ledger& ledger = record.ledgers.at("serve");
    CHECK(ledger.answered + ledger.dropped == 100);
    CHECK(sum_of(record, "serve.failed", 5, 6) == static_cast<double>(ledger.dropped));
    CHECK(ledger.dropped == 11);  // who came at 5.0 s and is inside, and who comes until 6.0 s
    CHECK(sum_of(record, "serve.answered", 6, 12) == 39);
  }
}

TEST_CASE("a full station with shared processors refuses, and who is inside counts as waiting") {
  OneStation chain(spec::Discipline::processor_sharing, 20, constant(millisecond * 100));
  chain.plan.services[chain.station].queue_limit = 3;
  const measure::Record record = run(chain.plan);
  CHECK(record.ledgers.at("serve").refused > 90);
  CHECK(latency(record, true) <= 400'000'000);
  CHECK(figure(record, "station.queue.mean").value > 2);
  CHECK(figure(record, "station.queue.mean").value <= 3);
  CHECK(figure(record, "station.utilisation").value > 0.99);
}

TEST_CASE("a task at work on its own calls takes no part in shared processors") {
  OneStation chain(spec::Discipline::processor_sharing, 20, constant(millisecond * 10));
  const auto store = chain.service("store", constant(millisecond * 300), 100);
  chain.calls(chain.call, {store});
  const measure::Record record = run(chain.plan);
  CHECK(latency(record, true) == 310'000'000);
  CHECK(figure(record, "station.utilisation").value == doctest::Approx(0.2).epsilon(0.01));
}

TEST_CASE("work of urgent processors whose deadline passes while it waits is not begun") {
  OneStation chain(spec::Discipline::preemptive_priority, 40, constant(millisecond * 50));
  chain.plan.steps[chain.call].carries_deadline = true;
  chain.plan.clients[0].deadline = millisecond * 200;
  const measure::Record record = run(chain.plan);
  CHECK(cell(record, "services", "station", "expired") > 150);
  CHECK(latency(record, true) <= 250'000'000);
  CHECK(record.ledgers.at("serve").timed_out == cell(record, "services", "station", "expired"));
}

// The factors of ten machines: each constant, all different, within the spread.
TEST_CASE("machines differ by the speed that was drawn for each, for every service alike") {
  PlanBuilder chain(second * 10);
  const auto root = chain.root("serve");
  std::vector<std::uint32_t> both;
  NodePlan& shared = chain.plan.nodes.emplace_back();
  shared.name = "shared";
  shared.machines = {10};
  for (const char* name : {"one", "other"}) {
    both.push_back(chain.service(name, constant(millisecond * 10), 5, 10));
    chain.plan.services.back().node = 0;
    chain.plan.services.back().speed_spread = 0.5;
    chain.plan.services.back().balancing = policy::Balancing::round_robin;
  }
  chain.calls(root, both);
  chain.client("crowd", root, spec::ConstantPlan{steady(10)});
  const measure::Record record = run(chain.plan);
  const auto& one = record.distributions.at("one.latency");
  CHECK(*one.min() > 5'000'000);
  CHECK(*one.max() < 15'000'000);
  CHECK(*one.max() > *one.min() + 3'000'000);
  CHECK(one == record.distributions.at("other.latency"));
}

}  // namespace
}  // namespace springtide::models::chain
