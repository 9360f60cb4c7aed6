#include "cli/finish.h"

#include <algorithm>
#include <filesystem>

#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/outcome.h"
#include "measure/checks.h"
#include "measure/threshold.h"
#include "models/metrics.h"

namespace springtide::cli {
namespace {

void complete_checks(measure::Record& record) {
  for (measure::Check& check : measure::check_record(record)) {
    const bool known = std::any_of(record.checks.begin(), record.checks.end(),
                                   [&](const auto& other) { return other.name == check.name; });
    if (!known) record.checks.push_back(std::move(check));
  }
}

}  // namespace

Diagnostics judge_run(const spec::Scenario& scenario, measure::Record& record) {
  complete_checks(record);
  auto thresholds = measure::parse_thresholds(scenario.thresholds);
  if (!thresholds) return thresholds.problems();
  auto verdicts = measure::judge(thresholds.value(), record);
  if (!verdicts && record.complete)
    if (const auto known = models::empty_record(scenario))
      verdicts = measure::judge(thresholds.value(), record, known.value());
  if (verdicts) {
    record.verdicts = std::move(verdicts.value());
    return {};
  }
  return record.complete ? verdicts.problems() : Diagnostics{};
}

int write_and_tell(const ResultWish& wish, const spec::LoadedScenario& scenario,
                   const measure::Record& record, const measure::Manifest& manifest,
                   const Interrupt& interrupt) {
  measure::ResultContent content{record, manifest, scenario.effective_json, {}};
  if (wish.report) {
    auto files = rendered_files(content, wish.rendering);
    if (!files) {
      print_problems(files.problems());
      return exit_run_error;
    }
    content.files = std::move(files.value());
  }
  auto path = measure::write_result_directory(wish.directory, content, {wish.force});
  if (!path) {
    interrupt.stay_if_ending();
    print_problems(path.problems());
    return exit_run_error;
  }
  const Outcome outcome{record,
                        scenario.scenario.title,
                        manifest.seed,
                        path.value().string(),
                        wish.report ? (path.value() / "report.html").string() : "",
                        manifest.wall_seconds,
                        wish.live,
                        wish.notes};
  print(wish.json ? to_json(outcome) : to_text(outcome));
  return exit_code_of(record);
}

}  // namespace springtide::cli
