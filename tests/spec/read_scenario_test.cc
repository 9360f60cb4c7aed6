#include <doctest/doctest.h>

#include "spec/scenario_reader.h"

using namespace springtide;
using namespace springtide::spec;

TEST_CASE("a textbook scenario is read") {
  const auto loaded = load_scenario({"scenarios/textbook/mm8.json", {}, {}});
  if (!loaded.ok()) FAIL(to_string(loaded.problems()));
  const Scenario& scenario = loaded.value().scenario;
  CHECK(scenario.title == "M/M/8");
  CHECK(scenario.duration == second * 30);
  CHECK(scenario.nodes.at("node").workers == 8);
  CHECK(std::get<PoissonPlan>(scenario.clients.at("crowd").plan).rate.at(Duration{}).per_second ==
        72'000);
}
