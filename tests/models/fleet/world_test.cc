// A small night as a whole: the same bytes for any number of threads, names known before, packets
// given away exactly once, a run that is stopped.
#include "models/fleet/world.h"

#include <atomic>
#include <map>
#include <string>

#include <doctest/doctest.h>

#include "measure/threshold.h"
#include "models/metrics.h"
#include "spec/scenario_reader.h"

namespace springtide::models {
namespace {

// Nine servers in three clusters, one of them of older machines; a wave of packets; more requests
// than one server may read; losses, a collector that runs often.
spec::Scenario small_night() {
  auto loaded = spec::load_scenario(
      {"scenarios/gala-2015/one-server.json",
       {},
       {"/duration=\"40s\"", "/warmup=\"0s\"", "/clients/viewers/population=90000",
        "/clients/viewers/phones/online=40000", "/services/access/overload-per-second=190",
        "/runtimes/access-go/forced-period=\"7s\"", "/sources={}", "/links/internet/loss=\"2%\"",
        R"(/nodes/older={"cores":4,"runtime":"access-go","speed-spread":"20%"})",
        R"(/clusters={"east":{"site":"a","carrier":"x","servers":3},)"
        R"("north":{"site":"a","carrier":"y","servers":2},)"
        R"("west":{"site":"b","carrier":"x","servers":4,"node":"older"}})",
        R"(/clients/viewers/phones/carriers={"x":"70%","y":"30%"})"}});
  if (!loaded.ok()) FAIL(to_string(loaded.problems()));
  return std::move(loaded.value().scenario);
}

measure::Record run(const spec::Scenario& scenario, unsigned threads = 1) {
  RunOptions options;
  options.threads = threads;
  auto record = run_scenario(scenario, options);
  if (!record.ok()) FAIL(to_string(record.problems()));
  return std::move(record.value());
}

TEST_CASE("a small night on any number of threads is the same") {
  const spec::Scenario scenario = small_night();
  const measure::Record one = run(scenario);
  for (const unsigned threads : {2u, 4u, 20u}) {
    const measure::Record many = run(scenario, threads);
    CHECK(one.fingerprint == many.fingerprint);
    CHECK(one.distributions == many.distributions);
    CHECK(one.distributions_over_time == many.distributions_over_time);
    CHECK(one.ledgers == many.ledgers);
    CHECK(one.tables == many.tables);
    REQUIRE(one.series.size() == many.series.size());
    for (std::size_t i = 0; i < one.series.size(); ++i) {
      CAPTURE(one.series[i].name);
      CHECK(one.series[i].values == many.series[i].values);
    }
  }
}

TEST_CASE("a small night keeps its accounts, and every one of them has something in it") {
  const measure::Record record = run(small_night());
  for (const measure::Check& check : record.checks) {
    CAPTURE(check.name);
    CAPTURE(check.detail);
    CHECK(check.holds);
  }
  const measure::Ledger& ledger = record.ledgers.at("shake");
  CHECK(ledger.offered > 20'000);
  CHECK(ledger.refused > 0);
  CHECK(ledger.in_flight > 0);
  CHECK(record.distributions.at("server.gc-pause").count() >= 9 * 4);
  std::map<std::string, double> totals;
  for (const measure::Series& series : record.series)
    for (const double value : series.values) totals[series.name] += value;
  CHECK(totals.at("packets.received") > 100);
  CHECK(totals.at("packets.received") <= totals.at("packets.issued"));
  CHECK(totals.at("network.lost") > 0);
  CHECK(record.tables.at("servers").size() == 1 + 9);
  CHECK(record.tables.at("clusters").size() == 1 + 3);
}

TEST_CASE("another seed is another night") {
  const spec::Scenario scenario = small_night();
  RunOptions options;
  options.seed = 2;
  const auto other = run_scenario(scenario, options);
  REQUIRE(other.ok());
  CHECK(other.value().fingerprint != run(scenario).fingerprint);
}

TEST_CASE("what a night measures is known before it runs") {
  const spec::Scenario scenario = small_night();
  const auto before = empty_record(scenario);
  REQUIRE(before.ok());
  CHECK(measure::metric_names(before.value()) == measure::metric_names(run(scenario)));
}

TEST_CASE("a night that is stopped gives what there is") {
  const spec::Scenario scenario = small_night();
  std::atomic<bool> stop = false;
  RunOptions options;
  options.stop = &stop;
  options.progress = [&](const Progress& progress) {
    stop = progress.now >= Instant{} + second * 20;
  };
  const auto record = run_scenario(scenario, options);
  REQUIRE(record.ok());
  CHECK_FALSE(record.value().complete);
  CHECK(record.value().duration == second * 20);
  const measure::Record whole = run(scenario);
  CHECK(whole.complete);
  for (std::size_t i = 0; i < whole.series.size(); ++i) {
    if (whole.series[i].name != "client.requests") continue;
    for (std::size_t s = 0; s < 20; ++s)
      CHECK(record.value().series[i].values[s] == whole.series[i].values[s]);
  }
}

TEST_CASE("what the fleet road cannot run is told with its place") {
  spec::Scenario scenario = small_night();
  scenario.links.begin()->second.bandwidth = BitRate{1e9};
  scenario.clients.at("viewers").phones.carriers["z"].value = 0.1;
  const auto link = run_scenario(scenario, {});
  REQUIRE_FALSE(link.ok());
  CHECK(link.problems().front().pointer == "/links");
  scenario.links.begin()->second.bandwidth = {};
  const auto carrier = run_scenario(scenario, {});
  REQUIRE_FALSE(carrier.ok());
  CHECK(carrier.problems().front().pointer == "/clients/viewers/phones/carriers/z");
}

}  // namespace
}  // namespace springtide::models
