#include "cli/scenario_input.h"

#include <CLI/CLI.hpp>

#include "measure/threshold.h"
#include "models/metrics.h"

namespace springtide::cli {

void add_scenario_options(CLI::App& verb, ScenarioInput& input) {
  verb.add_option("--overlay", input.overlays,
                  "merge this JSON file over the scenario (RFC 7396); repeatable, in order")
      ->type_name("FILE")
      ->allow_extra_args(false);
  verb.add_option("--set", input.settings, "set one value, after all overlays; repeatable")
      ->type_name("/POINTER=VALUE")
      ->allow_extra_args(false);
}

namespace {

Result<spec::LoadedScenario> checked(Result<spec::LoadedScenario> loaded) {
  if (!loaded) return loaded;
  Diagnostics problems = models::problems_of(loaded.value().scenario);
  const auto thresholds = measure::parse_thresholds(loaded.value().scenario.thresholds);
  if (!thresholds)
    problems.insert(problems.end(), thresholds.problems().begin(), thresholds.problems().end());
  if (problems.empty()) return loaded;
  return located(std::move(problems), loaded.value());
}

}  // namespace

Result<spec::LoadedScenario> read_scenario(const std::string& file, const ScenarioInput& input) {
  return checked(spec::load_scenario({file, input.overlays, input.settings}));
}

Result<spec::LoadedScenario> read_scenario_text(const std::string& text, const std::string& name) {
  return checked(spec::load_scenario_text(text, name));
}

Diagnostics located(Diagnostics problems, const spec::LoadedScenario& loaded) {
  for (Diagnostic& problem : problems) {
    if (problem.line > 0) continue;
    const Diagnostic position = loaded.positions.problem(problem.pointer, "");
    problem.file = position.file;
    problem.line = position.line;
    problem.column = position.column;
  }
  return problems;
}

}  // namespace springtide::cli
