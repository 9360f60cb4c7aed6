// A small night as a whole: the same bytes for any number of threads, names known before, packets
// given away exactly once, a run that is stopped.
#include "models/fleet/world.h"

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <numeric>
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
  const auto told = [](const std::function<void(spec::Scenario&)>& change) {
    spec::Scenario scenario = small_night();
    change(scenario);
    const auto result = run_scenario(scenario, {});
    return result.ok() ? "" : result.problems().front().pointer;
  };
  using spec::Scenario;
  CHECK(told([](Scenario&) {}) == "");
  CHECK(told([](Scenario& s) { s.clients.at("viewers").phones.carriers["z"].value = 0.1; }) ==
        "/clients/viewers/phones/carriers/z");
  CHECK(told([](Scenario& s) { s.links.clear(); }) == "/links");
  CHECK(told([](Scenario& s) { s.links["other"].from = s.links["other"].to = "access"; }) ==
        "/links/other");
  CHECK(told([](Scenario& s) { s.packets.begin()->second.kind = spec::PacketPool::Kind::sent; }) ==
        "/packets/" + small_night().packets.begin()->first + "/kind");
  CHECK(told([](Scenario& s) { s.duration += millisecond; }) == "/duration");
  CHECK(told([](Scenario& s) { s.warmup += millisecond; }) == "/warmup");
  CHECK(told([](Scenario& s) { s.clients.at("viewers").priority = 1; }) ==
        "/clients/viewers/priority");
  CHECK(told([](Scenario& s) {
          auto& calls = s.operations.at("shake").calls;
          calls.push_back(calls.front());
        }) == "/operations/shake/calls");
  CHECK(told([](Scenario& s) { s.nodes.at("older").runtime = "event-loop"; }) ==
        "/nodes/older/runtime");
}

TEST_CASE("what the back ends of a fleet cannot do is told with its place") {
  const auto told = [](const std::function<void(spec::Scenario&)>& change) {
    spec::Scenario scenario = small_night();
    scenario.nodes["ledger-machine"] = {};
    spec::Service& ledger = scenario.services["ledger"];
    ledger.on = "ledger-machine";
    ledger.kind = spec::Station();
    std::get<spec::Station>(ledger.kind).time = Distribution(Constant{millisecond});
    change(scenario);
    const auto result = run_scenario(scenario, {});
    return result.ok() ? "" : result.problems().front().pointer;
  };
  using spec::Scenario;
  CHECK(told([](Scenario&) {}) == "");
  CHECK(told([](Scenario& s) {
          std::get<spec::Station>(s.services.at("ledger").kind).time_by_priority[1] =
              Distribution(Constant{second});
        }) == "/services/ledger/time-by-priority");
  CHECK(told([](Scenario& s) { s.nodes.at("ledger-machine").speed_spread.value = 0.1; }) ==
        "/nodes/ledger-machine/speed-spread");
  CHECK(told([](Scenario& s) {
          s.nodes.at("ledger-machine").network_card.packet_rate = Rate{1e5};
        }) == "/nodes/ledger-machine/network-card");
  CHECK(told([](Scenario& s) {
          spec::Incident& still = s.incidents["still"];
          still.node = "ledger-machine";
          still.at = still.length = second;
          still.enabled = true;
        }) == "/incidents/still/node");
}

std::map<std::string, measure::Series> series_of(const measure::Record& record) {
  std::map<std::string, measure::Series> by_name;
  for (const measure::Series& series : record.series) by_name[series.name] = series;
  return by_name;
}

double total(const measure::Series& series) {
  return std::accumulate(series.values.begin(), series.values.end(), 0.0);
}

TEST_CASE("a server takes frames at the least of its card, its link and its share of the cluster") {
  const auto bandwidth = [](double card, double link, double cluster) {
    spec::Scenario scenario = small_night();
    scenario.nodes.at("older").network_card.bandwidth = BitRate{card};
    scenario.links.begin()->second.bandwidth = BitRate{link};
    scenario.clusters.at("west").bandwidth = BitRate{cluster};
    const auto layout = fleet::lay_out(scenario, 1);
    REQUIRE(layout.ok());
    return layout.value().servers.back().server.network_card.bandwidth->bits_per_second;
  };
  CHECK(bandwidth(1e9, 2e9, 12e9) == 1e9);
  CHECK(bandwidth(2e9, 1e9, 12e9) == 1e9);
  CHECK(bandwidth(2e9, 2e9, 4e9) == 1e9);  // four servers
}

TEST_CASE(
    "a narrow cluster's requests wait for its link, others' do not, and what it asks is told") {
  spec::Scenario scenario = small_night();
  scenario.links.begin()->second.loss = {};
  const measure::Record wide = run(scenario);
  scenario.clusters.at("north").bandwidth = BitRate{2 * 30'000.0};
  const measure::Record narrow = run(scenario);
  CHECK(narrow.fingerprint != wide.fingerprint);
  const auto before = series_of(wide), after = series_of(narrow);
  // Per request 74 bytes and the ACK of its answer, 64, each with 20 of preamble and gap; answers
  // of 86. What a server of this cluster cannot take within its second it reads later.
  CHECK(total(before.at("cluster.north.bandwidth-out")) ==
        doctest::Approx(total(before.at("cluster.north.requests")) * 106 * 8e-9));
  CHECK(total(before.at("cluster.north.bandwidth-in")) >
        total(before.at("cluster.north.requests")) * (94 + 83) * 8e-9);
  CHECK(total(before.at("cluster.north.bandwidth-in")) <
        total(before.at("cluster.north.requests")) * (94 + 85) * 8e-9);
  CHECK(total(before.at("site.a.bandwidth-in")) ==
        doctest::Approx(total(before.at("cluster.east.bandwidth-in")) +
                        total(before.at("cluster.north.bandwidth-in"))));
  CHECK(after.at("cluster.east.requests").values == before.at("cluster.east.requests").values);
  const auto most = [](const measure::Series& series) {
    return *std::max_element(series.values.begin(), series.values.end());
  };
  // 94 bytes at 30 kbit/s: at most 39.9 requests/s and server, before any ACK.
  CHECK(most(before.at("cluster.north.requests")) > 2 * 125);
  CHECK(most(after.at("cluster.north.requests")) <= 2 * 41);
  CHECK(narrow.tables.at("clusters")[2][9] == "6e-05");
}

TEST_CASE("what is measured begins with the end of the warm-up, also within a slab") {
  spec::Scenario scenario = small_night();
  scenario.links.begin()->second.loss = {};
  scenario.warmup = second * 15;
  const measure::Record record = run(scenario);
  scenario.warmup = {};
  const measure::Record all = run(scenario);
  CHECK(record.fingerprint == all.fingerprint);
  const auto series = series_of(all);
  const auto& sent = series.at("client.requests").values;
  const double measured = std::accumulate(sent.begin() + 15, sent.end(), 0.0);
  CHECK(static_cast<double>(record.distributions.at("shake.latency").count()) == measured);
}

}  // namespace
}  // namespace springtide::models
