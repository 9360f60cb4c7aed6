// springtide live load: holds connections to a server on this machine, ours or another's, and
// sends by a plan; a result directory and a verdict out.

#include <algorithm>
#include <memory>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/finish.h"
#include "cli/interrupt.h"
#include "cli/verbs/live/driving.h"
#include "cli/verbs/live/live.h"
#include "live/load/record.h"
#include "measure/checks.h"
#include "measure/threshold.h"

namespace springtide::cli {
namespace {

using live::load::Load;
using live::load::LoadReport;

struct LoadArguments : DrivingArguments {
  std::string target, plan = "slots";
};

constexpr const char* examples =
    "Examples:\n"
    "  springtide live load --target 127.0.0.1:1025 --connections 15000 --rate 60k/s\n"
    "  springtide live load scenarios/hongbao-2017/60k.json --target 127.0.0.1:1025 \\\n"
    "      --connections 15000 --duration 60s -o results/live-60k\n"
    "  springtide live load --target 127.0.0.1:1025 --connections 1000 --plan poisson --rate 5k/s\n"
    "\n"
    "With a scenario, --connections and --rate take the place of what it says; --duration is that\n"
    "of the sending. What comes before the first request of its plan is left out: when everybody\n"
    "has logged in, the plan begins. The users of a second send evenly spread over it; --spread "
    "burst sends them all\n"
    "as it begins, as the original did.\n\n";

Result<spec::LoadedScenario> read(const LoadArguments& arguments, const ScenarioInput& input) {
  if (!arguments.file.empty())
    return spec::load_scenario({arguments.file, input.overlays, input.settings});
  const std::string text = live::load::scenario_text(
      "Load on " + arguments.target, arguments.connections > 0 ? arguments.connections : 1000,
      arguments.plan, arguments.rate.empty() ? "1k/s" : arguments.rate,
      arguments.duration.empty() ? "60s" : arguments.duration);
  return spec::load_scenario_text(text, "command line", input.settings);
}

// Thresholds on what a driver cannot see are told before the run.
Diagnostics judge_load(const Driving& driving, measure::Record& record) {
  for (measure::Check& check : measure::check_record(record)) {
    const bool known = std::any_of(record.checks.begin(), record.checks.end(),
                                   [&](const auto& other) { return other.name == check.name; });
    if (!known) record.checks.push_back(std::move(check));
  }
  const auto thresholds = measure::parse_thresholds(driving.scenario.scenario.thresholds);
  if (!thresholds) return thresholds.problems();
  measure::Record possible;
  live::load::add_to_record({}, driving.load.operation, possible);
  auto verdicts = measure::judge(thresholds.value(), record, possible);
  if (!verdicts) return record.complete ? verdicts.problems() : Diagnostics{};
  record.verdicts = std::move(verdicts.value());
  return {};
}

Result<Driving> prepare(const LoadArguments& arguments) {
  auto prepared = prepare(arguments, [&](const auto& input) { return read(arguments, input); });
  Diagnostics problems;
  live::net::Address target;
  read_address(arguments.target, "--target", target, problems);
  if (!prepared) {
    problems.insert(problems.end(), prepared.problems().begin(), prepared.problems().end());
    return problems;
  }
  Driving& driving = prepared.value();
  driving.load.options.target = target;
  measure::Record nothing;
  if (problems.empty()) problems = located(judge_load(driving, nothing), driving.scenario);
  if (!problems.empty()) return problems;
  return prepared;
}

// False: not everybody logged in within the limit.
bool drive(Load& load, const Interrupt& interrupt, live::run::Company& company) {
  ProgressLine progress;
  bool sending = false;
  while (!*interrupt.stop() && !load.finished()) {
    usleep(20'000);
    company.turn();
    progress.tell(load, sending);
    if (sending) continue;
    if (load.ready()) {
      load.begin();
      sending = true;
    } else if (load.late()) {
      break;
    }
  }
  return sending || *interrupt.stop();
}

int finish(const LoadArguments& arguments, const Driving& driving, const std::string& started,
           Load& load, const Interrupt& interrupt) {
  const LoadReport report = load.stop();
  measure::Record record;
  record.title = driving.scenario.scenario.title;
  live::load::add_to_record(report, driving.load.operation, record);
  if (const auto problems = judge_load(driving, record); !problems.empty())
    return print_problems(located(problems, driving.scenario)), exit_usage;
  std::string command = "springtide live load --target " + arguments.target;
  if (arguments.file.empty()) command += " --plan " + arguments.plan;
  measure::Manifest manifest = manifest_of(command, arguments, driving, started);
  manifest.threads = static_cast<int>(report.processes.size());
  manifest.wall_seconds = static_cast<double>(report.seconds.size());
  manifest.more["target"] = report.target;
  const ResultWish wish{
      arguments.directory, arguments.force, arguments.json, !arguments.no_report, {}, true,
      report.verdict.notes};
  return write_and_tell(wish, driving.scenario, record, manifest, interrupt);
}

int load(const LoadArguments& arguments) {
  const auto prepared = prepare(arguments);
  if (!prepared) return print_problems(prepared.problems()), exit_usage;
  const Driving& driving = prepared.value();
  if (!fits(driving.load.options, false)) return exit_usage;
  const std::string started = measure::now_utc();
  auto running = Load::start(driving.load.options);
  if (!running) return print_problems(running.problems()), exit_usage;
  const Interrupt interrupt(arguments.directory);  // makes a thread: after the processes
  auto company = live::run::Company::start(driving.company, running.value().get(), nullptr);
  if (!company) return print_problems(company.problems()), exit_usage;
  tell_company(*company.value());
  if (!drive(*running.value(), interrupt, *company.value()))
    return tell_not_connected(*running.value()), exit_run_error;
  company.value()->end();
  return finish(arguments, driving, started, *running.value(), interrupt);
}

}  // namespace

void add_live_load(CLI::App& live, int& exit_code) {
  CLI::App& verb = *live.add_subcommand("load", "drive a server, ours or another's");
  auto arguments = std::make_shared<LoadArguments>();
  verb.add_option("SCENARIO", arguments->file, "whose plan is driven, JSON; without one see --plan")
      ->type_name("");
  verb.add_option("--target", arguments->target, "the server, on this machine")
      ->type_name("ADDRESS:PORT")
      ->required();
  verb.add_option("--plan", arguments->plan, "without a scenario: slots, poisson or constant")
      ->type_name("PLAN")
      ->check(CLI::IsMember({"slots", "poisson", "constant"}));
  add_driving_options(verb, *arguments);
  verb.footer(std::string(examples) + exit_codes_help);
  verb.callback([arguments, &exit_code] {
    name_directory(*arguments, "load");
    exit_code = load(*arguments);
  });
}

}  // namespace springtide::cli
