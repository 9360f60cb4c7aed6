#include <atomic>
#include <string>

#include <doctest/doctest.h>

#include "models/run.h"
#include "tests/models/textbook_scenario.h"

namespace springtide::models {
namespace {

measure::Record run(const spec::Scenario& scenario, const std::atomic<bool>* stop = nullptr) {
  RunOptions options;
  options.stop = stop;
  auto record = run_scenario(scenario, options);
  if (!record.ok()) FAIL(to_string(record.problems()));
  for (const measure::Check& check : record.value().checks)
    CHECK_MESSAGE(check.holds, (check.name + ": " + check.detail));
  return std::move(record.value());
}

std::string problems(const spec::Scenario& scenario) {
  const auto record = run_scenario(scenario, {});
  return record.ok() ? "" : to_string(record.problems());
}

double figure(const measure::Record& record, const std::string& name) {
  for (const measure::Figure& one : record.figures)
    if (one.name == name) return one.value;
  FAIL(name);
  return 0;
}

spec::Scenario mm1() {
  return one_station(spec::PoissonPlan{steady(1000)}, exponential(microsecond * 500));
}

TEST_CASE("a scenario without requests, or of no length, gives an empty, balanced record") {
  for (const double rate : {0.0, 1000.0}) {
    spec::Scenario scenario = mm1();
    scenario.clients["crowd"].plan = spec::PoissonPlan{steady(rate)};
    if (rate > 0) scenario.duration = Duration{};
    const measure::Record record = run(scenario);
    CHECK(record.complete);
    CHECK(record.ledgers.at("serve") == measure::Ledger{});
    CHECK(record.distributions.at("serve.latency").empty());
  }
}

TEST_CASE("evenly spaced requests to a free worker take exactly the constant parts") {
  spec::Scenario scenario = one_station(spec::ConstantPlan{steady(100)}, constant(millisecond * 2));
  scenario.links["net"] = link("crowd", "station", constant(microsecond * 700));
  const measure::Record record = run(scenario);
  CHECK(record.ledgers.at("serve").answered == 200);
  CHECK(record.distributions.at("serve.latency").min() == 3'400'000);
  CHECK(record.distributions.at("serve.latency").max() == 3'400'000);
  CHECK(record.distributions.at("serve.waiting").max() == 0);
  CHECK(figure(record, "station.utilisation") == doctest::Approx(0.2));
}

TEST_CASE("latency counts from the intended instant: a standing queue shows in full") {
  const measure::Record record =
      run(one_station(spec::ConstantPlan{steady(1000)}, constant(millisecond * 2)));
  // request k waits k ms more than it should: the last of 2000 waits almost 2 s
  CHECK(record.distributions.at("serve.latency").max() == 2'001'000'000);
  CHECK(record.ledgers.at("serve").in_flight == 0);
  CHECK(record.series.front().values.size() >= 4);
}

TEST_CASE("what has not ended when the run gives up is in flight") {
  const measure::Record record =
      run(one_station(spec::ConstantPlan{steady(1000)}, constant(second)));
  const measure::Ledger& ledger = record.ledgers.at("serve");
  CHECK(ledger.offered == 2000);
  CHECK(ledger.in_flight == 2000 - ledger.answered);
  CHECK(ledger.answered < 40);
}

TEST_CASE("a full queue refuses, and nothing else does") {
  spec::Scenario scenario =
      one_station(spec::ConstantPlan{steady(1000)}, constant(millisecond * 100));
  station(scenario).queue = 3;
  const measure::Record record = run(scenario);
  CHECK(record.ledgers.at("serve").refused > 1900);
  CHECK(record.distributions.at("serve.waiting").max().value() <= 300'000'000);
}

TEST_CASE("a lossy link loses its share; bursts lose in runs") {
  spec::Scenario scenario = mm1();
  scenario.duration = second * 100;
  scenario.links["net"] = link("crowd", "station", constant(millisecond));
  scenario.links["net"].loss = {0.1};
  CHECK(figure(run(scenario), "serve.lost.share") == doctest::Approx(0.19).epsilon(0.03));
  scenario.links["net"].loss = {};
  scenario.links["net"].loss_burst_start = {0.01};
  scenario.links["net"].loss_burst_end = {0.1};
  CHECK(figure(run(scenario), "serve.lost.share") == doctest::Approx(1 - 100.0 / 121).epsilon(0.1));
}

TEST_CASE("an urgent request waits less, and least of all where it interrupts") {
  double last = 1e9;
  for (const auto discipline : {spec::Discipline::fifo, spec::Discipline::priority,
                                spec::Discipline::preemptive_priority}) {
    spec::Scenario scenario = mm1();
    scenario.duration = second * 60;
    station(scenario).discipline = discipline;
    scenario.clients["crowd"].priority = 2;
    scenario.clients["urgent"] = scenario.clients["crowd"];
    scenario.clients["urgent"].plan = spec::PoissonPlan{steady(500)};
    scenario.clients["urgent"].priority = 1;
    const measure::Record record = run(scenario);
    const double urgent = figure(record, "serve.urgent.waiting.mean");
    CHECK(urgent < last);
    if (discipline != spec::Discipline::fifo)
      CHECK(urgent < figure(record, "serve.crowd.waiting.mean"));
    last = urgent;
  }
}

TEST_CASE("a run that is stopped gives a partial, balanced record") {
  const std::atomic<bool> stop{true};
  const measure::Record record = run(mm1(), &stop);
  CHECK_FALSE(record.complete);
  CHECK(record.ledgers.at("serve").balanced());
  CHECK(record.duration < second * 2);
}

TEST_CASE("closed users never ask more at once than there are") {
  spec::Scenario scenario =
      one_station(spec::ClosedPlan{7, exponential(microsecond * 10)}, exponential(millisecond));
  const measure::Record record = run(scenario);
  CHECK(figure(record, "station.system.mean") < 7);
  CHECK(figure(record, "station.utilisation") > 0.999);
  CHECK(record.ledgers.at("serve").in_flight == 0);
}

TEST_CASE("what this world cannot do is told by name, all at once") {
  spec::Scenario scenario = mm1();
  scenario.clients["crowd"].plan = spec::SlotsPlan{};
  scenario.nodes["station-node"].runtime = "go1.8";
  scenario.operations["serve"].calls.push_back({"nowhere"});
  const std::string told = problems(scenario);
  CHECK(told.find("/clients/crowd/plan/slots") != std::string::npos);
  CHECK(told.find("/nodes/station-node/runtime") != std::string::npos);
  CHECK(told.find("no service 'nowhere'") != std::string::npos);
}

TEST_CASE("closed users who could ask for ever within an instant, or wait for ever, are refused") {
  spec::Scenario scenario = one_station(spec::ClosedPlan{2, constant({})}, constant(millisecond));
  CHECK(problems(scenario).empty());
  station(scenario).queue = 0;
  CHECK(problems(scenario).find("for ever") != std::string::npos);
  station(scenario).queue = std::nullopt;
  scenario.links["net"] = link("crowd", "station", constant(millisecond));
  scenario.links["net"].loss = {0.01};
  CHECK(problems(scenario).find("wait for ever") != std::string::npos);
}

}  // namespace
}  // namespace springtide::models
