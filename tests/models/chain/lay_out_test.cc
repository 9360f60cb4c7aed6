// From scenarios to runs: which world runs a scenario, and what a layout makes of its words.
#include <doctest/doctest.h>

#include "tests/models/chain/small_scenarios.h"

namespace springtide::models::chain {
namespace {

TEST_CASE("calls within calls, repeated, in groups and in sequence take the time that they must") {
  spec::Scenario scenario = two_services();
  spec::Call twice = call("store"), group;
  twice.repeat = 2;
  group.parallel = true;
  group.calls = {twice, call("store")};
  scenario.operations["view"].calls = {call("web", {group, call("store")}), call("store")};
  const measure::Record record = run(scenario);
  // 1 (web) + 2 x 3 (the slower of the group) + 3 (after it) + 3 (after web)
  CHECK(record.distributions.at("view.latency").min() == 13'000'000);
  CHECK(record.distributions.at("view.latency").max() == 13'000'000);
  CHECK(cell(record, "services", "store", "arrived") == 5 * 200);
}

TEST_CASE("a link's delay counts both ways, and what it loses is lost until somebody times out") {
  spec::Scenario scenario = two_services();
  scenario.operations["view"].calls = {call("web", {call("store")})};
  scenario.links["inside"].from = "web";
  scenario.links["inside"].to = "store-node";
  scenario.links["inside"].delay = constant(millisecond * 5);
  CHECK(run(scenario).distributions.at("view.latency").max() == 14'000'000);
  scenario.links["inside"].loss = Probability{0.5};
  scenario.operations["view"].calls[0].calls[0].timeout = millisecond * 100;
  const measure::Ledger ledger = run(scenario).ledgers.at("view");
  CHECK(ledger.timed_out > 200 * 0.75 - 25);  // the call or its answer is lost
  CHECK(ledger.timed_out < 200 * 0.75 + 25);
}

TEST_CASE("utilisations stand site by site, so that a site is a group of rows") {
  spec::Scenario scenario = two_sites();
  scenario.nodes["store-node"].sites = {{"north", 1}, {"south", 1}};
  const measure::Record record = run(scenario);
  REQUIRE(record.grids.size() == 1);
  CHECK(record.grids[0].rows ==
        std::vector<std::string>{"north/store", "north/web", "south/store", "south/web"});
}

TEST_CASE("a call to another site takes the way there and back; without one nothing changes") {
  const measure::Record record = run(two_sites());
  const auto& latency = record.distributions.at("view.latency");
  CHECK(*latency.quantile(0.3) < 3'000'000);
  CHECK(*latency.quantile(0.7) > 10'000'000);
  CHECK(cell(record, "services", "store.north", "arrived") > 9'000);
  CHECK(cell(record, "services", "web.south", "arrived") > 4'500);
}

TEST_CASE("one, two and four threads give the same record of several sites") {
  const measure::Record one = run(two_sites());
  for (const unsigned threads : {2u, 4u}) {
    const measure::Record more = run(two_sites(), threads);
    CHECK(more.fingerprint == one.fingerprint);
    CHECK(more.distributions == one.distributions);
    CHECK(more.ledgers == one.ledgers);
    CHECK(more.tables == one.tables);
  }
}

TEST_CASE("a funnel is clicks, and a click is its requests, met on average") {
  spec::Scenario scenario = two_services();
  scenario.duration = second * 200;
  spec::FunnelPlan funnel;
  funnel.exposures[Duration{}] = spec::Uncertain<Rate>::exactly({100});
  funnel.clicks = spec::Uncertain<Probability>::exactly({0.2});
  funnel.dynamic = spec::Uncertain<double>::exactly(2.5);
  funnel.static_requests = spec::Uncertain<double>::exactly(3);
  funnel.static_asks = "picture";
  funnel.between = constant(second);
  scenario.clients["crowd"].plan = funnel;
  scenario.operations["picture"].calls = {call("store")};
  const measure::Record record = run(scenario);
  CHECK(static_cast<double>(record.ledgers.at("view").offered) ==
        doctest::Approx(20 * 2.5 * 200).epsilon(0.05));
  CHECK(static_cast<double>(record.ledgers.at("picture").offered) ==
        doctest::Approx(20 * 3 * 200).epsilon(0.05));
}

TEST_CASE("clients ask several operations by their shares") {
  spec::Scenario scenario = two_services();
  scenario.clients["crowd"].plan = spec::PoissonPlan{steady(500)};
  scenario.clients["crowd"].asks.clear();
  scenario.clients["crowd"].asks_shares = {{"buy", {0.1}}, {"view", {0.9}}};
  scenario.operations["buy"].calls = {call("store")};
  const measure::Record record = run(scenario);
  CHECK(static_cast<double>(record.ledgers.at("buy").offered) ==
        doctest::Approx(1000).epsilon(0.1));
  CHECK(static_cast<double>(record.ledgers.at("view").offered) ==
        doctest::Approx(9000).epsilon(0.03));
}

TEST_CASE("users give up when their patience is over, and come again") {
  spec::Scenario scenario = two_services();
  spec::Clients& crowd = scenario.clients["crowd"];
  time_of(scenario, "web") = constant(millisecond * 300);
  for (const Distribution& patience :
       {constant(millisecond * 200), Distribution(Uniform{millisecond * 199, millisecond * 201})}) {
    crowd.patience = patience;
    crowd.retries.attempts = 3;
    crowd.retries.back_off = constant(millisecond * 10);
    const measure::Record record = run(scenario);
    CHECK(record.ledgers.at("view").timed_out == 200);
    CHECK(cell(record, "services", "web", "arrived") == 600);
  }
}

TEST_CASE("what a chain does not run is told, every word of it") {
  spec::Scenario scenario = two_services();
  scenario.operations["view"].calls = {call("wed")};
  scenario.clients["crowd"].asks = "vew";
  scenario.nodes["web-node"].workers = 0;
  auto& web = std::get<spec::Station>(scenario.services["web"].kind);
  web.discipline = spec::Discipline::processor_sharing;
  web.shed.emplace().delay = millisecond;
  const std::string told = problems(scenario);
  for (const char* part :
       {"no service 'wed'", "no operation 'vew'", "needs a worker", "nobody stands first"})
    CHECK_MESSAGE(told.find(part) != std::string::npos, told);
}

TEST_CASE("the record of a run that has not begun has every name of the run's own") {
  const spec::Scenario scenario = two_sites();
  const auto empty = empty_chain_record(scenario);
  REQUIRE(empty.ok());
  const measure::Record record = run(scenario);
  REQUIRE(empty.value().series.size() == record.series.size());
  for (std::size_t i = 0; i < record.series.size(); ++i)
    CHECK(empty.value().series[i].name == record.series[i].name);
  REQUIRE(empty.value().figures.size() == record.figures.size());
  for (std::size_t i = 0; i < record.figures.size(); ++i)
    CHECK(empty.value().figures[i].name == record.figures[i].name);
  CHECK(empty.value().distributions.size() == record.distributions.size());
}

}  // namespace
}  // namespace springtide::models::chain
