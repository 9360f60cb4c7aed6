// Some servers of each kind stand for the whole fleet: what they say holds the truth as often as it
// promises, and each of them does what it does in a run of all.
#include "models/fleet/sample/sample.h"

#include <cmath>
#include <map>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "measure/statistics/estimates.h"
#include "models/run.h"
#include "spec/scenario_reader.h"

namespace springtide::models {
namespace {

// Forty-eight servers in three clusters of two kinds of machines, faster and slower ones among
// them; a wave of packets for the back ends; more requests than one server may read.
spec::Scenario fleet_of_48(std::vector<std::string> more = {}) {
  std::vector<std::string> settings{
      "/duration=\"40s\"",
      "/warmup=\"0s\"",
      "/clients/viewers/population=144000",
      "/clients/viewers/phones/online=96000",
      "/services/access/overload-per-second=75",
      "/runtimes/access-go/forced-period=\"9s\"",
      "/sources={}",
      "/nodes/access-server/speed-spread=\"20%\"",
      R"(/nodes/older={"cores":4,"runtime":"access-go","speed-spread":"20%"})",
      R"(/nodes/store={"workers":4})",
      R"(/services/store={"on":"store","time":{"exponential":{"mean":"3ms"}}})",
      R"(/operations/open={"calls":[{"store":{}}]})",
      R"(/packets={"wave":{"kind":"seed","service":"access","begin":"5s","rate":"480/s",)"
      R"("count":9600,"amount-low":10,"amount-high":309,"sponsors":6,"per-user":3,)"
      R"("per-sponsor":1,"sets-off":{"open":1}}})",
      R"(/clusters={"east":{"site":"a","carrier":"x","servers":20},)"
      R"("north":{"site":"a","carrier":"y","servers":12},)"
      R"("west":{"site":"b","carrier":"x","servers":16,"node":"older"}})",
      R"(/clients/viewers/phones/carriers={"x":"75%","y":"25%"})"};
  settings.insert(settings.end(), more.begin(), more.end());
  auto loaded = spec::load_scenario({"scenarios/gala-2015/one-server.json", {}, settings});
  if (!loaded.ok()) FAIL(to_string(loaded.problems()));
  return std::move(loaded.value().scenario);
}

measure::Record run(const spec::Scenario& scenario, std::int64_t sample, std::uint64_t seed = 1,
                    unsigned threads = 1) {
  RunOptions options;
  options.sample = sample;
  options.seed = seed;
  options.threads = threads;
  auto record = run_scenario(scenario, options);
  if (!record.ok()) FAIL(to_string(record.problems()));
  return std::move(record.value());
}

using Rows = std::map<std::string, std::vector<std::string>>;  // by first cell

Rows rows_of(const measure::Record& record, const std::string& table) {
  Rows rows;
  for (const auto& row : record.tables.at(table)) rows[row.front()] = row;
  return rows;
}

double number(const std::string& text) {
  return text == "?" ? std::numeric_limits<double>::infinity() : std::stod(text);
}

double figure(const measure::Record& record, const std::string& name) {
  for (const measure::Figure& one : record.figures)
    if (one.name == name) return one.value;
  FAIL(name);
  return 0;
}

double sum_of(const measure::Record& record, const std::string& name) {
  for (const measure::Series& series : record.series)
    if (series.name == name) {
      double sum = 0;
      for (const double value : series.values) sum += value;
      return sum;
    }
  FAIL(name);
  return 0;
}

// What the estimates mean, of a run of all servers.
std::map<std::string, double> truth(const measure::Record& record) {
  const measure::Ledger& shake = record.ledgers.at("shake");
  const measure::Histogram& latency = record.distributions.at("shake.latency");
  double busy = 0, cores = 0;
  for (const auto& [name, row] : rows_of(record, "servers")) {
    if (name == "server") continue;
    busy += number(row[8]) * number(row[1]);
    cores += number(row[1]);
  }
  return {{"client.total", figure(record, "client.total")},
          {"client.peak-second", figure(record, "client.peak-second")},
          {"shake.answered", static_cast<double>(shake.answered)},
          {"shake.refused", static_cast<double>(shake.refused)},
          {"shake.refused.rate",
           100 * static_cast<double>(shake.refused) / static_cast<double>(shake.offered)},
          {"server.busy", busy / cores},
          {"packets.received", sum_of(record, "packets.received")},
          {"network.retransmissions", figure(record, "network.retransmissions")},
          {"shake.latency.p50", static_cast<double>(*latency.quantile(0.5)) * 1e-6},
          {"shake.latency.p90", static_cast<double>(*latency.quantile(0.9)) * 1e-6},
          {"shake.latency.p99", static_cast<double>(*latency.quantile(0.99)) * 1e-6}};
}

TEST_CASE("intervals of a sample hold what the whole fleet does as often as they promise") {
  const spec::Scenario scenario = fleet_of_48();
  constexpr int seeds = 25;
  std::map<std::string, int> held;
  std::map<std::string, double> near, wide;  // in the mean: error and width, of the truth
  for (int seed = 1; seed <= seeds; ++seed) {
    const auto number_of = static_cast<std::uint64_t>(seed);
    const auto exact = truth(run(scenario, 0, number_of));
    const Rows estimates = rows_of(run(scenario, 4, number_of), "estimates");
    for (const auto& [name, value] : exact) {
      const auto& row = estimates.at(name);
      constexpr double rounding = 5e-4;  // of the texts
      held[name] += number(row[2]) - rounding <= value && value <= number(row[3]) + rounding;
      near[name] += std::abs(number(row[1]) / value - 1) / seeds;
      wide[name] += (number(row[3]) - number(row[2])) / value / seeds;
    }
  }
  for (const auto& [name, count] : held) {
    CAPTURE(name);
    CHECK(count >= 20);  // of 25 at 95 %: fewer come once in a thousand
    // They also say something: the estimate is near, and the interval is not everything.
    CHECK(near[name] < 0.2);
    CHECK(wide[name] < 1.2);
  }
}

TEST_CASE("a server of a sample does what it does in a run of all") {
  const spec::Scenario scenario = fleet_of_48();
  const measure::Record all = run(scenario, 0), some = run(scenario, 3, 1, 2);
  const Rows servers = rows_of(all, "servers"), seen = rows_of(some, "servers");
  CHECK(seen.size() == 1 + 9);
  for (const auto& [name, row] : seen) CHECK(row == servers.at(name));
  CHECK(some.fingerprint != all.fingerprint);
  CHECK(some.fingerprint == run(scenario, 3).fingerprint);
  CHECK(measure::estimated_from(some) == "from 9 of 48 servers, 3 of each kind");
  CHECK(measure::estimated_from(all).empty());
  for (const measure::Check& check : some.checks) {
    CAPTURE(check.name);
    CAPTURE(check.detail);
    CHECK(check.holds);
  }
  CHECK(some.ledgers.at("shake").balanced());
  std::set<std::string> drawn;
  for (std::uint64_t seed = 1; seed < 4; ++seed)
    drawn.insert(some.tables.at("servers")[seed].front() +
                 run(scenario, 3, seed).tables.at("servers")[1].front());
  CHECK(drawn.size() > 1);
}

TEST_CASE("a sample of as many as there are is the whole fleet") {
  const spec::Scenario scenario = fleet_of_48();
  const measure::Record all = run(scenario, 0), same = run(scenario, 1000);
  CHECK(same.ledgers == all.ledgers);
  CHECK(same.distributions == all.distributions);
  CHECK(same.fingerprint != all.fingerprint);
  const auto exact = truth(all);
  for (const auto& [name, row] : rows_of(same, "estimates")) {
    CAPTURE(name);
    if (name == "what") continue;
    CHECK(row[2] == row[1]);
    CHECK(row[3] == row[1]);
    if (exact.contains(name))
      CHECK(number(row[1]) == doctest::Approx(exact.at(name)).epsilon(1e-4));
  }
}

TEST_CASE("back ends are asked as much as by the whole fleet") {
  const spec::Scenario scenario = fleet_of_48();
  const measure::Record all = run(scenario, 0), some = run(scenario, 4);
  const auto offered = static_cast<double>(all.ledgers.at("open").offered);
  CHECK(offered > 5000);
  CHECK(static_cast<double>(some.ledgers.at("open").offered) ==
        doctest::Approx(offered).epsilon(0.1));
  CHECK(sum_of(some, "backend.store.offered") ==
        doctest::Approx(sum_of(all, "backend.store.offered")).epsilon(0.1));
}

TEST_CASE("who is named by an incident is there, and users of lost servers cannot be sampled") {
  const spec::Scenario still = fleet_of_48(
      {R"(/incidents={"still":{"kind":"standstill","node":"older","index":7,"at":"10s",)"
       R"("length":"5s","enabled":true}})"});
  for (std::uint64_t seed = 1; seed < 4; ++seed) {
    const measure::Record record = run(still, 2, seed);
    CHECK(rows_of(record, "servers").contains("west/07"));
    CHECK(rows_of(record, "servers").size() == 1 + 7);
  }
  const spec::Scenario lost =
      fleet_of_48({R"(/incidents={"gone":{"kind":"loss","cluster":"east","at":"10s","length":"5s",)"
                   R"("enabled":true}})"});
  RunOptions options;
  options.sample = 2;
  const auto record = run_scenario(lost, options);
  REQUIRE_FALSE(record.ok());
  CHECK(record.problems().front().pointer == "/incidents/gone");
  auto textbook = spec::load_scenario({"scenarios/textbook/mm1.json", {}, {}});
  REQUIRE(textbook.ok());
  CHECK_FALSE(run_scenario(textbook.value().scenario, options).ok());
}

}  // namespace
}  // namespace springtide::models
