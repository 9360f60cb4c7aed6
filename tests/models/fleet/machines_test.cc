// Client machines with a plan of slots on the fleet road, beside the detailed road's, goroutine by
// goroutine. The night of 2017 as a whole: tests/conformance/machines_both_roads_test.cc.
#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "measure/record.h"
#include "measure/threshold.h"
#include "models/metrics.h"
#include "models/run.h"
#include "spec/scenario_reader.h"

namespace springtide::models {
namespace {

using Settings = std::vector<std::string>;

spec::Scenario scenario_of(const Settings& settings) {
  auto loaded = spec::load_scenario({"scenarios/hongbao-2017/30k.json", {}, settings});
  if (!loaded.ok()) FAIL(to_string(loaded.problems()));
  return std::move(loaded.value().scenario);
}

measure::Record run(spec::Scenario scenario, spec::Road road) {
  scenario.road = road;
  RunOptions options;
  options.seed = scenario.seed;
  auto record = run_scenario(scenario, options);
  if (!record.ok()) FAIL(to_string(record.problems()));
  for (const measure::Check& check : record.value().checks) {
    CAPTURE(check.name);
    CAPTURE(check.detail);
    CHECK(check.holds);
  }
  return std::move(record.value());
}

const std::vector<double>& series(const measure::Record& record, const std::string& name) {
  const auto found = std::find_if(record.series.begin(), record.series.end(),
                                  [&](const measure::Series& one) { return one.name == name; });
  REQUIRE(found != record.series.end());
  return found->values;
}

double sum(const std::vector<double>& values) {
  double all = 0;
  for (const double value : values) all += value;
  return all;
}

std::vector<double> since_second(std::ptrdiff_t begin, const std::vector<double>& values) {
  return {values.begin() + begin, values.end()};
}

double milliseconds(const measure::Record& record, const std::string& name, double p) {
  const auto value = record.distributions.at(name).quantile(p);
  REQUIRE(value.has_value());
  return static_cast<double>(*value) * 1e-6;
}

// 200 users on 4 machines connect and log in within 9 s; from second 10 on each asks at most every
// five seconds. Whoever asks, asks as its second begins: nothing takes time but the server's one
// core, 30 ms a request, and the way, 2048 ticks of 2^-20 s. What the detailed road's scheduler
// does otherwise than first come, first served is kept out: each user has a SET of its own and is
// done before it asks again, and nobody passes by Go's look into the global queue every 61
// goroutines.
Settings plain_queue() {
  return {"/clients/users/population=200",
          "/clients/users/connect/per-node=50",
          "/clients/users/connect/begin={\"0\":\"0s\",\"1\":\"1s\",\"2\":\"1s\",\"3\":\"2s\"}",
          "/clients/users/connect/begin-error=\"0s\"",
          "/clients/users/connect/spread-seconds=2",
          "/clients/users/plan/slots/rate={\"10s\":\"40/s\",\"13s\":\"0/s\",\"16s\":\"40/s\","
          "\"20s\":\"0/s\"}",
          "/clients/users/user/wake-segment=\"0s\"",
          "/clients/users/user/write-segment=\"0s\"",
          "/clients/users/user/read-segment=\"0s\"",
          "/clients/users/user/clock-to-sleep=\"0s\"",
          "/nodes/client-machine/count=4",
          "/nodes/client-machine/speed-spread=\"0%\"",
          "/nodes/client-machine/clock/error=\"0s\"",
          "/nodes/server/clock/error=\"0s\"",
          "/nodes/server/cores=1",
          "/nodes/server/network-card={}",
          "/runtimes/client-go/timer-slack=\"0s\"",
          "/runtimes/client-go/timer-pop-cost=\"0s\"",
          "/runtimes/client-go/switch-cost=\"0s\"",
          "/runtimes/client-go/thread-wake=\"0s\"",
          "/runtimes/client-go/granularity=\"0s\"",
          "/runtimes/client-go/forced-period=\"1h\"",
          "/runtimes/server-go/switch-cost=\"0s\"",
          "/runtimes/server-go/thread-wake=\"0s\"",
          "/runtimes/server-go/granularity=\"0s\"",
          "/runtimes/server-go/preemption-slice=\"1h\"",
          "/runtimes/server-go/global-check-ticks=1000000",
          "/runtimes/server-go/forced-period=\"1h\"",
          "/services/access/reader-segment=\"10ms\"",
          "/services/access/worker-segment=\"20ms\"",
          "/services/access/empty-read-system-call=\"0s\"",
          "/services/access/write-system-call=\"0s\"",
          "/services/access/login-segment=\"1us\"",
          "/services/access/static-heap=\"1kB\"",
          "/services/access/static-scanned=\"0B\"",
          "/services/access/heap-per-connection=\"0B\"",
          "/services/access/scanned-per-connection=\"0B\"",
          "/services/access/heap-per-request=\"0B\"",
          "/links/lan/delay=\"1953125ns\"",
          "/packets={}",
          "/phases={}",
          "/incidents={}",
          "/sources={}",
          "/duration=\"24s\""};
}

// 12 000 users on 4 machines, whose herds take a fifth of a second and go in several rounds, as
// those of 2017 do with twenty times as many users a machine.
Settings small_night() {
  return {"/clients/users/population=12000",
          "/clients/users/connect/per-node=3000",
          "/clients/users/connect/begin={\"0\":\"1s\",\"1\":\"2s\",\"2\":\"2s\",\"3\":\"3s\"}",
          "/clients/users/connect/begin-error=\"1s\"",
          "/clients/users/connect/spread-seconds=5",
          "/clients/users/plan/slots/rate={\"15s\":\"4500/s\",\"30s\":\"8700/s\"}",
          "/clients/users/user/wake-segment=\"200us\"",
          "/nodes/client-machine/count=4",
          "/runtimes/client-go/timer-pop-cost=\"12us\"",
          "/runtimes/client-go/forced-period=\"1h\"",
          "/runtimes/server-go/forced-period=\"1h\"",
          "/services/access/static-heap=\"1MB\"",
          "/services/access/static-scanned=\"0B\"",
          "/services/access/sets=16",
          "/nodes/server/cores=2",
          "/nodes/server/network-card/background-packets=\"0/s\"",
          "/packets/shake-30k/begin=\"17s\"",
          "/packets/shake-30k/count=2000",
          "/packets/sent-30k/begin=\"22s\"",
          "/packets/sent-30k/count=1500",
          "/phases={}",
          "/incidents={}",
          "/sources={}",
          "/duration=\"45s\""};
}

void same_histogram(const measure::Record& x, const measure::Record& y, const std::string& name) {
  CAPTURE(name);
  const measure::Histogram &a = x.distributions.at(name), &b = y.distributions.at(name);
  CHECK(a.count() == b.count());
  CHECK(a.count() >= 200);
  CHECK(a.min() == b.min());
  CHECK(a.max() == b.max());
  CHECK(a.sum() == b.sum());
  for (const double p : {0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99})
    CHECK(a.quantile(p) == b.quantile(p));
}

}  // namespace

TEST_CASE("client machines: both roads are identical where the queue is first come, first served") {
  const spec::Scenario scenario = scenario_of(plain_queue());
  const measure::Record detailed = run(scenario, spec::Road::detailed);
  const measure::Record fleet = run(scenario, spec::Road::fleet);
  for (const char* name : {"client.requests", "client.shakes", "client.responses",
                           "server.requests", "server.refused", "server.dropped"}) {
    CAPTURE(name);
    CHECK(since_second(10, series(detailed, name)) == since_second(10, series(fleet, name)));
  }
  same_histogram(detailed, fleet, "shake.latency");
  same_histogram(detailed, fleet, "shake.from-send");
  CHECK(*fleet.distributions.at("shake.latency").max() > second.ns);  // they did wait
  CHECK(detailed.ledgers.at("shake").answered == fleet.ledgers.at("shake").answered);
}

TEST_CASE("client machines: both roads agree where the limit of a second refuses") {
  Settings settings = plain_queue();
  for (const char* more :
       {"/services/access/overload-per-second=25", "/services/access/reader-segment=\"1ms\"",
        "/services/access/worker-segment=\"2ms\""})
    settings.push_back(more);
  const spec::Scenario scenario = scenario_of(settings);
  const measure::Record detailed = run(scenario, spec::Road::detailed);
  const measure::Record fleet = run(scenario, spec::Road::fleet);
  CHECK(fleet.ledgers.at("shake").refused > 90);
  CHECK(detailed.ledgers.at("shake").refused == fleet.ledgers.at("shake").refused);
  CHECK(series(detailed, "server.refused") == series(fleet, "server.refused"));
  same_histogram(detailed, fleet, "shake.latency");
}

TEST_CASE("client machines: both roads agree on a small night with packets") {
  const spec::Scenario scenario = scenario_of(small_night());
  const measure::Record detailed = run(scenario, spec::Road::detailed);
  const measure::Record fleet = run(scenario, spec::Road::fleet);
  for (const char* name : {"server.logins", "client.shakes", "client.opens", "packets.issued",
                           "packets.sent-issued", "packets.received", "packets.shares-opened"}) {
    CAPTURE(name);
    CHECK(sum(series(detailed, name)) == sum(series(fleet, name)));
    CHECK(sum(series(fleet, name)) > 0);
  }
  CHECK(series(detailed, "packets.issued") == series(fleet, "packets.issued"));
  CHECK(series(detailed, "client.shakes") == series(fleet, "client.shakes"));
  // A look for answers more or less is 10 to 20 ms for some of them; a core that is woken late, a
  // few milliseconds for one request in a hundred.
  const auto apart = [&](const std::string& name, double p) {
    const double a = milliseconds(detailed, name, p), b = milliseconds(fleet, name, p);
    MESSAGE(name, " ", p, ": detailed ", a, " ms, fleet ", b, " ms");
    return std::abs(a - b);
  };
  for (const double p : {0.5, 0.9, 0.99}) {
    CAPTURE(p);
    CHECK(apart("shake.latency", p) < 10);
    CHECK(apart("shake.from-send", p) < 8);
    CHECK(apart("server.arrival-to-read", p) < (p < 0.99 ? 0.05 : 3));
  }
}

TEST_CASE("client machines: what is measured is known before it runs") {
  spec::Scenario scenario = scenario_of(small_night());
  scenario.road = spec::Road::fleet;
  const auto before = empty_record(scenario);
  REQUIRE(before.ok());
  CHECK(measure::metric_names(before.value()) ==
        measure::metric_names(run(scenario, spec::Road::fleet)));
}

TEST_CASE("client machines: what the fleet road cannot run is told with its place, all of it") {
  Settings settings = small_night();
  for (const char* more : {"/links/lan/bandwidth=\"1Gbit/s\"", "/packets/sent-30k/kind=\"seed\"",
                           "/nodes/client-machine/network-card={\"packet-rate\":\"1M/s\"}"})
    settings.push_back(more);
  spec::Scenario scenario = scenario_of(settings);
  scenario.road = spec::Road::fleet;
  const auto record = run_scenario(scenario, {});
  REQUIRE_FALSE(record.ok());
  std::vector<std::string> places;
  for (const Diagnostic& problem : record.problems()) places.push_back(problem.pointer);
  CHECK(places == std::vector<std::string>{"/links/lan/bandwidth",
                                           "/nodes/client-machine/network-card",
                                           "/packets/sent-30k/kind"});
}

}  // namespace springtide::models
