// The reference server and the load driver on one simulated machine.
#include <algorithm>
#include <numeric>
#include <string>

#include <doctest/doctest.h>

#include "models/metrics.h"
#include "models/run.h"
#include "tests/models/textbook_scenario.h"

namespace springtide::models {
namespace {

spec::EventLoop plain_costs() {
  spec::EventLoop costs;
  costs.wait = microsecond;
  costs.wait_socket = {};
  costs.receive = microsecond * 2;
  costs.empty_receive = microsecond;
  costs.send = microsecond * 10;
  costs.wake = {};
  costs.wake_delay = constant(microsecond * 3);
  costs.sleep = {};
  costs.timer_delay = constant({});
  costs.switch_cost = {};
  costs.workers = 1;
  return costs;
}

spec::Scenario loop_night(const spec::Plan& plan, std::int64_t users) {
  spec::Scenario night;
  night.title = "loop night";
  night.duration = second * 10;
  night.nodes["machine"].cores = 4;
  night.nodes["machine"].runtime = "loop";
  night.runtimes["loop"].preset = "event-loop";
  night.runtimes["loop"].loop = plain_costs();
  spec::Clients& clients = night.clients["users"];
  clients.plan = plan;
  clients.asks = "shake";
  clients.on = "machine";
  clients.population = users;
  clients.connect = spec::Connect{{}, users, 1, {}};
  clients.driver = {1, {}, Duration{500}, Duration{250}};
  night.operations["shake"].calls = {{"access"}};
  spec::RedPacketAccess service;
  service.sets = 16;
  service.reader_segment = microsecond;
  service.worker_segment = microsecond * 2;
  service.open_box_segment = microsecond;
  service.generator_segment = microsecond;
  service.login_segment = microsecond * 5;
  night.services["access"] = {"machine", service};
  return night;
}

spec::RateSteps from_third_second(double rate) { return {{second * 3, Rate{rate}}}; }

measure::Record run(const spec::Scenario& night, unsigned threads = 1, std::uint64_t seed = 1) {
  RunOptions options;
  options.threads = threads;
  options.seed = seed;
  auto record = run_scenario(night, options);
  if (!record.ok()) FAIL(springtide::to_string(record.problems()));
  return std::move(record.value());
}

double total(const measure::Record& record, const std::string& name) {
  for (const auto& series : record.series)
    if (series.name == name)
      return std::accumulate(series.values.begin(), series.values.end(), 0.0);
  FAIL(name);
  return 0;
}

double figure(const measure::Record& record, const std::string& name) {
  for (const auto& figure : record.figures)
    if (figure.name == name) return figure.value;
  FAIL(name);
  return 0;
}

void all_checks_hold(const measure::Record& record) {
  for (const auto& check : record.checks) {
    CAPTURE(check.name);
    CAPTURE(check.detail);
    CHECK(check.holds);
  }
}

TEST_CASE("the latency of a lone request is the sum of its steps") {
  const auto record = run(loop_night(spec::ConstantPlan{from_third_second(1)}, 1));
  all_checks_hold(record);
  CHECK(total(record, "client.shakes") == 7);
  // The driver sleeps until the request is due, looks once (1 us), sends (10.5); the worker wakes
  // (3), waits (1), receives and decodes (2 + 1), serves (2), sends (10); the driver wakes (3),
  // waits (1), receives (2).
  const measure::Histogram& latency = record.distributions.at("shake.latency");
  CHECK(latency.quantile(0) == 36'500);
  CHECK(latency.quantile(1) == 36'500);
  const measure::Histogram& from_send = record.distributions.at("shake.from-send");
  CHECK(from_send.quantile(0) == 35'500);
  CHECK(from_send.quantile(1) == 35'500);
}

TEST_CASE("everybody logs in, is answered, and every packet is received once, to the cent") {
  spec::Scenario night = loop_night(spec::SlotsPlan{from_third_second(5000), 13}, 2000);
  night.nodes["machine"].cores = 2;
  night.runtimes["loop"].loop.workers = 2;
  night.clients["users"].driver.processes = 2;
  night.clients["users"].driver.round = microsecond * 200;
  for (const auto kind : {spec::PacketPool::Kind::shake, spec::PacketPool::Kind::sent}) {
    spec::PacketPool pool;
    pool.kind = kind;
    pool.service = "access";
    pool.begin = second * 4;
    pool.rate = Rate{20};
    pool.count = 60;
    night.packets[kind == spec::PacketPool::Kind::shake ? "shaken" : "sent"] = pool;
  }
  const auto record = run(night);
  all_checks_hold(record);
  CHECK(total(record, "server.logins") == 2000);
  CHECK(total(record, "client.opens") == 3 * 60);
  CHECK(total(record, "packets.received") == 60);
  CHECK(total(record, "packets.shares-opened") == 180);
  CHECK(record.ledgers.at("shake").in_flight == 0);  // 5000 a second: more than there are users
  CHECK(record.ledgers.at("shake").answered == 2000 + 35'000 + 180);
  CHECK(figure(record, "packets.issued-amount") == figure(record, "packets.received-amount"));
}

TEST_CASE("above the limit of a second shakes are refused, and a full SET drops in silence") {
  spec::Scenario night = loop_night(spec::PoissonPlan{from_third_second(5000)}, 1000);
  auto& service = std::get<spec::RedPacketAccess>(night.services["access"].kind);
  service.overload_per_second = 4000;
  auto record = run(night);
  all_checks_hold(record);
  CHECK(total(record, "server.refused") == total(record, "server.requests") - 1000 - 4000 * 7);
  CHECK(record.ledgers.at("shake").refused == total(record, "server.refused"));

  service.overload_per_second = 1'000'000;
  service.sets = 1;
  service.set_queue = 1;  // of a whole batch
  record = run(night);
  all_checks_hold(record);
  CHECK(record.ledgers.at("shake").dropped > 0);
}

TEST_CASE("one worker carries at most one request in the time that one takes") {
  spec::Scenario night = loop_night(spec::ConstantPlan{from_third_second(40'000)}, 2000);
  auto& loop = night.runtimes["loop"].loop;
  loop.receive = loop.empty_receive = loop.send = loop.wait = {};
  loop.batch = 4;
  night.clients["users"].driver.processes = 2;
  std::get<spec::RedPacketAccess>(night.services["access"].kind).reader_segment = microsecond * 40;
  const auto record = run(night);
  const auto answered = [&](std::size_t s) {
    for (const auto& series : record.series)
      if (series.name == "client.responses") return series.values[s];
    return 0.0;
  };
  for (std::size_t s = 5; s < 10; ++s)
    CHECK(answered(s) == doctest::Approx(1e6 / 42).epsilon(0.01));
}

TEST_CASE("requests leave late where driver and server want more than there are cores") {
  spec::Scenario night = loop_night(spec::ConstantPlan{from_third_second(45'000)}, 2000);
  const auto idle = run(night);
  CHECK(figure(idle, "client.late-share") == 0);
  all_checks_hold(idle);
  night.nodes["machine"].cores = 1;  // 45 000 x 26 us and more
  const auto busy = run(night);
  CHECK(figure(busy, "client.late-share") > 50);
  CHECK(busy.distributions.at("client.lateness").quantile(1) > 10'000'000);
  for (const auto& check : busy.checks) {
    CAPTURE(check.name);
    CHECK(check.holds == (check.name != "clients: the driver was not the limit"));
  }
}

TEST_CASE("the same scenario and seed give the same record, another seed spreads users anew") {
  spec::Scenario night = loop_night(spec::PoissonPlan{from_third_second(3000)}, 500);
  night.runtimes["loop"].loop.workers = 3;
  const auto one = run(night);
  CHECK(one.fingerprint == run(night, 4).fingerprint);
  CHECK(one.fingerprint != run(night, 1, 2).fingerprint);
}

TEST_CASE("an event loop scenario that this world cannot run is refused with a diagnostic") {
  const auto refused = [](const spec::Scenario& night) {
    const auto record = run_scenario(night, {});
    return record.ok() ? std::string() : springtide::to_string(record.problems());
  };
  spec::Scenario night = loop_night(spec::PoissonPlan{from_third_second(3000)}, 500);
  CHECK(refused(night).empty());
  CHECK(problems_of(night).empty());
  spec::Scenario apart = night;
  apart.nodes["clients"].runtime = "loop";
  apart.clients["users"].on = "clients";
  CHECK(refused(apart).find("share one node") != std::string::npos);
  spec::Scenario linked = night;
  linked.links["lan"] = link("users", "access", constant(microsecond));
  CHECK(refused(linked).find("/links") != std::string::npos);
  spec::Scenario closed = night;
  closed.clients["users"].plan = spec::ClosedPlan{10, {}};
  CHECK(refused(closed).find("/plan") != std::string::npos);
}

}  // namespace
}  // namespace springtide::models
