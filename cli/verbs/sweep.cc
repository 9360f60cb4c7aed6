// springtide sweep: a scenario run again and again with one value changed.

#include "models/sweep/sweep.h"

#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "cli/verbs/planned.h"
#include "cli/verbs/tables.h"
#include "cli/verbs/verbs.h"

namespace springtide::cli {
namespace {

constexpr const char* suffix = "sweep";

struct SweepArguments {
  PlannedArguments planned;
  models::sweep::AxisWish axis;
  int seeds = 1;
  unsigned threads = 2;
};

constexpr const char* examples =
    "Examples:\n"
    "  springtide sweep scenarios/textbook/mm8.json --vary /clients/crowd/plan/poisson \\\n"
    "      --from 40k/s --to 100k/s --steps 13\n"
    "  springtide sweep scenarios/mechanisms/bounded-queue.json -o results/bounded --seeds 3 \\\n"
    "      --vary /clients/crowd/plan/poisson --from 100/s --to 800/s --steps 8 --log\n"
    "\n"
    "The knee is the largest offered load up to which goodput is at least 99 % of what is "
    "offered;\n"
    "where something else than the load is varied, the first value from which it is. Goodput is\n"
    "what is answered within the clients' deadline; all is of the measured time, after the "
    "warm-up.\n"
    "\n"
    "Exit codes:\n"
    "  0    swept\n"
    "  1    the result could not be written\n"
    "  2    wrong command line, scenario or destination; nothing was written\n"
    "  4    a run is invalid: something that must always hold does not\n"
    "  130  interrupted; nothing was written\n";

// The scenario at each value, or the problems of the first that has some.
Result<std::vector<spec::Scenario>> scenarios_of(const SweepArguments& arguments,
                                                 const models::sweep::Axis& axis) {
  std::vector<spec::Scenario> scenarios;
  ScenarioInput input = arguments.planned.input;
  const std::string mine = fmt::format("--set:{}", input.settings.size() + 1);
  input.settings.emplace_back();
  for (const std::string& text : axis.texts) {
    input.settings.back() = axis.pointer + "=" + text;
    auto loaded = read_scenario(arguments.planned.file, input);
    if (loaded) {
      scenarios.push_back(std::move(loaded.value().scenario));
      continue;
    }
    Diagnostics problems = loaded.problems();
    for (Diagnostic& problem : problems)
      if (problem.file == "--set" && problem.line == static_cast<int>(input.settings.size())) {
        problem.file = "--vary " + input.settings.back();
        problem.line = problem.column = 0;
      }
    return problems;
  }
  return scenarios;
}

std::string command_of(const SweepArguments& arguments, std::uint64_t seed) {
  const models::sweep::AxisWish& axis = arguments.axis;
  return planned_command("sweep", arguments.planned, seed) +
         fmt::format(" --vary {} --from {} --to {} --steps {}{}{}", axis.pointer, axis.from,
                     axis.to, axis.steps, axis.logarithmic ? " --log" : "",
                     arguments.seeds > 1 ? fmt::format(" --seeds {}", arguments.seeds) : "");
}

std::string knee_text(const measure::Record& record) {
  std::string text;
  for (const measure::Figure& figure : record.figures)
    text += fmt::format("{:<24} {:.6g}{}{}  {}\n", figure.name, figure.value,
                        figure.unit.empty() ? "" : " ", figure.unit, figure.about);
  return text.empty() ? "no knee: no value carries what is offered\n" : text;
}

void show_progress(std::size_t done, std::size_t all) {
  if (is_terminal(2)) print_error(fmt::format("\r\033[Krun {} of {}", done, all));
  if (is_terminal(2) && done == all) print_error("\r\033[K");
}

int finish_sweep(const SweepArguments& arguments, const std::string& scenario,
                 const measure::Record& record, const measure::Manifest& manifest) {
  const auto path = write_planned(arguments.planned, directory_of(arguments.planned, suffix),
                                  scenario, record, manifest);
  if (!path) return exit_run_error;
  if (arguments.planned.json)
    print(planned_json(record, *path));
  else
    print("sweep        " + record.title + ", " + arguments.axis.pointer + "\n\n" +
          table_text(record.tables.at("capacity")) + "\n" + knee_text(record) + "\nresult       " +
          *path + "\n");
  for (const measure::Check& check : record.checks)
    if (!check.holds) return exit_invalid_result;
  return exit_passed;
}

int sweep(const SweepArguments& arguments) {
  const std::string directory = directory_of(arguments.planned, suffix);
  const auto axis = models::sweep::axis_of(arguments.axis);
  const auto base = read_scenario(arguments.planned.file, arguments.planned.input);
  Diagnostics problems;
  for (const Diagnostics& found :
       {axis ? Diagnostics{} : axis.problems(), base ? Diagnostics{} : base.problems()})
    problems.insert(problems.end(), found.begin(), found.end());
  if (auto problem = measure::check_destination(directory, {arguments.planned.force}))
    problems.push_back(*problem);
  if (!problems.empty()) {
    print_problems(problems);
    return exit_usage;
  }
  const auto scenarios = scenarios_of(arguments, axis.value());
  if (!scenarios) {
    print_problems(scenarios.problems());
    return exit_usage;
  }
  const Interrupt interrupt(directory);
  const std::uint64_t seed = arguments.planned.seed.value_or(base.value().scenario.seed);
  models::sweep::SweepOptions options;
  options.seeds.clear();
  for (int i = 0; i < arguments.seeds; ++i)
    options.seeds.push_back(seed + static_cast<std::uint64_t>(i));
  options.at_once = arguments.threads;
  options.stop = interrupt.stop();
  options.progress = show_progress;
  measure::Manifest manifest = planned_manifest("sweep", command_of(arguments, seed), seed);
  const ProgressBar watch("");
  const auto record = models::sweep::sweep(axis.value(), scenarios.value(), options);
  if (!record) {
    print_problems(located(record.problems(), base.value()));
    return interrupt.stop()->load() ? exit_interrupted : exit_usage;
  }
  manifest.threads = static_cast<int>(arguments.threads);
  finish(manifest, watch.wall_seconds());
  return finish_sweep(arguments, base.value().effective_json, record.value(), manifest);
}

}  // namespace

void add_sweep(CLI::App& program, int& exit_code) {
  CLI::App& verb = *program.add_subcommand(
      "sweep", "run a scenario with one value changed in steps: its capacity, and the knee");
  auto arguments = std::make_shared<SweepArguments>();
  add_planned_options(verb, arguments->planned, suffix);
  verb.add_option("--vary", arguments->axis.pointer, "the value of the scenario that is changed")
      ->required()
      ->type_name("/POINTER");
  verb.add_option("--from", arguments->axis.from, "its first value, as the scenario has it")
      ->required()
      ->type_name("VALUE");
  verb.add_option("--to", arguments->axis.to, "its last value")->required()->type_name("VALUE");
  verb.add_option("--steps", arguments->axis.steps, "how many values; default: 10")
      ->type_name("N")
      ->check(CLI::Range(2, 1000).name(""));
  verb.add_flag("--log", arguments->axis.logarithmic, "steps of equal factors, not differences");
  verb.add_option("--seeds", arguments->seeds, "so many runs of each value, by seeds in a row")
      ->type_name("N")
      ->check(CLI::Range(1, 100).name(""));
  verb.add_option("--threads", arguments->threads,
                  "runs side by side; default: 2; the result is the same for any number")
      ->type_name("N")
      ->check(CLI::Range(1u, 64u).name(""));
  verb.footer(examples);
  verb.callback([arguments, &exit_code] { exit_code = sweep(*arguments); });
}

}  // namespace springtide::cli
