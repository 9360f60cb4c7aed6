// Time-outs and retries: what they cost, the collapse that they cause, and what prevents it.
#include <doctest/doctest.h>

#include "tests/models/chain/small_plans.h"

namespace springtide::models::chain {
namespace {

// Capacity 20/s, queue 256, 750 ms of patience, three attempts; 8/s, but 40/s from second 20 to 30.
PlanBuilder overloaded_for_a_moment() {
  PlanBuilder chain(second * 120);
  const auto station = chain.service("station", exponential(millisecond * 50));
  chain.plan.services[station].queue_limit = 256;
  const auto root = chain.root("serve");
  const auto call = chain.call(root, station);
  chain.plan.steps[call].timeout = chain.lane(millisecond * 750);
  CallRules& rules = chain.rules(call);
  rules.attempts = 3;
  rules.back_off.first = constant(millisecond * 100);
  spec::RateSteps rate{{Duration{}, Rate{8}}, {second * 20, Rate{40}}, {second * 30, Rate{8}}};
  chain.client("crowd", root, spec::PoissonPlan{rate}).deadline = second * 3;
  return chain;
}

double good_share(const measure::Record& record, std::size_t from, std::size_t to) {
  return sum_of(record, "serve.goodput", from, to) / sum_of(record, "serve.requests", from, to);
}

TEST_CASE("retries keep a station down long after the burst that filled its queue") {
  const measure::Record record = run(overloaded_for_a_moment().plan);
  CHECK(good_share(record, 0, 20) > 0.95);
  CHECK(good_share(record, 60, 120) < 0.05);  // 8/s x 3 attempts > 20/s: it never recovers
  CHECK(figure(record, "station.utilisation").value > 0.75);
  CHECK(sum_of(record, "station.arrivals", 60, 120) >
        2.5 * sum_of(record, "serve.requests", 60, 120));
}

TEST_CASE("with a retry budget it is clear 30 s after the burst") {
  PlanBuilder chain = overloaded_for_a_moment();
  chain.plan.rules[0].budget = CallRules::Budget{0.1, 0};
  const measure::Record record = run(chain.plan);
  CHECK(good_share(record, 60, 120) > 0.95);
  CHECK(cell(record, "calls", "serve/station", "not retried") > 200);
}

TEST_CASE("without retries the burst alone does no lasting harm") {
  PlanBuilder chain = overloaded_for_a_moment();
  chain.plan.rules[0].attempts = 1;
  CHECK(good_share(run(chain.plan), 60, 120) > 0.95);
}

// A service that always takes 100 ms, asked once a second.
PlanBuilder slow_service(Duration timeout) {
  PlanBuilder chain(second * 10);
  const auto station = chain.service("station", constant(millisecond * 100));
  const auto root = chain.root("serve");
  const auto call = chain.call(root, station);
  chain.plan.steps[call].timeout = chain.lane(timeout);
  chain.client("crowd", root, spec::ConstantPlan{steady(1)});
  return chain;
}

TEST_CASE("an answer in time is an answer; one that comes late finds nobody, but was worked for") {
  CHECK(run(slow_service(millisecond * 101).plan).ledgers.at("serve").answered == 10);
  const measure::Record late = run(slow_service(millisecond * 99).plan);
  CHECK(late.ledgers.at("serve").timed_out == 10);
  CHECK(cell(late, "services", "station", "answered") == 10);
  CHECK(figure(late, "station.utilisation").value == doctest::Approx(0.1));
}

TEST_CASE("back-off grows between attempts, and every attempt is made") {
  PlanBuilder chain = slow_service(millisecond * 50);
  CallRules& rules = chain.rules(1);
  rules.attempts = 4;
  rules.back_off = {constant(second), 2, 0};
  chain.plan.clients[0].plan = spec::ConstantPlan{{{Duration{}, Rate{1}}, {second, Rate{0}}}};
  const measure::Record record = run(chain.plan);
  // attempts 0, 1.05, 3.1 and 7.15 s after the first
  CHECK(cell(record, "calls", "serve/station", "attempts") == 4);
  CHECK(cell(record, "calls", "serve/station", "retries") == 3);
  CHECK(cell(record, "services", "station", "answered") == 4);
  for (const int second_of_attempt : {0, 1, 3, 7}) {
    CAPTURE(second_of_attempt);
    CHECK(sum_of(record, "station.arrivals", second_of_attempt, second_of_attempt + 1) == 1);
  }
  CHECK(record.ledgers.at("serve").timed_out == 1);
}

}  // namespace
}  // namespace springtide::models::chain
