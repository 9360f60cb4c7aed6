#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "measure/checks.h"
#include "models/fleet/world.h"
#include "spec/scenario_reader.h"

namespace springtide::models {
namespace {

constexpr std::int64_t users = 18 * 2000;  // online

// The night with a server a cluster and 2000 users a server: two minutes, one cue at 10 s.
spec::Scenario small_night() {
  auto read = spec::read_scenario("scenarios/gala-2015/night.json");
  REQUIRE(read);
  spec::Scenario scenario = std::move(read.value());
  scenario.duration = second * 120;
  scenario.thresholds.clear();
  scenario.phases.clear();
  scenario.packets.clear();
  for (auto& [_, cluster] : scenario.clusters) cluster.servers = 1;
  auto& clients = scenario.clients.at("viewers");
  clients.population = users * 4;
  clients.phones.online = users;
  auto& cues = std::get<spec::CuesPlan>(clients.plan).cues;
  cues.clear();
  cues["wave"].at = second * 10;
  cues["wave"].share.value = 0.5;
  for (auto& [_, bandwidth] : scenario.resources.at("pictures").bandwidth)
    bandwidth.bits_per_second *= 1e-4;
  return scenario;
}

measure::Record record_of(const spec::Scenario& scenario, unsigned threads = 1) {
  RunOptions options;
  options.threads = threads;
  auto record = run_fleet_world(scenario, options);
  REQUIRE(record);
  return std::move(record.value());
}

std::vector<double> values(const measure::Record& record, const std::string& name) {
  for (const measure::Series& series : record.series)
    if (series.name == name) return series.values;
  FAIL("no series " << name);
  return {};
}

double sum(const std::vector<double>& numbers) {
  return std::accumulate(numbers.begin(), numbers.end(), 0.0);
}

double largest(const std::vector<double>& numbers) {
  return *std::max_element(numbers.begin(), numbers.end());
}

void check_all(const measure::Record& record) {
  for (const measure::Check& check : record.checks) {
    INFO(check.name, ": ", check.detail);
    CHECK(check.holds);
  }
}

TEST_CASE("a site that is lost: users come back in the other one, and everything adds up") {
  spec::Scenario scenario = small_night();
  auto& incident = scenario.incidents.at("city-lost");
  incident.at = second * 33;
  incident.length = second * 40;
  incident.enabled = true;
  const measure::Record record = record_of(scenario);
  check_all(record);
  const std::vector<double> online = values(record, "server.connections");
  const std::vector<double> shanghai = values(record, "site.shanghai.connections");
  const double lost = shanghai[32];
  CHECK(online[32] == users);
  CHECK(online[33] == users - lost);
  CHECK(online[119] == users);
  CHECK(shanghai[33] == 0);
  CHECK(shanghai[119] == 0);  // back, and empty
  CHECK(sum(values(record, "crowd.connected")) == lost);
  CHECK(values(record, "site.shanghai.requests")[40] == 0);
  CHECK(sum(values(record, "crowd.not-sent")) > 0);
  const auto& row = record.tables.at("incidents")[1];
  CHECK(row[0] == "city-lost");
  CHECK(row[2] == "9");
  CHECK(row[3] == std::to_string(static_cast<std::int64_t>(lost)));
  const double back = std::stod(row[6]);
  CHECK(back >= 8);  // 99 % of a uniform back-off between 1 s and 10 s
  CHECK(back <= 11);
}

TEST_CASE("letting users in costs the servers a connection and a login each") {
  spec::Scenario scenario = small_night();
  auto& incident = scenario.incidents.at("city-lost");
  incident.at = second * 33;
  incident.length = second * 40;
  incident.enabled = true;
  auto& access = std::get<spec::RedPacketAccess>(scenario.services.at("access").kind);
  std::vector<double> busy, connected, slowest;  // core seconds, users, seconds
  for (const Duration login : {Duration{}, millisecond * 2, millisecond * 60}) {
    access.login_segment = login;
    const measure::Record record = record_of(scenario);
    check_all(record);
    busy.push_back(sum(values(record, "server.utilisation")) / 100 * 18 * 12);
    connected.push_back(sum(values(record, "crowd.connected")));
    const auto& latency = record.distributions.at("shake.latency");
    slowest.push_back(static_cast<double>(*latency.quantile(0.99)) * 1e-9);
  }
  CHECK(connected[0] == connected[1]);
  CHECK(busy[1] - busy[0] == doctest::Approx(connected[0] * 2e-3).epsilon(0.02));
  CHECK(slowest[1] < slowest[0] + 0.2);
  CHECK(slowest[2] > slowest[0] + 0.5);  // 220 users a second x 60 ms: more than twelve cores
}

TEST_CASE("what a user has had goes with it to another server") {
  spec::Scenario scenario = small_night();
  auto& cues = std::get<spec::CuesPlan>(scenario.clients.at("viewers").plan).cues;
  cues["wave"].share.value = 1;
  spec::PacketPool pool;
  pool.kind = spec::PacketPool::Kind::seed;
  pool.service = "access";
  pool.begin = second * 10;
  pool.rate.per_second = 18 * 4000;
  pool.count = 18 * 4000;  // two for each user
  pool.per_user = 1;
  scenario.packets["wave"] = pool;
  auto& incident = scenario.incidents.at("city-lost");
  incident.at = second * 63;
  incident.length = second * 40;
  incident.enabled = true;
  const measure::Record record = record_of(scenario);
  check_all(record);
  const std::vector<double> won = values(record, "packets.received");
  CHECK(sum(won) > 0.8 * users);
  CHECK(sum(won) <= users);
  const double reacting = sum(values(record, "crowd.reacting"));
  CHECK(sum(won) <= reacting);  // nobody twice
}

TEST_CASE("full servers refuse users of a lost site, who give up in the end") {
  spec::Scenario scenario = small_night();
  auto& incident = scenario.incidents.at("city-lost");
  incident.at = second * 30;
  incident.length = second * 80;
  incident.enabled = true;
  scenario.clients.at("viewers").phones.attempts = 2;
  std::get<spec::RedPacketAccess>(scenario.services.at("access").kind).connections = 2500;
  const measure::Record record = record_of(scenario);
  check_all(record);
  const double refused = sum(values(record, "crowd.connect-refused"));
  const double given_up = sum(values(record, "crowd.given-up"));
  CHECK(given_up > 0);
  CHECK(refused >= 2 * given_up);  // others were refused before they got in
  CHECK(refused < 3 * given_up);
  CHECK(values(record, "server.connections")[100] == users - given_up);
}

TEST_CASE("what users lack is fetched over the link of their site and carrier") {
  spec::Scenario scenario = small_night();
  const measure::Record pushed = record_of(scenario);
  check_all(pushed);
  scenario.resources.at("pictures").preload = false;
  const measure::Record fetched = record_of(scenario);
  check_all(fetched);
  // the same demand where nobody has anything, and what was asked for
  const double without = sum(values(pushed, "resources.without-preload"));
  CHECK(without == sum(values(fetched, "resources.without-preload")));
  const double reacting = sum(values(pushed, "crowd.reacting"));
  CHECK(without == doctest::Approx(reacting * 166'000 * 8e-9));
  const double share = sum(values(pushed, "resources.bandwidth")) / without;
  // 2 % of about 18 000 lack it: binomial, 4 standard deviations
  CHECK(std::abs(share - 0.02) < 4 * std::sqrt(0.02 * 0.98 / reacting));
  const std::vector<double> link = values(fetched, "resources.shanghai.mobile.bandwidth");
  CHECK(largest(link) == doctest::Approx(0.0225));  // full
  CHECK(sum(values(fetched, "resources.shakes-without")) >
        10 * sum(values(pushed, "resources.shakes-without")));
}

TEST_CASE("shakes before the change has reached a server are counted as stale") {
  const measure::Record record = record_of(small_night());
  const std::vector<double> stale = values(record, "shake.stale"),
                            requests = values(record, "client.requests");
  CHECK(sum(stale) > 0);
  const double slowest =
      static_cast<double>(*record.distributions.at("control.delay").max()) * 1e-9;
  for (std::size_t s = 0; s < stale.size(); ++s) {
    CHECK(stale[s] <= requests[s] + 50);  // some come again
    if (static_cast<double>(s) > 10 + slowest) CHECK(stale[s] == 0);
  }
  CHECK(values(record, "control.reached")[10] == 0);
  CHECK(values(record, "control.reached")[30] == 18);
}

TEST_CASE("where a change takes two seconds to all servers, all shakes until then are stale") {
  spec::Scenario scenario = small_night();
  scenario.control->failed.value = 0;
  scenario.control->poll = {};
  scenario.control->decide = Distribution(Constant{second * 2});
  scenario.control->deliver = Distribution(Constant{millisecond * 500});
  for (auto& [_, link] : scenario.links) link.loss.value = 0;  // so nothing comes again
  const measure::Record record = record_of(scenario);
  const std::vector<double> stale = values(record, "shake.stale"),
                            requests = values(record, "client.requests");
  CHECK(requests[11] > 0);
  CHECK(stale[11] == requests[11]);
  CHECK(stale[12] > 0.35 * requests[12]);  // half a second, in which the rate grows
  CHECK(stale[12] < 0.55 * requests[12]);
  CHECK(stale[13] == 0);
}

TEST_CASE("any number of threads gives the same record of what happens around the servers") {
  spec::Scenario scenario = small_night();
  scenario.incidents.at("cluster-lost").at = second * 35;
  scenario.incidents.at("cluster-lost").enabled = true;
  const measure::Record one = record_of(scenario, 1), three = record_of(scenario, 3);
  REQUIRE(one.series.size() == three.series.size());
  for (std::size_t i = 0; i < one.series.size(); ++i)
    CHECK(one.series[i].values == three.series[i].values);
  CHECK(one.tables == three.tables);
  CHECK(one.fingerprint == three.fingerprint);
}

}  // namespace
}  // namespace springtide::models
