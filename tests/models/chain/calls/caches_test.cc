// Caches in front of calls: what they keep off a service, and what happens when an entry ages.
#include <doctest/doctest.h>

#include "tests/models/chain/small_plans.h"

namespace springtide::models::chain {
namespace {

// 400 calls a second for one key that ages every five seconds, before a service that takes 200 ms
// for a call and can do 50 a second.
PlanBuilder one_popular_key(bool coalesce) {
  PlanBuilder chain(second * 60);
  const auto store = chain.service("store", constant(millisecond * 200), 10);
  chain.plan.services[store].queue_limit = 20;
  const auto root = chain.root("view");
  const auto call = chain.call(root, store);
  CachePlan& cache = chain.plan.caches.emplace_back();
  cache.name = "lists";
  cache.keys = cache.size = 1;
  cache.ttl = second * 5;
  cache.coalesce = coalesce;
  cache.time = constant(millisecond);
  chain.plan.steps[call].cache = 0;
  chain.client("crowd", root, spec::PoissonPlan{steady(400)});
  return chain;
}

TEST_CASE("when a popular entry ages everybody fetches it at once, unless one fetches for all") {
  const measure::Record stampede = run(one_popular_key(false).plan);
  CHECK(stampede.ledgers.at("view").refused > 400);
  CHECK(cell(stampede, "services", "store", "arrived") > 700);

  const measure::Record coalesced = run(one_popular_key(true).plan);
  CHECK(coalesced.ledgers.at("view").refused == 0);
  CHECK(coalesced.ledgers.at("view").in_flight == 0);
  CHECK(cell(coalesced, "services", "store", "arrived") <= 13);
  CHECK(figure(coalesced, "cache.lists.coalesced").value > 700);
}

TEST_CASE("who waited for a fetch that ends badly ends badly, and the next asks again") {
  PlanBuilder chain = one_popular_key(true);
  chain.plan.steps[1].timeout = chain.lane(millisecond * 100);
  const measure::Record record = run(chain.plan);
  CHECK(record.ledgers.at("view").timed_out == record.ledgers.at("view").offered);
  CHECK(cell(record, "services", "store", "arrived") > 500);
}

TEST_CASE("the hits of a cache of the most popular keys are their share of the popularity") {
  PlanBuilder chain(second * 100);
  const auto store = chain.service("store", constant(millisecond), 10);
  const auto root = chain.root("view");
  const auto call = chain.call(root, store);
  CachePlan& cache = chain.plan.caches.emplace_back();
  cache.name = "lists";
  cache.hit_ratio = 0.75;
  chain.plan.steps[call].cache = 0;
  chain.client("crowd", root, spec::PoissonPlan{steady(400)});
  CHECK(figure(run(chain.plan), "cache.lists.hit-ratio").value ==
        doctest::Approx(0.75).epsilon(0.01));
  CachePlan& keyed = chain.plan.caches[0];
  keyed.hit_ratio.reset();
  keyed.keys = keyed.size = 100;
  keyed.preloaded = true;
  CHECK(figure(run(chain.plan), "cache.lists.hit-ratio").value == 1);
  keyed.size = 1;  // one entry: a hit is asking for the key that was asked last
  keyed.popularity = 0;
  keyed.preloaded = false;
  CHECK(figure(run(chain.plan), "cache.lists.hit-ratio").value ==
        doctest::Approx(0.01).epsilon(0.15));
}

}  // namespace
}  // namespace springtide::models::chain
