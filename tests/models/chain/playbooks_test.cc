// Who steps in: when playbooks are triggered, what their actions change, and what undoing restores.
#include <cmath>

#include <doctest/doctest.h>

#include "tests/models/chain/small_scenarios.h"

namespace springtide::models::chain {
namespace {

using Rows = std::vector<std::vector<std::string>>;

// By hand after 5 s, in effect from 6 s to 10 s.
spec::Playbook& by_hand(spec::Scenario& scenario) {
  spec::Playbook& made = scenario.playbooks["step-in"];
  made.at = second * 5;
  made.delay = constant(second);
  made.undo = spec::Undo{{}, second * 4};
  return made;
}

spec::Trigger trigger(const std::string& metric, double bound, bool above, Duration for_time,
                      spec::Bound::Unit unit = spec::Bound::Unit::per_second) {
  spec::Trigger made;
  made.metric = metric;
  (above ? made.above : made.below) = spec::Bound{bound, unit};
  made.for_time = for_time;
  return made;
}

// 100 requests/s, evenly, for 15 s; each asks "web", which asks "store".
spec::Scenario steady_chain() {
  spec::Scenario scenario = two_services();
  scenario.duration = second * 15;
  scenario.clients["crowd"].plan = spec::ConstantPlan{steady(100)};
  spec::Call store = call("store");
  store.module = "details";
  scenario.operations["view"].calls = {call("web", {store})};
  return scenario;
}

// The sums of a series before an effect, during it and after it was undone.
struct Course {
  double before, during, after;
};
Course course(const measure::Record& record, const std::string& name) {
  return {sum_of(record, name, 0, 6), sum_of(record, name, 6, 10), sum_of(record, name, 10, 15)};
}

TEST_CASE("a module is sampled, or switched off, until that is undone") {
  spec::Scenario scenario = steady_chain();
  spec::Actions& actions = by_hand(scenario).actions;
  actions.sample["details"] = Probability{0.1};
  Course calls = course(run(scenario), "store.arrivals");
  CHECK(calls.before == doctest::Approx(600).epsilon(0.005));
  CHECK(calls.during > 20);
  CHECK(calls.during < 65);
  CHECK(calls.after == doctest::Approx(500).epsilon(0.005));
  actions.sample.clear();
  actions.switch_off = {"details"};
  const measure::Record off = run(scenario);
  calls = course(off, "store.arrivals");
  CHECK(calls.during <= 1);
  CHECK(calls.after == doctest::Approx(500).epsilon(0.005));
  CHECK(off.ledgers.at("view").answered == 1500);
  // the service's own module counts as that of each call to it
  scenario.operations["view"].calls[0].calls[0].module.clear();
  std::get<spec::Station>(scenario.services.at("store").kind).module = "details";
  CHECK(course(run(scenario), "store.arrivals").during <= 1);
}

TEST_CASE("requests of an operation wait at the front while that is in effect") {
  spec::Scenario scenario = steady_chain();
  by_hand(scenario).actions.delay["view"] = constant(millisecond * 300);
  const measure::Record record = run(scenario);
  const std::vector<double>& mean = series(record, "view.latency.mean");
  CHECK(mean[4] == doctest::Approx(4));
  CHECK(mean[7] == doctest::Approx(304));
  CHECK(mean[12] == doctest::Approx(4));
  CHECK(record.ledgers.at("view").answered == 1500);
  // who loses patience meanwhile is not sent on
  scenario.clients["crowd"].patience = constant(millisecond * 200);
  const measure::Record hasty = run(scenario);
  CHECK(hasty.ledgers.at("view").timed_out == 400);
  CHECK(course(hasty, "web.arrivals").during == 0);
}

TEST_CASE("a promotion is held down or stopped, and comes back as the plan then says") {
  spec::Scenario scenario = steady_chain();
  const spec::RateSteps steps{{Duration{}, Rate{100}}, {second * 8, Rate{200}}};
  for (const bool drawn : {false, true}) {
    CAPTURE(drawn);
    if (drawn)
      scenario.clients["crowd"].plan = spec::PoissonPlan{steps};
    else
      scenario.clients["crowd"].plan = spec::ConstantPlan{steps};
    by_hand(scenario).actions.promotion["crowd"] = 0.25;
    const Course asked = course(run(scenario), "view.requests");
    CHECK(std::abs(asked.before - 600) <= (drawn ? 75 : 1));
    CHECK(std::abs(asked.during - 150) <= (drawn ? 37 : 1));  // 2 s of 25/s, 2 s of 50/s
    CHECK(std::abs(asked.after - 1000) <= (drawn ? 95 : 1));
    scenario.playbooks["step-in"].actions.promotion["crowd"] = 0;
    CHECK(course(run(scenario), "view.requests").during == 0);
    CHECK(course(run(scenario), "view.requests").after > 900);
  }
}

TEST_CASE("a service admits a share of its calls and refuses the rest") {
  spec::Scenario scenario = steady_chain();
  by_hand(scenario).actions.admit["web"] = Probability{0.6};
  const Course refused = course(run(scenario), "web.turned-away");
  CHECK(refused.before == 0);
  CHECK(refused.during > 130);
  CHECK(refused.during < 190);
  CHECK(refused.after == 0);
}

TEST_CASE("workers and machines are added and taken away, with what waits and what is served") {
  spec::Scenario scenario = steady_chain();
  time_of(scenario, "web") = constant(millisecond * 95);  // 4 workers carry 40/s of the 100/s
  scenario.operations["view"].calls = {call("web")};
  spec::Actions& actions = by_hand(scenario).actions;
  const auto busy = [&](std::size_t at) { return series(run(scenario), "web.busy")[at]; };
  actions.workers["web-node"] = 20;
  CHECK(busy(4) == doctest::Approx(4));
  CHECK(busy(6) > 19.5);  // those who wait begin at once
  CHECK(busy(12) < 10);
  actions.workers["web-node"] = 1;
  CHECK(busy(8) == doctest::Approx(1));
  CHECK(busy(12) == doctest::Approx(4));
  actions.workers.clear();
  actions.machines["web-node"] = 3;
  CHECK(busy(4) == doctest::Approx(4));
  CHECK(busy(8) > 8.5);
  CHECK(course(run(scenario), "web.carried").during > 320);
  scenario.nodes["web-node"].count = 3;
  actions.machines["web-node"] = 1;
  const measure::Record fewer = run(scenario);
  CHECK(series(fewer, "web.busy")[5] > 9);
  CHECK(series(fewer, "web.busy")[9] == doctest::Approx(4));
  // 12 workers for 11 s, 4 for 4 s
  CHECK(figure(fewer, "web.utilisation").value ==
        doctest::Approx(sum_of(fewer, "web.busy", 0, 15) / (12 * 11 + 4 * 4)).epsilon(0.001));
}

TEST_CASE("cards and disks are replaced by ones of another bandwidth, and put back") {
  spec::Scenario scenario = steady_chain();
  scenario.clients["crowd"].plan = spec::ConstantPlan{steady(10)};
  scenario.operations["view"].calls = {call("store")};
  auto& store = std::get<spec::Station>(scenario.services.at("store").kind);
  store.storage_bytes = store.answer_bytes = Bytes{1'000'000};
  scenario.nodes["store-node"].storage_bandwidth = BitRate{800e6};       // 10 ms each
  scenario.nodes["store-node"].network_card.bandwidth = BitRate{400e6};  // 20 ms
  spec::Actions& actions = by_hand(scenario).actions;
  actions.disk["store-node"] = BitRate{1600e6};
  actions.card["store-node"] = BitRate{4000e6};
  const std::vector<double> mean = series(run(scenario), "view.latency.mean");
  CHECK(mean[4] == doctest::Approx(33));
  CHECK(mean[8] == doctest::Approx(3 + 5 + 2));
  CHECK(mean[12] == doctest::Approx(33));
  // an incident of the disk is of whichever is in
  spec::Incident& incident = scenario.incidents["trouble"];
  incident.kind = spec::Incident::Kind::disk;
  incident.node = "store-node";
  incident.factor = 0.5;
  incident.at = second * 4;
  incident.length = second * 8;
  incident.enabled = true;
  const std::vector<double> slow = series(run(scenario), "view.latency.mean");
  CHECK(slow[4] == doctest::Approx(43));
  CHECK(slow[8] == doctest::Approx(15));
  CHECK(slow[11] == doctest::Approx(43));
  scenario.playbooks["step-in"].actions.card["web-node"] = BitRate{1e9};
  CHECK(problems(scenario).find("/actions/card/web-node") != std::string::npos);
}

// Ten messages a second, of which one consumer delivers 6.7.
spec::Scenario falls_behind() {
  spec::Scenario scenario = two_services();
  scenario.duration = second * 15;
  scenario.operations["view"].calls = {call("orders")};
  time_of(scenario, "store") = constant(millisecond * 150);
  scenario.nodes["store-node"].workers = 100;
  spec::MessageQueue& queue = scenario.queues["orders"];
  queue.on = "log";
  queue.deliver = {call("store")};
  scenario.nodes["log"].storage_bandwidth = BitRate{1e9};
  return scenario;
}

TEST_CASE("consumers are added to a queue and taken away, and its backlog triggers that") {
  spec::Scenario scenario = falls_behind();
  by_hand(scenario).actions.consumers["orders"] = 10;
  const measure::Record record = run(scenario);
  const std::vector<double>& backlog = series(record, "queue.orders.backlog");
  CHECK(backlog[5] > 15);
  CHECK(backlog[8] < 1);
  CHECK(backlog[14] > 10);
  spec::Playbook& playbook = scenario.playbooks["step-in"];
  playbook.at.reset();
  playbook.when = trigger("queue.orders.backlog", 10, true, {}, spec::Bound::Unit::none);
  const std::int64_t seen = cell(run(scenario), "playbooks", "step-in", "triggered (s)");
  CHECK(backlog[static_cast<std::size_t>(seen - 1)] > 10);
  CHECK(backlog[static_cast<std::size_t>(seen - 2)] <= 10);
}

TEST_CASE("a queue is diverted with its backlog, and what still waits there comes back") {
  spec::Scenario scenario = falls_behind();
  scenario.queues["long-term"].on = "log";
  by_hand(scenario).actions.divert["orders"] = "long-term";
  const measure::Record record = run(scenario);
  const std::vector<double>& here = series(record, "queue.orders.backlog");
  const std::vector<double>& there = series(record, "queue.long-term.backlog");
  CHECK(here[5] > 15);
  CHECK(here[8] < 1);
  CHECK(there[9] > here[5] + 30);
  CHECK(here[11] > there[9]);
  CHECK(there[11] == 0);
  CHECK(cell(record, "queues", "orders", "put") == 150);
}

// 100/s, but 300/s from 5 s to 15 s and from 25 s to 35 s.
spec::Scenario two_waves() {
  spec::Scenario scenario = steady_chain();
  scenario.duration = second * 45;
  spec::RateSteps steps;
  for (const auto& [at, rate] : {std::pair{0, 100.}, {5, 300.}, {15, 100.}, {25, 300.}, {35, 100.}})
    steps[second * at] = Rate{rate};
  scenario.clients["crowd"].plan = spec::ConstantPlan{steps};
  spec::Playbook& playbook = scenario.playbooks["step-in"];
  playbook.when = trigger("web.arrivals", 200, true, second * 3);
  playbook.delay = constant(second * 2);
  playbook.actions.switch_off = {"details"};
  playbook.undo = spec::Undo{trigger("web.arrivals", 200, false, second * 2), {}};
  return scenario;
}

TEST_CASE("a playbook is triggered, takes effect, is undone, and is triggered again") {
  const measure::Record record = run(two_waves());
  CHECK(record.tables.at("playbooks") ==
        Rows{{"playbook", "triggered (s)", "took effect (s)", "undone (s)"},
             {"step-in", "8.000", "10.000", "17.010"},
             {"step-in", "28.000", "30.000", "37.010"}});
  CHECK(sum_of(record, "store.arrivals", 10, 17) <= 1);
  CHECK(sum_of(record, "store.arrivals", 18, 30) > 2190);
  CHECK(sum_of(record, "store.arrivals", 30, 37) <= 1);
  REQUIRE(record.marks.size() == 4);
  CHECK(record.marks[0] ==
        measure::Mark{"trigger", "step-in", Instant{} + second * 8, Instant{} + second * 8});
  CHECK(record.marks[1] == measure::Mark{"playbook", "step-in", Instant{} + second * 10,
                                         Instant{} + millisecond * 17'010});
}

TEST_CASE("the second in which a playbook takes effect or is undone says nothing to its triggers") {
  spec::Scenario scenario = two_waves();
  spec::Playbook& playbook = scenario.playbooks["step-in"];
  playbook.delay = constant(millisecond * 2'300);
  // 8.3 s: of this second 90 calls are still made, of the next none
  playbook.undo->when = trigger("store.arrivals", 200, false, {});
  playbook.when->for_time = {};
  const measure::Record record = run(scenario);
  const Rows& rows = record.tables.at("playbooks");
  CHECK(rows[1] == Rows::value_type{"step-in", "6.000", "8.300", "10.010"});
  CHECK(rows[2] == Rows::value_type{"step-in", "12.000", "14.300", "16.010"});
}

TEST_CASE("what does not last as long as the trigger asks does not set it off") {
  spec::Scenario scenario = two_waves();
  scenario.playbooks["step-in"].when->for_time = second * 10;
  CHECK(cell(run(scenario), "playbooks", "step-in", "triggered (s)") == 15);
  scenario.playbooks["step-in"].when->for_time = second * 11;
  CHECK(run(scenario).tables.at("playbooks")[1] == Rows::value_type{"step-in", "", "", ""});
}

TEST_CASE("of two playbooks that change the same, the later one rules until it is undone") {
  spec::Scenario scenario = steady_chain();
  scenario.duration = second * 20;
  by_hand(scenario).actions.promotion["crowd"] = 0.5;
  scenario.playbooks["step-in"].undo->after = second * 9;  // 6 s to 15 s
  spec::Playbook other = scenario.playbooks["step-in"];
  other.at = second * 8;
  other.undo->after = second * 3;  // 9 s to 12 s
  other.actions.promotion["crowd"] = 2;
  scenario.playbooks["again"] = other;
  const measure::Record record = run(scenario);
  for (const auto& [from, to, rate] :
       {std::tuple{0, 6, 100}, {6, 9, 50}, {9, 12, 200}, {12, 15, 50}, {15, 20, 100}})
    CHECK(std::abs(sum_of(record, "view.requests", from, to) - rate * (to - from)) <= 1);
}

TEST_CASE("triggers see every measure of a service and of an operation as the record has it") {
  using Unit = spec::Bound::Unit;
  spec::Scenario scenario = steady_chain();
  time_of(scenario, "web") = constant(millisecond * 17);
  std::get<spec::Station>(scenario.services.at("web").kind).queue = 6;
  scenario.clients["crowd"].plan = spec::ConstantPlan{steady(300)};  // of which 200/s are carried
  scenario.clients["crowd"].deadline = millisecond * 10;
  scenario.playbooks["step-in"].actions.switch_off = {"details"};
  auto& store = std::get<spec::Station>(scenario.services.at("store").kind);
  store.storage_bytes = Bytes{1'000};
  store.answer_bytes = Bytes{2'000};
  scenario.nodes["store-node"].storage_bandwidth = BitRate{8e9};       // 1 us each
  scenario.nodes["store-node"].network_card.bandwidth = BitRate{8e9};  // 2 us each
  const double queue = series(run(scenario), "web.queue")[5];
  CHECK(queue > 4);
  const double web = 0.017 + 0.003 + queue / 200;  // service, store, Little's law
  for (const auto& [metric, value, unit] : {std::tuple{"web.arrivals", 300., Unit::per_second},
                                            {"web.carried", 200., Unit::per_second},
                                            {"web.turned-away", 100., Unit::per_second},
                                            {"web.queue", queue, Unit::none},
                                            {"web.busy", 4., Unit::none},
                                            {"web.utilisation", 1., Unit::share},
                                            {"store.utilisation", 0.15, Unit::share},
                                            {"store.latency", 0.003, Unit::seconds},
                                            {"card.store-node.utilisation", 400e-6, Unit::share},
                                            {"disk.store-node.utilisation", 200e-6, Unit::share},
                                            {"web.latency", web, Unit::seconds},
                                            {"view.requests", 300., Unit::per_second},
                                            {"view.answered", 200., Unit::per_second},
                                            {"view.refused", 100., Unit::per_second},
                                            {"view.latency", web, Unit::seconds}})
    for (const bool above : {true, false}) {
      CAPTURE(std::string(metric));
      CAPTURE(above);
      scenario.playbooks["step-in"].when =
          trigger(metric, value * (above ? 0.93 : 1.07), above, second * 10, unit);
      CHECK(cell(run(scenario), "playbooks", "step-in", "triggered (s)") <= 11);
      scenario.playbooks["step-in"].when =
          trigger(metric, value * (above ? 1.07 : 0.93), above, second * 10, unit);
      CHECK(run(scenario).tables.at("playbooks")[1][1].empty());
    }
}

spec::Scenario two_sites_with_playbooks() {
  spec::Scenario scenario = two_sites();
  scenario.duration = second * 8;
  scenario.operations["view"].calls[0].calls[0].module = "details";
  spec::Playbook& playbook = scenario.playbooks["step-in"];
  playbook.when = trigger("web.arrivals", 1500, true, second);
  playbook.delay = exponential(millisecond * 300);
  playbook.actions.sample["details"] = Probability{0.5};
  playbook.actions.promotion["crowd"] = 0.7;
  playbook.actions.machines["web-node"] = 2;
  playbook.undo = spec::Undo{{}, millisecond * 700};
  spec::Playbook& other = scenario.playbooks["south"];
  other.when = trigger("web.south.arrivals", 900, true, {});
  other.actions.admit["web"] = Probability{0.9};
  return scenario;
}

TEST_CASE("with playbooks the record of several sites is the same for any number of threads") {
  const spec::Scenario scenario = two_sites_with_playbooks();
  const measure::Record one = run(scenario);
  CHECK(one.tables.at("playbooks").size() >= 5);
  for (const unsigned threads : {2u, 3u}) {
    const measure::Record more = run(scenario, threads);
    CHECK(more.fingerprint == one.fingerprint);
    CHECK(more.distributions == one.distributions);
    CHECK(more.ledgers == one.ledgers);
    CHECK(more.tables == one.tables);
    CHECK(more.marks == one.marks);
  }
}

TEST_CASE("the metrics of all sites are added, and a site's own can be named") {
  spec::Scenario scenario = two_sites_with_playbooks();
  scenario.playbooks.erase("south");
  spec::Playbook& playbook = scenario.playbooks["step-in"];
  const auto triggers = [&](const char* metric, double bound) {
    playbook.when = trigger(metric, bound, true, {});
    return !run(scenario).tables.at("playbooks")[1][1].empty();
  };
  CHECK(triggers("web.arrivals", 1800));
  CHECK_FALSE(triggers("web.arrivals", 2400));
  CHECK(triggers("web.south.arrivals", 900));
  CHECK_FALSE(triggers("web.south.arrivals", 1300));
}

TEST_CASE("a playbook that cannot be run is told with its place and the names that are near") {
  spec::Scenario scenario = two_waves();
  spec::Playbook& playbook = scenario.playbooks["step-in"];
  const std::string fingerprint = run(scenario).fingerprint;
  playbook.when->metric = "web.arivals";
  CHECK(problems(scenario).find("/playbooks/step-in/when/metric") != std::string::npos);
  CHECK(problems(scenario).find("did you mean web.arrivals?") != std::string::npos);
  playbook.when->metric = "web.nonsense-of-it";
  CHECK(problems(scenario).find("web.turned-away") != std::string::npos);
  playbook.when->metric = "web.latency";
  CHECK(problems(scenario).find("/playbooks/step-in/when/above") != std::string::npos);
  playbook.enabled = false;
  CHECK(run(scenario).tables.count("playbooks") == 0);
  const std::string disabled = run(scenario).fingerprint;
  CHECK(disabled != fingerprint);
  scenario.playbooks.clear();
  CHECK(run(scenario).fingerprint == disabled);
}

}  // namespace
}  // namespace springtide::models::chain
