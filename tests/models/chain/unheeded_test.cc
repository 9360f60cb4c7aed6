// No world ignores a word of the service chain that it does not know.
#include "models/unheeded.h"

#include <doctest/doctest.h>

#include "models/metrics.h"
#include "models/run.h"
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

TEST_CASE("a scenario without words of the chain is not refused") {
  CHECK(unheeded_words(night({})).empty());
}
