#include "models/metrics.h"

#include <fmt/format.h>

#include "measure/threshold.h"
#include "models/chain/world.h"
#include "models/fleet/world.h"
#include "models/red_packet/world.h"
#include "models/run.h"
#include "models/station/world.h"
#include "models/unheeded.h"
#include "spec/chain_words.h"
#include "spec/json/document.h"

namespace springtide::models {
namespace {

// The same scenario with one user who has no time: what is measured does not depend on how much
// happens.
spec::Scenario nothing_happens(spec::Scenario scenario) {
  for (auto& [_, clients] : scenario.clients) {
    clients.population = 1;
    clients.driver.processes = 1;
  }
  scenario.duration = Duration{1};
  scenario.warmup = {};
  scenario.incidents.clear();
  scenario.packets.clear();
  scenario.phases.clear();
  return scenario;
}

Result<measure::Record> empty_red_packet_record(const spec::Scenario& scenario) {
  Diagnostics problems = red_packet_problems(scenario);
  if (!problems.empty()) return problems;
  RunOptions options;
  options.seed = scenario.seed;
  return run_red_packet_world(nothing_happens(scenario), options);
}

// Adds what is wrong with the conditions on one metric.
void judge_metric(const std::string& metric, const std::vector<std::string>& conditions,
                  const measure::Record& record, Diagnostics& problems) {
  const std::string at = "/thresholds/" + spec::escape_pointer(metric);
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    const auto threshold = measure::parse_threshold(metric, conditions[i]);
    if (!threshold) continue;  // told by who parses them
    const auto verdicts = measure::judge({threshold.value()}, record);
    if (verdicts) continue;
    const bool known = measure::has_metric(record, metric);
    for (Diagnostic problem : verdicts.problems()) {
      problem.pointer = known ? fmt::format("{}/{}", at, i) : at;
      problems.push_back(std::move(problem));
    }
    if (!known) return;  // once is enough
  }
}

}  // namespace

Result<measure::Record> empty_record(const spec::Scenario& scenario) {
  if (spec::is_chain_scenario(scenario)) return chain::empty_chain_record(scenario);
  if (Diagnostics unheeded = unheeded_words(scenario); !unheeded.empty()) return unheeded;
  if (is_fleet_scenario(scenario)) return empty_fleet_record(scenario);
  if (is_red_packet_scenario(scenario)) return empty_red_packet_record(scenario);
  if (station::is_station_scenario(scenario)) return station::empty_station_record(scenario);
  return run_scenario(scenario, {});  // which tells that no model runs it
}

Diagnostics problems_of(const spec::Scenario& scenario) {
  const auto record = empty_record(scenario);
  if (!record) return record.problems();
  Diagnostics problems;
  for (const auto& [metric, conditions] : scenario.thresholds)
    judge_metric(metric, conditions, record.value(), problems);
  return problems;
}

}  // namespace springtide::models
