// No world ignores a word of the service chain that it does not know.
#include "models/unheeded.h"

#include <doctest/doctest.h>

#include "models/metrics.h"
#include "models/run.h"
#include "models/station/limits.h"
#include "spec/scenario_reader.h"

using namespace springtide;
using namespace springtide::models;

namespace {

spec::Scenario night(const std::vector<std::string>& settings) {
  auto loaded = spec::load_scenario(
      {.path = "scenarios/gala-2015/one-server.json", .overlays = {}, .settings = settings});
  if (!loaded.ok()) FAIL(to_string(loaded.problems()));
  return std::move(loaded.value().scenario);
}

}  // namespace

TEST_CASE("a scenario of another world with words of the chain is refused, each word told") {
  const spec::Scenario scenario =
      night({"/clients/viewers/patience=5s", "/nodes/access-server/storage=1TB"});
  for (const Diagnostics& problems :
       {unheeded_words(scenario), problems_of(scenario), run_scenario(scenario, {}).problems()}) {
    REQUIRE(problems.size() == 2);
    CHECK(problems[0].pointer == "/clients/viewers/patience");
    CHECK(problems[1].pointer == "/nodes/access-server/storage");
  }
}

TEST_CASE("a textbook station refuses the words that it does not know") {
  auto loaded = spec::load_scenario(
      {.path = "scenarios/textbook/mm8.json",
       .overlays = {},
       .settings = {"/services/station/discipline=lifo", "/clients/crowd/deadline=1s"}});
  REQUIRE(loaded.ok());
  const Diagnostics problems = station::beyond_this_world(loaded.value().scenario);
  REQUIRE(problems.size() == 2);
  CHECK(problems[0].pointer == "/clients/crowd/deadline");
  CHECK(problems[1].pointer == "/services/station/discipline");
}

TEST_CASE("a scenario without words of the chain is not refused") {
  CHECK(unheeded_words(night({})).empty());
}
