// A service chain against the textbook: single stations against the textbook world, sample by
// sample, and networks of stations against product forms.
#include <doctest/doctest.h>

#include "models/station/world.h"
#include "tests/models/chain/theory/agrees.h"
#include "theory/networks/closed.h"
#include "theory/networks/fork_join.h"
#include "theory/networks/open.h"
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

// Shared processors are compared without a limit: what the textbook world refuses makes it round
// attained service (2^-16 ns) once more.
void check_same_samples(std::int64_t workers, spec::Discipline discipline) {
  const bool shared = discipline == spec::Discipline::processor_sharing;
  const std::int64_t limit = shared ? 1'000'000 : 12;
  spec::Scenario textbook = one_station(workers, limit);
  std::get<spec::Station>(textbook.services.at("station").kind).discipline = discipline;
  const auto expected = station::run_station_world(textbook, {});
  REQUIRE(expected.ok());

  PlanBuilder chain(second * 20);
  const auto root = chain.root("serve");
  chain.call(root, chain.service("station", exponential(millisecond), workers));
  chain.plan.services[0].queue_limit = limit;
  chain.plan.services[0].discipline = discipline;
  chain.client("crowd", root, textbook.clients.at("crowd").plan);
  const measure::Record record = run(chain.plan);

  CHECK(record.distributions.at("serve.latency") ==
        expected.value().distributions.at("serve.latency"));
  CHECK(record.ledgers.at("serve") == expected.value().ledgers.at("serve"));
  CHECK((record.ledgers.at("serve").refused > 100) == !shared);
  CHECK(series(record, "station.queue") == series(expected.value(), "station.queue"));
  CHECK(series(record, "station.busy") == series(expected.value(), "station.busy"));
}

TEST_CASE("a single station gives what the textbook world gives, sample by sample") {
  for (const std::int64_t workers : {1, 3})
    for (const auto discipline :
         {spec::Discipline::fifo, spec::Discipline::priority, spec::Discipline::preemptive_priority,
          spec::Discipline::processor_sharing})
      check_same_samples(workers, discipline);
}

double response_seconds(double rate, double service_seconds, int workers) {
  return theory::MarkovStation::make(rate, 1 / service_seconds, workers)->means().mean_response;
}

void free_workers_while_calling(PlanBuilder& chain) {
  for (ServicePlan& service : chain.plan.services) service.holds_worker = false;
}

// Jackson (Operations Research 5, 1957): in an open network of M/M/c queues each is as if alone. A
// service that does not hold its worker while it waits for others is such a queue.
TEST_CASE("an open network of calls within calls has Jackson's product form") {
  PlanBuilder chain(second * 1500, second * 10);
  const auto web = chain.service("web", exponential(millisecond * 4), 3);
  const auto store = chain.service("store", exponential(millisecond * 2), 1);
  const auto ads = chain.service("ads", exponential(millisecond * 10), 2);
  free_workers_while_calling(chain);
  const auto root = chain.root("view");
  const auto page = chain.call(root, web);
  const auto own = chain.calls(page, {store, ads});
  chain.plan.steps[own[0]].repeat = 2;
  chain.plan.steps[own[1]].probability = 0.3;
  chain.client("crowd", root, spec::PoissonPlan{steady(200)});
  const measure::Record record = run(chain.plan);
  const double expected = response_seconds(200, 0.004, 3) + 2 * response_seconds(400, 0.002, 1) +
                          0.3 * response_seconds(60, 0.010, 2);
  check_agrees(record, "view.latency.mean", expected * 1e3, 0.05);
  check_agrees(record, "store.utilisation", 0.8);
  check_agrees(record, "ads.utilisation", 0.3);
}

