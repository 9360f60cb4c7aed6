// springtide run: a scenario in, a result directory and a verdict out.
//
// Nothing is written before the run has ended, then all at once (measure/result_directory.h).
//
// Started by mpirun all ranks come this way together; the first one speaks, writes and says how all
// end (cli/ranks.h).

#include "models/run.h"

#include <memory>
#include <optional>

#include <CLI/CLI.hpp>

#include "base/check.h"
#include "cli/checkpoint_options.h"
#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/finish.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "cli/ranks.h"
#include "cli/rendering.h"
#include "cli/scenario_input.h"
#include "cli/verbs/verbs.h"
#include "measure/result_directory.h"
#include "models/checkpoint/file.h"

namespace springtide::cli {
namespace {

struct RunArguments {
  std::string file, directory;
  ScenarioInput input;
  std::optional<std::uint64_t> seed;
  unsigned threads = 0;
  std::int64_t sample = 0;
  bool force = false, json = false, png = false, no_report = false, no_margins = false;
  std::vector<std::string> recorded;
  CheckpointArguments checkpoints;
};

constexpr const char* examples =
    "Examples:\n"
    "  springtide run scenarios/textbook/mm8.json\n"
    "  springtide run scenarios/hongbao-2017/30k.json -o results/30k --seed 7 --force\n"
    "  springtide run scenarios/textbook/mm8.json --set /clients/crowd/plan/poisson=79k/s\n"
    "  springtide run scenarios/textbook/mm8.json --overlay busier.json --json | jq .verdict\n"
    "  mpirun -n 4 springtide run scenarios/gala-2015/night.json\n"
    "  springtide run scenarios/gala-2015/night.json --sample 2\n"
    "  springtide run scenarios/gala-2015/night.json --checkpoint night.checkpoint\n"
    "  springtide run --resume night.checkpoint --checkpoint night.checkpoint\n"
    "\n"
    "Ctrl-C once ends the run early and writes a partial result, marked as such; twice stops at\n"
    "once without a result. With --checkpoint the first one keeps the run for --resume.\n\n";

// The command that gives this result again; the seed is always in it.
std::string reproducing_command(const RunArguments& arguments, std::uint64_t seed) {
  std::string command = "springtide run " + arguments.file;
  for (const std::string& overlay : arguments.input.overlays) command += " --overlay " + overlay;
  for (const std::string& setting : arguments.input.settings) command += " --set '" + setting + "'";
  if (arguments.sample > 0) command += " --sample " + std::to_string(arguments.sample);
  return command + " --seed " + std::to_string(seed);
}

unsigned threads_of(const RunArguments& arguments) {
  return arguments.threads > 0 ? arguments.threads : default_threads();
}

// What is known before the run, and the run itself.
struct Night {
  const RunArguments& arguments;
  spec::LoadedScenario loaded;
  std::uint64_t seed = 1;
  models::CheckpointHead head{};  // of the whole run
  Instant resumed_at{};
  std::string started = measure::now_utc();
  double wall_seconds = 0;
};

measure::Manifest manifest_of(const Night& night, int ranks) {
  measure::Manifest manifest;
  manifest.version = SPRINGTIDE_VERSION;
  manifest.seed = night.seed;
  manifest.world = "model";
  manifest.command = night.head.command;
  manifest.threads = static_cast<int>(threads_of(night.arguments));
  if (ranks > 1) manifest.more["ranks"] = std::to_string(ranks) + " over " + sim::mpi_library();
  if (!night.arguments.checkpoints.resume.empty())
    manifest.more["resumed_at_s"] = std::to_string(night.resumed_at.since_start() / second);
  manifest.machine = measure::describe_machine();
  manifest.started = night.started;
  manifest.finished = measure::now_utc();
  manifest.wall_seconds = night.wall_seconds;
  return manifest;
}

int simulate(Night night, sim::Ranks& ranks, const Interrupt& interrupt) {
  const spec::Scenario& scenario = night.loaded.scenario;
  set_check_context(night.head.file, night.seed);
  ProgressBar bar(scenario.start_clock);
  models::RunOptions options;
  options.threads = threads_of(night.arguments);
  options.seed = night.seed;
  options.sample = night.arguments.sample;
  options.margins = !night.arguments.no_margins;
  options.progress = [&bar](const models::Progress& progress) { bar.show(progress); };
  options.stop = interrupt.stop();
  options.ranks = &ranks;
  bool kept = !night.arguments.checkpoints.file.empty();
  options.checkpoints = checkpoints_of(night.arguments.checkpoints, night.head,
                                       [&bar] { return bar.wall_seconds(); });
  options.checkpoints.failed = [&](const Diagnostic& problem) {
    bar.clear();
    print_problems({problem});
    kept = false;
  };
  auto record = models::run_scenario(scenario, options);
  bar.clear();
  night.wall_seconds = bar.wall_seconds();
  if (!ranks.is_first()) return exit_passed;  // the first one knows how it went
  if (!record) {
    print_problems(located(record.problems(), night.loaded));
    return exit_usage;
  }
  if (const auto problems = judge_run(scenario, record.value()); !problems.empty()) {
    print_problems(located(problems, night.loaded));
    return exit_usage;
  }
  const RunArguments& arguments = night.arguments;
  const ResultWish wish{
      arguments.directory,
      arguments.force,
      arguments.json,
      !arguments.no_report,
      {arguments.recorded, arguments.png},
      false,
      kept && !record.value().complete
          ? std::vector{"goes on with: springtide run --resume " + arguments.checkpoints.file}
          : std::vector<std::string>{}};
  return write_and_tell(wish, night.loaded, record.value(), manifest_of(night, ranks.size()),
                        interrupt);
}

// What the first rank alone reads and writes.
Diagnostics check_files(const RunArguments& arguments) {
  Diagnostics problems = check_recorded(arguments.recorded);
  if (auto problem = measure::check_destination(arguments.directory, {arguments.force}))
    problems.push_back(*problem);
  if (!arguments.checkpoints.file.empty())
    if (auto problem = models::check_checkpoint_path(arguments.checkpoints.file))
      problems.push_back(*problem);
  return problems;
}

// The scenario: of its file, or of the checkpoint that is gone on from.
Result<spec::LoadedScenario> scenario_of(const RunArguments& arguments,
                                         const models::CheckpointHead& resumed) {
  if (!arguments.file.empty()) return read_scenario(arguments.file, arguments.input);
  if (arguments.input.overlays.empty() && arguments.input.settings.empty())
    return read_scenario_text(resumed.scenario, resumed.file);
  Diagnostic problem;
  problem.what = "--overlay and --set need the scenario that they change";
  problem.hint = "a checkpoint has in it what the run began with";
  return problem;
}

int run_with(const RunArguments& arguments, const models::CheckpointHead& resumed,
             sim::Ranks& ranks, const Interrupt& interrupt) {
  auto loaded = scenario_of(arguments, resumed);
  Diagnostics problems;
  if (!loaded)
    problems = loaded.problems();
  else if (ranks.is_first())
    problems = check_files(arguments);
  if (ranks.is_first() && !problems.empty()) print_problems(problems);
  if (!all_go_on(ranks, problems.empty(), loaded ? loaded.value().effective_json : ""))
    return exit_usage;
  const bool resumes = !arguments.checkpoints.resume.empty();
  const std::uint64_t seed =
      arguments.seed.value_or(resumes ? resumed.seed : loaded.value().scenario.seed);
  models::CheckpointHead head = resumed;
  head.version = SPRINGTIDE_VERSION;
  head.scenario = loaded.value().effective_json;
  head.seed = seed;
  if (!arguments.file.empty()) {
    head.file = std::filesystem::absolute(arguments.file).string();
    head.command = reproducing_command(arguments, seed);
  }
  return simulate(Night{arguments, std::move(loaded.value()), seed, head, resumed.at}, ranks,
                  interrupt);
}

int run(RunArguments arguments) {
  models::CheckpointHead resumed;
  if (!arguments.checkpoints.resume.empty()) {
    const models::CheckpointReader checkpoint(arguments.checkpoints.resume, SPRINGTIDE_VERSION);
    if (checkpoint.problem()) {
      print_problems({*checkpoint.problem()});
      return exit_usage;
    }
    resumed = checkpoint.head();
  }
  if (arguments.directory.empty()) {  // results/NAME for NAME.json
    const std::filesystem::path file = arguments.file.empty() ? resumed.file : arguments.file;
    arguments.directory = (std::filesystem::path("results") / file.stem()).string();
  }
  const Interrupt interrupt(arguments.directory);  // before any other thread
  const auto ranks = sim::join();
  if (ranks == nullptr) return tell_no_mpi();
  return ranks->end(run_with(arguments, resumed, *ranks, interrupt));
}

}  // namespace

void add_run(CLI::App& program, int& exit_code) {
  CLI::App& verb = *program.add_subcommand("run", "simulate a scenario and judge it");
  auto arguments = std::make_shared<RunArguments>();
  verb.add_option("FILE", arguments->file, "the scenario, JSON")->type_name("");
  verb.add_option("-o,--output", arguments->directory,
                  "where the result goes; default: results/NAME for NAME.json")
      ->type_name("DIR");
  verb.add_option("--seed", arguments->seed, "instead of the scenario's own seed")
      ->type_name("N")
      ->check(CLI::Validator(CLI::NonNegativeNumber).name(""));
  verb.add_option("--threads", arguments->threads,
                  "default: all cores; the result is the same for any number")
      ->type_name("N")
      ->check(CLI::Range(0u, 1024u).name(""));
  verb.add_option("--sample", arguments->sample,
                  "of a fleet: simulate N servers of each kind and estimate the whole from them")
      ->type_name("N")
      ->check(CLI::Range(std::int64_t{2}, std::int64_t{1'000'000}).name(""));
  add_scenario_options(verb, arguments->input);
  add_checkpoint_options(verb, arguments->checkpoints);
  verb.add_option("--recorded", arguments->recorded,
                  "recorded values, one a second, drawn over the simulated ones; repeatable")
      ->type_name("[SERIES=]CSV")
      ->allow_extra_args(false);
  verb.add_flag("--force", arguments->force, "replace an earlier result");
  verb.add_flag("--json", arguments->json, "print the outcome as JSON");
  verb.add_flag("--png", arguments->png, "also draw the charts as PNG");
  verb.add_flag("--no-report", arguments->no_report, "write no report.html and no charts");
  verb.add_flag("--no-margins", arguments->no_margins,
                "of a fleet: do not simulate how much more a server could carry at the peak");
  verb.footer(std::string(examples) + exit_codes_help);
  verb.callback([arguments, &exit_code] {
    if (arguments->file.empty() && arguments->checkpoints.resume.empty())
      throw CLI::RequiredError("FILE");
    exit_code = run(*arguments);
  });
}

}  // namespace springtide::cli
