// What a run will measure is known before it runs: the record of nothing has the very names and
// units of the record of a run, and thresholds are held against it.
#include "models/metrics.h"

#include <filesystem>
#include <map>
#include <string>

#include <doctest/doctest.h>

#include "measure/threshold.h"
#include "models/run.h"
#include "spec/scenario_reader.h"
#include "tests/models/textbook_scenario.h"

namespace springtide::models {
namespace {

spec::Scenario load(const spec::ScenarioRequest& request) {
  auto loaded = spec::load_scenario(request);
  if (!loaded.ok()) FAIL(to_string(loaded.problems()));
  return std::move(loaded.value().scenario);
}

// Every name with its unit; distributions and ledgers have none.
std::map<std::string, std::string> names_and_units(const measure::Record& record) {
  std::map<std::string, std::string> all;
  for (const std::string& name : measure::metric_names(record)) all[name] = "";
  for (const measure::Series& series : record.series) all[series.name] += "series " + series.unit;
  for (const measure::Figure& figure : record.figures) all[figure.name] += "figure " + figure.unit;
  return all;
}

void check_names(const spec::Scenario& scenario) {
  const auto before = empty_record(scenario);
  const auto after = run_scenario(scenario, {});
  if (!before.ok()) FAIL(to_string(before.problems()));
  if (!after.ok()) FAIL(to_string(after.problems()));
  CHECK(names_and_units(before.value()) == names_and_units(after.value()));
}

std::string text_of(const Diagnostics& problems) {
  std::string text;
  for (const Diagnostic& problem : problems)
    text += problem.pointer + ": " + problem.what + "; " + problem.expected + "\n";
  return text;
}

TEST_CASE("every textbook scenario measures what was known before") {
  for (const auto& entry : std::filesystem::directory_iterator("scenarios/textbook")) {
    if (entry.path().extension() != ".json") continue;
    CAPTURE(entry.path().string());
    check_names(load({entry.path().string(), {}, {"/duration=1500ms", "/warmup=1s"}}));
  }
}

TEST_CASE("losses, refusals and several askers of one operation are known before") {
  spec::Scenario scenario = one_station(spec::PoissonPlan{steady(2000)}, exponential(millisecond));
  scenario.clients["others"] = scenario.clients["crowd"];
  station(scenario).queue = 1;
  scenario.links["wire"] = link("crowd", "station", constant(millisecond));
  scenario.links["wire"].loss.value = 0.1;
  check_names(scenario);
  const auto record = empty_record(scenario);
  REQUIRE(record.ok());
  for (const char* name : {"serve.crowd.lost.share", "serve.others.refused.share", "serve.lost"})
    CHECK(measure::has_metric(record.value(), name));
  CHECK_FALSE(measure::has_metric(record.value(), "serve.others.lost.share"));
}

TEST_CASE("the world of 2017 measures what was known before") {
  check_names(load({"scenarios/hongbao-2017/30k.json",
                    {"tests/determinism/short-night.json"},
                    {"/clients/users/population=400", "/clients/users/connect/per-node=200",
                     "/clients/users/plan/slots/rate=100/s"}}));
}

TEST_CASE("thresholds that no run could judge are problems of the scenario") {
  spec::Scenario scenario = one_station(spec::PoissonPlan{steady(100)}, constant(millisecond));
  scenario.thresholds = {{"serve.latency", {"p(99)<2ms", "avg<1MiB", "value<1"}},
                         {"serve.latenci", {"p(99)<2ms", "p(9)<1ms"}},
                         {"serve.refused", {"rate<1%", "p(9)<1"}},
                         {"station.queue", {"max<10"}},
                         {"serve.lost.share", {"value<1%"}}};
  CHECK(text_of(problems_of(scenario)) ==
        "/thresholds/serve.latenci: unknown metric \"serve.latenci\"; \"serve.latency\" or "
        "\"serve.waiting\" or \"serve.latency.mean\"\n"
        "/thresholds/serve.latency/1: the unit of the threshold does not fit the metric; a "
        "duration\n"
        "/thresholds/serve.latency/2: a distribution has no single value; p(..), avg, min, max, "
        "med, count or rate\n"
        "/thresholds/serve.lost.share: unknown metric \"serve.lost.share\"; \"serve.lost\" or "
        "\"serve.not-sent\" or \"serve.answered\"\n"
        "/thresholds/serve.refused/1: a ledger entry is one number; count, rate or value\n");
  scenario.thresholds = {{"serve.latency.mean", {"value<2ms"}}};
  CHECK(text_of(problems_of(scenario)).empty());
}

TEST_CASE("what the models cannot do is a problem before the run, and the same one") {
  spec::Scenario scenario = one_station(spec::PoissonPlan{steady(100)}, constant(millisecond));
  scenario.clients.begin()->second.plan = spec::SlotsPlan{};
  const auto run = run_scenario(scenario, {});
  REQUIRE_FALSE(run.ok());
  CHECK(to_string(problems_of(scenario)) == to_string(run.problems()));
}

TEST_CASE("a known metric without data fails its threshold") {
  spec::Scenario scenario = one_station(spec::PoissonPlan{steady(1e-6)}, constant(millisecond));
  const auto known = empty_record(scenario), record = run_scenario(scenario, {});
  REQUIRE((known.ok() && record.ok()));
  const auto thresholds = measure::parse_thresholds({{"serve.waiting.mean", {"value<1h"}}});
  REQUIRE(thresholds.ok());
  CHECK_FALSE(measure::judge(thresholds.value(), record.value()).ok());
  const auto verdicts = measure::judge(thresholds.value(), record.value(), known.value());
  REQUIRE(verdicts.ok());
  CHECK_FALSE(verdicts.value()[0].passed);
}

}  // namespace
}  // namespace springtide::models
