// Hedges: a second attempt beside the first, and whichever answers well first counts.
#include <doctest/doctest.h>

#include "tests/models/chain/small_plans.h"

namespace springtide::models::chain {
namespace {

std::int64_t calls(const measure::Record& record, const char* column) {
  return cell(record, "calls", "serve/front", column);
}

// "serve" calls "front" with a hedge.
struct Hedged : PlanBuilder {
  std::uint32_t front, root, call;
  Hedged(Duration length, spec::Plan arrivals, Distribution time, Duration after,
         std::int64_t workers = 50)
      : PlanBuilder(length),
        front(service("front", std::move(time), workers)),
        root(PlanBuilder::root("serve")),
        call(PlanBuilder::call(root, front)) {
    client("crowd", root, std::move(arrivals));
    plan.steps[call].hedge = lane(after, Lane::Use::hedge);
  }
};

TEST_CASE("a hedge takes the tail off at the price of a few more calls") {
  // one call in 50 takes a second
  const Distribution time(Hyperexponential{0.98, millisecond * 5, second});
  Hedged chain(second * 100, spec::PoissonPlan{steady(50)}, time, millisecond * 50);
  chain.plan.services[chain.front].machines[0] = 4;
  const measure::Record with = run(chain.plan);
  chain.plan.steps[chain.call].hedge = none;
  const measure::Record without = run(chain.plan);
  const auto p99 = [](const measure::Record& record) {
    return *record.distributions.at("serve.latency").quantile(0.99);
  };
  CHECK(p99(without) > 300'000'000);
  CHECK(p99(with) < 120'000'000);
  CHECK(calls(with, "hedges") > 50);
  CHECK(calls(with, "hedges") < 200);
  CHECK(calls(with, "attempts") == calls(with, "begun") + calls(with, "hedges"));
}

// The second answer of each request comes 5 ms after the next request was made, in the place in
// memory that the first answer had set free.
TEST_CASE("when both answers of a hedged call arrive, the second is nobody's") {
  Hedged chain(second * 10, spec::ConstantPlan{{{Duration{}, Rate{1000.0 / 35}}}},
               constant(millisecond * 30), millisecond * 10);
  const measure::Record record = run(chain.plan);
  const measure::Ledger& ledger = record.ledgers.at("serve");
  CHECK(ledger.answered == ledger.offered);
  CHECK(cell(record, "services", "front", "answered") == 2 * ledger.offered);
  CHECK(calls(record, "answered") == ledger.offered);
  CHECK(record.distributions.at("serve.latency").min() == 30'000'000);
  CHECK(record.distributions.at("serve.latency").max() == 30'000'000);
}

// Front takes 10 ms and then asks the store, which serves one at a time and lets nobody wait. Some
// other work takes the store for the first `taken` of every 100 ms.
measure::Record with_the_store_taken(Duration taken) {
  const spec::ConstantPlan every_100_ms{steady(10)};
  Hedged chain(second * 10, every_100_ms, constant(millisecond * 10), millisecond * 5);
  const auto store = chain.service("store", constant(taken));
  chain.plan.services[store].queue_limit = 0;
  chain.calls(chain.call, {store});
  const auto other = chain.PlanBuilder::root("other");
  chain.calls(other, {store});
  chain.client("others", other, every_100_ms);
  return run(chain.plan);
}

TEST_CASE("a hedge still counts when the first attempt has been refused") {
  const measure::Record record = with_the_store_taken(millisecond * 12);
  CHECK(cell(record, "services", "store", "refused") == 100);
  CHECK(record.ledgers.at("serve").answered == 100);
  CHECK(record.distributions.at("serve.latency").max() == 27'000'000);  // 5 + 10 + 12 ms
}

TEST_CASE("a hedged call ends badly when both attempts have, and once") {
  const measure::Record record = with_the_store_taken(millisecond * 17);
  CHECK(cell(record, "services", "store", "refused") == 200);
  CHECK(record.ledgers.at("serve").refused == 100);
  CHECK(calls(record, "refused") == 100);
}

}  // namespace
}  // namespace springtide::models::chain
