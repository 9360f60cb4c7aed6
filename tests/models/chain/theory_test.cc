// A service chain against the textbook: single stations against the textbook world, sample by
// sample, and networks of stations against product forms.
#include <doctest/doctest.h>

#include "models/station/world.h"
#include "tests/models/chain/small_plans.h"
#include "theory/stations/markov.h"

namespace springtide::models::chain {
namespace {

spec::Scenario one_station(std::int64_t workers, std::int64_t queue) {
  spec::Scenario scenario;
  scenario.duration = second * 20;
  spec::Station station;
  station.time = exponential(millisecond);
  station.queue = queue;
  scenario.services["station"] = {"node", station};
  scenario.nodes["node"].workers = workers;
  scenario.operations["serve"].calls.push_back({"station"});
  scenario.clients["crowd"].plan = spec::PoissonPlan{steady(900.0 * static_cast<double>(workers))};
  scenario.clients["crowd"].asks = "serve";
  return scenario;
}

TEST_CASE("a single station gives what the textbook world gives, sample by sample") {
  for (const std::int64_t workers : {1, 3}) {
    const spec::Scenario textbook = one_station(workers, 12);
    const auto expected = station::run_station_world(textbook, {});
    REQUIRE(expected.ok());

    PlanBuilder chain(second * 20);
    const auto root = chain.root("serve");
    chain.call(root, chain.service("station", exponential(millisecond), workers));
    chain.plan.services[0].queue_limit = 12;
    chain.client("crowd", root, textbook.clients.at("crowd").plan);
    const measure::Record record = run(chain.plan);

    CHECK(record.distributions.at("serve.latency") ==
          expected.value().distributions.at("serve.latency"));
    CHECK(record.ledgers.at("serve") == expected.value().ledgers.at("serve"));
    CHECK(record.ledgers.at("serve").refused > 100);
    CHECK(series(record, "station.queue") == series(expected.value(), "station.queue"));
    CHECK(series(record, "station.busy") == series(expected.value(), "station.busy"));
  }
}

double response_seconds(double rate, double service_seconds, int workers) {
  return theory::MarkovStation::make(rate, 1 / service_seconds, workers)->means().mean_response;
}

// Jackson (Operations Research 5, 1957): in an open network of M/M/c queues each is as if alone. A
// service that does not hold its worker while it waits for others is such a queue.
TEST_CASE("an open network of calls within calls has Jackson's product form") {
  PlanBuilder chain(second * 400, second * 10);
  const auto web = chain.service("web", exponential(millisecond * 4), 3);
  const auto store = chain.service("store", exponential(millisecond * 2), 1);
  const auto ads = chain.service("ads", exponential(millisecond * 10), 2);
  for (ServicePlan& service : chain.plan.services) service.holds_worker = false;
  const auto root = chain.root("view");
  const auto page = chain.call(root, web);
  const auto own = chain.calls(page, {store, ads});
  chain.plan.steps[own[0]].repeat = 2;
  chain.plan.steps[own[1]].probability = 0.3;
  chain.client("crowd", root, spec::PoissonPlan{steady(200)});
  const measure::Record record = run(chain.plan);
  const double expected = response_seconds(200, 0.004, 3) + 2 * response_seconds(400, 0.002, 1) +
                          0.3 * response_seconds(60, 0.010, 2);
  const measure::Figure& mean = figure(record, "view.latency.mean");
  REQUIRE(mean.half_width);
  CHECK(*mean.half_width < 0.1 * mean.value);
  CHECK(std::abs(mean.value - expected * 1e3) < *mean.half_width);
  CHECK(std::abs(figure(record, "store.utilisation").value - 0.8) <
        *figure(record, "store.utilisation").half_width);
  CHECK(std::abs(figure(record, "ads.utilisation").value - 0.3) <
        *figure(record, "ads.utilisation").half_width);
}

// Erlang's loss system within another: a worker that waits for its call is busy all the while.
TEST_CASE("a worker that waits for its own call is busy while it waits") {
  PlanBuilder chain(second * 200);
  const auto web = chain.service("web", constant(millisecond), 50);
  const auto store = chain.service("store", constant(millisecond * 9), 50);
  const auto root = chain.root("view");
  chain.call(chain.call(root, web), store);
  chain.client("crowd", root, spec::ConstantPlan{steady(100)});
  const measure::Record holding = run(chain.plan);
  CHECK(figure(holding, "web.utilisation").value == doctest::Approx(100 * 0.010 / 50));
  chain.plan.services[web].holds_worker = false;
  CHECK(figure(run(chain.plan), "web.utilisation").value == doctest::Approx(100 * 0.001 / 50));
}

}  // namespace
}  // namespace springtide::models::chain
