// What must hold in any textbook scenario, on random ones: plans, disciplines, limits, losses,
// chains of calls, closed users.
#include <cstdlib>
#include <string>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "models/run.h"
#include "tests/models/textbook_scenario.h"

namespace springtide::models {
namespace {

Duration any_time() { return microsecond * *rc::gen::inRange<std::int64_t>(0, 3000); }

Distribution any_distribution() {
  const Duration mean = any_time() + microsecond;
  switch (*rc::gen::inRange(0, 4)) {
    case 0: return constant(mean);
    case 1: return Distribution(Uniform{Duration{}, mean * 2});
    case 2: return Distribution(Hyperexponential{0.2, mean * 3, mean});
    default: return exponential(mean);
  }
}

spec::Plan any_plan(bool may_be_closed) {
  const auto rate = [] { return Rate{static_cast<double>(*rc::gen::inRange(0, 2000))}; };
  const spec::RateSteps steps = {
      {Duration{}, rate()}, {millisecond * 300, rate()}, {millisecond * 700, rate()}};
  switch (*rc::gen::inRange(0, may_be_closed ? 4 : 3)) {
    case 0: return spec::ConstantPlan{steps};
    case 1: return spec::RenewalPlan{any_distribution()};
    case 2: return spec::PoissonPlan{steps};
    default: return spec::ClosedPlan{*rc::gen::inRange<std::int64_t>(0, 20), any_distribution()};
  }
}

spec::Scenario any_scenario() {
  spec::Scenario scenario;
  scenario.title = "random";
  scenario.duration = second;
  scenario.warmup = millisecond * *rc::gen::inRange<std::int64_t>(0, 900);
  scenario.seed = *rc::gen::arbitrary<std::uint64_t>();
  const bool lossy = *rc::gen::arbitrary<bool>();
  const int services = *rc::gen::inRange(1, 4);
  for (int i = 0; i < services; ++i) {
    const std::string name = "s" + std::to_string(i);
    add_station(scenario, name, any_distribution(), *rc::gen::inRange<std::int64_t>(1, 4));
    station(scenario, name).discipline = static_cast<spec::Discipline>(*rc::gen::inRange(0, 4));
    if (*rc::gen::arbitrary<bool>())
      station(scenario, name).queue = *rc::gen::inRange<std::int64_t>(0, 5);
  }
  for (int k = 0; k < *rc::gen::inRange(1, 4); ++k) {
    const std::string name = "c" + std::to_string(k), operation = "o" + std::to_string(k % 2);
    auto& calls = scenario.operations[operation].calls;
    if (calls.empty())
      for (int i = 0; i <= *rc::gen::inRange(0, 3); ++i)
        calls.push_back({"s" + std::to_string(*rc::gen::inRange(0, services))});
    scenario.clients[name].plan = any_plan(!lossy);
    scenario.clients[name].asks = operation;
    scenario.clients[name].priority = *rc::gen::inRange(0, 3);
    spec::Link to_first = link(name, calls.front().service, any_distribution());
    if (lossy) to_first.loss = {0.1};
    if (lossy) to_first.loss_burst_start = {0.05}, to_first.loss_burst_end = {0.5};
    scenario.links[name] = to_first;
  }
  return scenario;
}

measure::Record run(const spec::Scenario& scenario, unsigned threads) {
  RunOptions options;
  options.threads = threads;
  options.seed = scenario.seed;
  auto record = run_scenario(scenario, options);
  RC_ASSERT(record.ok());
  return std::move(record.value());
}

TEST_CASE("in any scenario all checks hold, and threads change nothing") {
  setenv("RC_PARAMS", "seed=2017", 0);  // the same scenarios every time, unless asked otherwise
  CHECK(rc::check("random textbook worlds", [] {
    const spec::Scenario scenario = any_scenario();
    const measure::Record one = run(scenario, 1);
    for (const measure::Check& check : one.checks)
      if (!check.holds) RC_FAIL(check.name + ": " + check.detail);
    for (const unsigned threads : {1u, 2u, 4u}) {
      const measure::Record other = run(scenario, threads);
      RC_ASSERT(other.fingerprint == one.fingerprint);
      RC_ASSERT(other.ledgers == one.ledgers);
      RC_ASSERT(other.distributions == one.distributions);
    }
  }));
}

}  // namespace
}  // namespace springtide::models
