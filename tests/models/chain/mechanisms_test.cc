// What each mechanism of a call and of a service does, one scenario each.
#include <tuple>

#include <doctest/doctest.h>

#include "tests/models/chain/small_plans.h"

namespace springtide::models::chain {
namespace {

// "serve" calls "station" at a steady rate.
struct OneCall : PlanBuilder {
  std::uint32_t station, root, call;
  OneCall(Duration length, double rate, Distribution time, std::int64_t workers = 1)
      : PlanBuilder(length),
        station(service("station", std::move(time), workers)),
        root(PlanBuilder::root("serve")),
        call(PlanBuilder::call(root, station)) {
    client("crowd", root, spec::PoissonPlan{steady(rate)});
  }
  Step& step() { return plan.steps[call]; }
  ServicePlan& its_service() { return plan.services[station]; }
};

std::int64_t calls(const measure::Record& record, const char* column) {
  return cell(record, "calls", "serve/station", column);
}

double mean_ms(const measure::Record& record, const std::string& operation = "serve") {
  return figure(record, operation + ".latency.mean").value;
}

TEST_CASE("a bounded queue refuses what it cannot serve soon, and keeps the rest quick") {
  OneCall chain(second * 60, 40, exponential(millisecond * 50));
  const measure::Record unbounded = run(chain.plan);
  chain.its_service().queue_limit = 4;
  const measure::Record bounded = run(chain.plan);
  CHECK(mean_ms(unbounded) > 5'000);
  CHECK(mean_ms(bounded) < 250);
  CHECK(bounded.ledgers.at("serve").refused > 1000);
  // what is carried stays near the capacity of 20/s
  CHECK(bounded.ledgers.at("serve").answered > 1050);
  CHECK(cell(bounded, "services", "station", "refused") == bounded.ledgers.at("serve").refused);
}

TEST_CASE("an open breaker refuses at once and lets the service come back by itself") {
  OneCall chain(second * 60, 40, exponential(millisecond * 50));
  chain.its_service().queue_limit = 100;
  chain.step().timeout = chain.lane(millisecond * 500);
  const measure::Record without = run(chain.plan);
  chain.rules(chain.call).breaker = policy::BreakerRule{0.5, 20, second * 5, second * 5, 3};
  const measure::Record with = run(chain.plan);
  CHECK(without.ledgers.at("serve").answered < 100);  // everybody waits 5 s for nothing
  CHECK(with.ledgers.at("serve").answered > 2 * without.ledgers.at("serve").answered);
  CHECK(calls(with, "broken") > 500);
  CHECK(calls(with, "breaker opened") >= 3);
}

TEST_CASE("a fallback answers in place of a call that ended badly, and says so") {
  OneCall chain(second * 60, 40, constant(millisecond * 50));
  chain.its_service().queue_limit = 4;
  chain.rules(chain.call).fallback = constant(millisecond * 3);
  const measure::Record record = run(chain.plan);
  const measure::Ledger& ledger = record.ledgers.at("serve");
  CHECK(ledger.answered == ledger.offered);
  CHECK(calls(record, "fallbacks") > 1000);
  CHECK(calls(record, "degraded") == calls(record, "fallbacks"));
  CHECK(sum_of(record, "serve.degraded", 0, 100) ==
        static_cast<double>(calls(record, "fallbacks")));
  CHECK(record.distributions.at("serve.latency").min() == 3'000'000);
}

TEST_CASE("a rate limit lets its rate through and refuses the rest, whatever is free behind it") {
  OneCall chain(second * 50, 300, constant(millisecond), 10);
  chain.its_service().rate_limit = RateLimit{100, 20};
  const measure::Record record = run(chain.plan);
  const measure::Ledger& ledger = record.ledgers.at("serve");
  CHECK(ledger.answered >= 4'990);
  CHECK(ledger.answered <= 100 * 50 + 20);
  CHECK(ledger.refused == ledger.offered - ledger.answered);
}

TEST_CASE(
    "work whose deadline has passed is not begun, so the worker is free for who still waits") {
  PlanBuilder chain(second * 60);
  const auto station = chain.service("station", constant(millisecond * 50));
  for (const auto& [name, rate, deadline] :
       {std::tuple{"hasty", 30.0, millisecond * 200}, std::tuple{"patient", 10.0, second * 10}}) {
    const auto root = chain.root(name);
    chain.call(root, station);
    chain.client(name, root, spec::PoissonPlan{steady(rate)}).deadline = deadline;
  }
  const measure::Record without = run(chain.plan);
  chain.plan.steps[1].carries_deadline = true;
  const measure::Record with = run(chain.plan);
  CHECK(sum_of(without, "patient.goodput", 40, 60) < 20);
  CHECK(sum_of(with, "patient.goodput", 40, 60) > 180);
  CHECK(cell(with, "services", "station", "expired") > 800);
  CHECK(with.ledgers.at("hasty").timed_out == cell(with, "services", "station", "expired"));
}

TEST_CASE("what comes after its deadline is turned away though a worker is free") {
  PlanBuilder chain(second * 10);
  const auto station = chain.service("station", constant(millisecond));
  const auto root = chain.root("serve");
  const auto call = chain.call(root, station);
  chain.plan.links.push_back({"wire", constant(millisecond * 60), 0});
  chain.plan.steps[call].link = 0;
  chain.plan.steps[call].carries_deadline = true;
  chain.client("crowd", root, spec::ConstantPlan{steady(10)}).deadline = millisecond * 50;
  const measure::Record record = run(chain.plan);
  CHECK(cell(record, "services", "station", "expired") == 100);
  CHECK(figure(record, "station.utilisation").value == 0);
}

TEST_CASE("no attempt is made after the deadline, though a retry was allowed before it") {
  PlanBuilder chain(second * 10);
  const auto station = chain.service("station", constant(millisecond * 200));
  const auto root = chain.root("serve");
  const auto call = chain.call(root, station);
  chain.plan.steps[call].timeout = chain.lane(millisecond * 50);
  chain.plan.steps[call].carries_deadline = true;
  CallRules& rules = chain.rules(call);
  rules.attempts = 2;
  rules.back_off = {constant(millisecond * 100), 1, 0};
  chain.client("crowd", root, spec::ConstantPlan{steady(1)}).deadline = millisecond * 120;
  const measure::Record record = run(chain.plan);
  CHECK(cell(record, "calls", "serve/station", "attempts") == 10);
  CHECK(record.ledgers.at("serve").timed_out == 10);
}

TEST_CASE("last come first served keeps some in time where first come serves nobody in time") {
  OneCall chain(second * 60, 40, constant(millisecond * 50));
  chain.plan.clients[0].deadline = second;
  CHECK(sum_of(run(chain.plan), "serve.goodput", 10, 60) < 50);
  chain.its_service().last_first = true;
  const measure::Record last = run(chain.plan);
  CHECK(sum_of(last, "serve.goodput", 10, 60) > 900);
}

// Light and heavy calls of one service.
PlanBuilder light_and_heavy() {
  PlanBuilder chain(second * 60);
  const auto shared = chain.service("shared", exponential(millisecond * 50), 10);
  const auto light = chain.root("light");
  chain.call(light, shared);
  chain.client("readers", light, spec::PoissonPlan{steady(20)});
  const auto heavy = chain.root("heavy");
  chain.call(heavy, shared);
  chain.client("writers", heavy, spec::PoissonPlan{steady(400)}).priority = 5;
  return chain;
}

TEST_CASE("a bulkhead keeps workers for light calls while heavy ones drown") {
  PlanBuilder chain = light_and_heavy();
  CHECK(mean_ms(run(chain.plan), "light") > 5'000);
  chain.plan.services[0].bulkheads = {{"light", 4}};
  chain.plan.steps[1].pool = 1;
  const measure::Record record = run(chain.plan);
  CHECK(mean_ms(record, "light") < 60);
  CHECK(mean_ms(record, "heavy") > 5'000);
}

TEST_CASE("by priority the lower number does not wait behind the higher") {
  PlanBuilder chain = light_and_heavy();
  chain.plan.services[0].discipline = spec::Discipline::priority;
  const measure::Record record = run(chain.plan);
  CHECK(mean_ms(record, "light") < 60);
  CHECK(mean_ms(record, "heavy") > 5'000);
}

TEST_CASE("shedding turns away calls of low priority while the queue is slow, and no others") {
  PlanBuilder chain = light_and_heavy();
  chain.plan.services[0].shed = Shed{1'000'000, millisecond * 200, 1};
  const measure::Record record = run(chain.plan);
  CHECK(record.ledgers.at("light").refused == 0);
  CHECK(record.ledgers.at("heavy").refused > 10'000);
  CHECK(mean_ms(record, "light") < 350);
}

TEST_CASE("a group of parallel calls takes as long as its slowest, and its worst outcome") {
  PlanBuilder chain(second * 10);
  const auto fast = chain.service("fast", constant(millisecond * 10), 100);
  const auto slow = chain.service("slow", constant(millisecond * 30), 100);
  const auto root = chain.root("view");
  const auto group = chain.call(root, none);
  chain.plan.steps[group].parallel = true;
  const auto both = chain.calls(group, {fast, slow});
  chain.client("crowd", root, spec::ConstantPlan{steady(10)});
  const measure::Record record = run(chain.plan);
  CHECK(record.distributions.at("view.latency").max() == 30'000'000);
  CHECK(record.distributions.at("view.latency").min() == 30'000'000);
  chain.plan.steps[both[1]].timeout = chain.lane(millisecond * 20);
  const measure::Record late = run(chain.plan);
  CHECK(late.ledgers.at("view").timed_out == 100);
  chain.plan.steps[both[1]].optional = true;
  const measure::Record optional = run(chain.plan);
  CHECK(optional.ledgers.at("view").answered == 100);
  CHECK(sum_of(optional, "view.degraded", 0, 12) == 0);  // as if it had not been made
}

TEST_CASE("a call in sequence that ends badly ends the sequence") {
  PlanBuilder chain(second * 10);
  const auto first = chain.service("first", constant(millisecond * 30));
  const auto second_one = chain.service("second", constant(millisecond));
  const auto root = chain.root("view");
  const auto both = chain.calls(root, {first, second_one});
  chain.plan.steps[both[0]].timeout = chain.lane(millisecond * 20);
  chain.client("crowd", root, spec::ConstantPlan{steady(10)});
  const measure::Record record = run(chain.plan);
  CHECK(record.ledgers.at("view").timed_out == 100);
  CHECK(cell(record, "services", "second", "arrived") == 0);
}

TEST_CASE("nobody waits for a one-way message, and its losses are its share") {
  OneCall chain(second * 100, 100, constant(millisecond * 400), 100);
  chain.step().one_way = true;
  chain.step().loss = 0.1;
  const measure::Record record = run(chain.plan);
  CHECK(record.distributions.at("serve.latency").max() == 0);
  const double share = static_cast<double>(cell(record, "services", "station", "arrived")) /
                       static_cast<double>(record.ledgers.at("serve").offered);
  CHECK(share == doctest::Approx(0.9).epsilon(0.01));
}

TEST_CASE("two choices wait less than one, and looking at all machines least") {
  std::vector<double> waits;
  for (const policy::Balancing kind : {policy::Balancing::random, policy::Balancing::two_choices,
                                       policy::Balancing::least_loaded}) {
    OneCall chain(second * 60, 450, exponential(millisecond * 20));
    chain.its_service().machines[0] = 10;
    chain.its_service().balancing = kind;
    waits.push_back(mean_ms(run(chain.plan)));
  }
  CHECK(waits[1] < 0.5 * waits[0]);
  CHECK(waits[2] < 0.9 * waits[1]);
}

}  // namespace
}  // namespace springtide::models::chain
