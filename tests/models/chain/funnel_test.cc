// What a funnel was and became, second by second; and what gives way next.
#include <doctest/doctest.h>

#include "spec/scenario_reader.h"
#include "tests/models/chain/small_plans.h"

namespace springtide::models::chain {
namespace {

measure::Record run_text(const char* text) {
  const auto loaded = spec::load_scenario_text(text, "test.json");
  if (!loaded.ok()) FAIL(to_string(loaded.problems()));
  auto record = run_chain_world(loaded.value().scenario, {});
  if (!record.ok()) FAIL(to_string(record.problems()));
  return std::move(record.value());
}

constexpr const char* funnel = R"({
  "springtide": 1, "title": "t", "duration": "40s",
  "clients": { "crowd": { "plan": { "funnel": {
      "exposures": { "500ms": "1000/s", "20s": "3000/s" }, "clicks": "20%", "dynamic": 3,
      "static": 2, "static-asks": "file" } }, "asks": { "view": "50%", "buy": "50%" },
      "sites": { "x": "50%", "y": "50%" } } },
  "operations": { "view": { "calls": { "web": {} } }, "buy": { "calls": { "web": {} } },
                  "file": { "calls": { "files": {} } } },
  "services": { "web": { "on": "web", "time": { "exponential": { "mean": "5ms" } } },
                "files": { "on": "files", "time": "1ms" } },
  "nodes": { "web": { "sites": { "x": 1, "y": 1 }, "workers": 5 },
             "files": { "sites": { "x": 1, "y": 1 }, "workers": 5 } },
  "links": { "wide": { "from": "x", "to": "y", "delay": "5ms" } } })";

TEST_CASE("exposures, clicks and what they ask are told for each second, of all sites together") {
  const measure::Record record = run_text(funnel);
  const std::vector<double>& exposures = series(record, "crowd.exposures");
  CHECK(exposures[0] == doctest::Approx(500));  // they begin in the middle of the first second
  CHECK(exposures[1] == doctest::Approx(1000));
  CHECK(exposures[39] == doctest::Approx(3000));
  const double clicks = sum_of(record, "crowd.clicks", 0, 40);
  CHECK(clicks == doctest::Approx(0.2 * (19'500 + 60'000)).epsilon(0.04));
  CHECK(sum_of(record, "crowd.dynamic", 0, 40) == 3 * clicks);
  CHECK(sum_of(record, "crowd.static", 0, 40) == 2 * clicks);
  CHECK(sum_of(record, "view.requests", 0, 40) + sum_of(record, "buy.requests", 0, 40) ==
        3 * clicks);
}

TEST_CASE("exposures are fewer while promotion is stopped") {
  const std::string text(funnel);
  const auto loaded = spec::load_scenario_text(
      text, "test.json",
      {R"(/playbooks={"less": {"at": "10500ms", "actions": {"promotion": {"crowd": 0.5}},
          "undo": {"after": "15s"}}})"});
  if (!loaded.ok()) FAIL(to_string(loaded.problems()));
  const auto record = run_chain_world(loaded.value().scenario, {});
  if (!record.ok()) FAIL(to_string(record.problems()));
  const std::vector<double>& exposures = series(record.value(), "crowd.exposures");
  CHECK(exposures[9] == doctest::Approx(1000));
  CHECK(exposures[15] == doctest::Approx(500));
  CHECK(exposures[24] == doctest::Approx(1500));
  CHECK(exposures[30] == doctest::Approx(3000));
  CHECK(sum_of(record.value(), "crowd.clicks", 12, 25) ==
        doctest::Approx(0.2 * (8 * 500 + 5 * 1500)).epsilon(0.1));
}

TEST_CASE("clients without a funnel have no such series") {
  PlanBuilder chain(second * 2);
  const auto root = chain.root("view");
  chain.call(root, chain.service("web", constant(millisecond)));
  chain.client("crowd", root, spec::PoissonPlan{steady(10)});
  const measure::Record record = run(chain.plan);
  for (const measure::Series& one : record.series) CHECK_FALSE(one.name.starts_with("crowd."));
}

TEST_CASE("what gave way stands first, then what is nearest to it") {
  PlanBuilder chain(second * 20);
  const auto root = chain.root("view");
  const auto calls = chain.calls(root, {chain.service("half", constant(millisecond * 5)),
                                        chain.service("full", constant(millisecond * 12)),
                                        chain.service("idle", constant(millisecond))});
  chain.plan.services[1].queue_limit = 5;
  chain.plan.steps[calls[1]].optional = true;
  chain.client("crowd", root, spec::ConstantPlan{steady(100)});
  const measure::Record record = run(chain.plan);
  const auto& rows = record.tables.at("gives-way");
  REQUIRE(rows.size() == 4);
  CHECK(rows[1][0] == "full");
  CHECK(rows[1][3] == "gave way");
  CHECK(rows[2][0] == "half");
  CHECK(std::stod(rows[2][3]) == doctest::Approx(2).epsilon(0.01));
  CHECK(rows[3][0] == "idle");
}

}  // namespace
}  // namespace springtide::models::chain