// Two operations share services at two depths; the traffic equations give the load of each.
TEST_CASE("operations that share services: traffic equations and Jackson's means") {
  PlanBuilder chain(second * 300, second * 5);
  const auto web = chain.service("web", exponential(millisecond * 2), 2);
  const auto user = chain.service("user", exponential(millisecond * 4), 3);
  const auto store = chain.service("store", exponential(millisecond), 1);
  free_workers_while_calling(chain);
  const auto view = chain.root("view");
  const auto page = chain.call(view, web);
  const auto inner = chain.calls(page, {user, store});
  chain.plan.steps[inner[0]].probability = 0.5;
  chain.plan.steps[chain.call(inner[0], store)].repeat = 3;
  chain.client("readers", view, spec::PoissonPlan{steady(200)});
  const auto buy = chain.root("buy");
  chain.plan.steps[chain.call(chain.call(buy, web), user)].repeat = 2;
  chain.client("buyers", buy, spec::PoissonPlan{steady(100)});

  // view and buy stand for themselves, as if they were services that take no time
  const auto rates = *theory::traffic(
      {200, 100, 0, 0, 0},
      {{0, 0, 1, 0.5, 1}, {0, 0, 1, 2, 0}, {0, 0, 0, 0, 0}, {0, 0, 0, 0, 0}, {0, 0, 0, 0, 0}});
  const double of_web = rates[2], of_user = rates[3], of_store = rates[4] + 0.5 * 3 * 200;
  const measure::Record record = run(chain.plan);
  check_agrees(record, "web.utilisation", of_web * 0.002 / 2);
  check_agrees(record, "user.utilisation", of_user * 0.004 / 3);
  check_agrees(record, "store.utilisation", of_store * 0.001);
  const double at_web = response_seconds(of_web, 0.002, 2),
               at_user = response_seconds(of_user, 0.004, 3),
               at_store = response_seconds(of_store, 0.001, 1);
  check_agrees(record, "view.latency.mean",
               (at_web + 0.5 * (at_user + 3 * at_store) + at_store) * 1e3);
  check_agrees(record, "buy.latency.mean", (at_web + 2 * at_user) * 1e3);
}

// What leaves an M/M/c queue is a Poisson stream (Burke, Operations Research 4, 1956), so a web
// tier of that kind may stand before the fork.
PlanBuilder fork(double rate, std::uint32_t stations, Duration length) {
  PlanBuilder chain(length, second * 5);
  const auto web = chain.service("web", exponential(millisecond * 2), 3);
  std::vector<std::uint32_t> parts;
  for (std::uint32_t i = 0; i < stations; ++i)
    parts.push_back(chain.service("part-" + std::to_string(i), exponential(millisecond)));
  free_workers_while_calling(chain);
  const auto root = chain.root("view");
  const auto group = chain.call(chain.call(root, web), none);
  chain.plan.steps[group].parallel = true;
  chain.calls(group, parts);
  chain.client("crowd", root, spec::PoissonPlan{steady(rate)});
  return chain;
}

TEST_CASE("two parallel calls take as long as theory says of fork and join") {
  for (const double rate : {300.0, 600.0}) {
    CAPTURE(rate);
    const measure::Record record = run(fork(rate, 2, second * 700).plan);
    const double expected =
        response_seconds(rate, 0.002, 3) + theory::fork_join(rate, 1000, 2)->approximate;
    check_agrees(record, "view.latency.mean", expected * 1e3);
    const double waiting = theory::MarkovStation::make(rate, 1000)->means().mean_waiting;
    check_agrees(record, "part-1.queue.mean", waiting, 0.06);
  }
}

TEST_CASE("many parallel calls lie within the bounds of fork and join, near the approximation") {
  for (const std::uint32_t stations : {4u, 10u}) {
    CAPTURE(stations);
    const measure::Record record = run(fork(600, stations, second * 150).plan);
    const auto expected = *theory::fork_join(600, 1000, static_cast<int>(stations));
    const double took =
        figure(record, "view.latency.mean").value * 1e-3 - response_seconds(600, 0.002, 3);
    CHECK(took > expected.lower);
    CHECK(took < expected.upper);
    CHECK(took == doctest::Approx(expected.approximate).epsilon(0.05));
  }
}

// Users who think, ask, and wait: a fixed number goes round.
TEST_CASE("closed clients: mean value analysis and convolution") {
  for (const int workers : {1, 3}) {
    CAPTURE(workers);
    PlanBuilder chain(second * 400, second * 10);
    const auto web = chain.service("web", exponential(millisecond * 10 * workers), workers);
    const auto store = chain.service("store", exponential(millisecond * 4));
    free_workers_while_calling(chain);
    const auto root = chain.root("view");
    const auto own = chain.call(chain.call(root, web), store);
    chain.plan.steps[own].repeat = 2;
    chain.client("users", root, spec::ClosedPlan{20, exponential(millisecond * 150)});
    const auto expected =
        *theory::convolution({{0.150, 0}, {0.010 * workers, workers}, {0.008, 1}}, 20);
    if (workers == 1)
      REQUIRE(theory::mean_value_analysis({{0.150, 0}, {0.010, 1}, {0.008, 1}}, 20)->throughput ==
              doctest::Approx(expected.throughput));
    const measure::Record record = run(chain.plan);
    check_agrees(record, "view.goodput", expected.throughput);
    check_agrees(record, "view.latency.mean", expected.mean_response * 1e3, 0.04);
    check_agrees(record, "web.utilisation", expected.utilisation[1]);
    check_agrees(record, "store.utilisation", expected.utilisation[2]);
  }
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
