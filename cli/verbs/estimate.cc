// springtide estimate: the plan of a service chain, by theory alone.

#include "models/chain/estimate/estimate.h"

#include <memory>

#include <CLI/CLI.hpp>

#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/progress.h"
#include "cli/verbs/planned.h"
#include "cli/verbs/tables.h"
#include "cli/verbs/verbs.h"

namespace springtide::cli {
namespace {

constexpr const char* suffix = "plan";
constexpr const char* examples =
    "Examples:\n"
    "  springtide estimate scenarios/ams-2016/estimate.json\n"
    "  springtide estimate scenarios/ams-2016/estimate.json -o results/plan --force\n"
    "  springtide estimate scenarios/ams-2016/estimate.json --set /planning/utilisation=60%\n"
    "  springtide compare results/plan results/night\n"
    "\n"
    "low and high of what follows from uncertain inputs are those between which 80 of 100 seeded\n"
    "draws of the inputs lie; all inputs are taken to be independent (docs/chain.md).\n"
    "\n"
    "Exit codes:\n"
    "  0    estimated; every link carries what is expected\n"
    "  1    the result could not be written\n"
    "  2    wrong command line, scenario or destination; nothing was written\n"
    "  3    the plan does not hold: a link would have to carry more than it can\n";

void tell(const measure::Record& record, const std::string& directory) {
  struct Shown {
    const char *name, *heading;
    std::size_t most;  // rows; 0: all
  };
  print("estimate     " + record.title + "\n");
  for (const Shown& one : {Shown{"plan.funnel", "What comes in, at the busiest moment", 0},
                           {"plan.operations", "Requests of each operation", 0},
                           {"plan.links", "What gives way first", 15},
                           {"plan.queues", "Queues of messages", 15},
                           {"plan.caches", "Caches", 15},
                           {"plan.not-planned", "What the plan leaves out", 0}})
    if (const auto table = record.tables.find(one.name); table != record.tables.end())
      print(std::string("\n") + one.heading + "\n" + table_text(table->second, one.most));
  const bool holds = models::chain::holds(record);
  print("\nresult       " + directory + "\nverdict      " +
        (holds ? coloured("the plan holds", Colour::good)
               : coloured("the plan does not hold", Colour::bad)) +
        "\n");
}

int estimate(const PlannedArguments& arguments) {
  const std::string directory = directory_of(arguments, suffix);
  const auto loaded =
      spec::load_scenario({arguments.file, arguments.input.overlays, arguments.input.settings});
  Diagnostics problems = loaded ? Diagnostics{} : loaded.problems();
  if (auto problem = measure::check_destination(directory, {arguments.force}))
    problems.push_back(*problem);
  if (!problems.empty()) {
    print_problems(problems);
    return exit_usage;
  }
  const std::uint64_t seed = arguments.seed.value_or(loaded.value().scenario.seed);
  measure::Manifest manifest =
      planned_manifest("estimate", planned_command("estimate", arguments, seed), seed);
  const ProgressBar watch("");
  const auto record = models::chain::estimate_scenario(loaded.value().scenario, seed);
  if (!record) {
    print_problems(located(record.problems(), loaded.value()));
    return exit_usage;
  }
  finish(manifest, watch.wall_seconds());
  const auto path =
      write_planned(arguments, directory, loaded.value().effective_json, record.value(), manifest);
  if (!path) return exit_run_error;
  if (arguments.json)
    print(planned_json(record.value(), *path));
  else
    tell(record.value(), *path);
  return models::chain::holds(record.value()) ? exit_passed : exit_no_plan;
}

}  // namespace

void add_estimate(CLI::App& program, int& exit_code) {
  CLI::App& verb =
      *program.add_subcommand("estimate", "plan a service chain by theory, without a run");
  auto arguments = std::make_shared<PlannedArguments>();
  add_planned_options(verb, *arguments, suffix);
  verb.footer(examples);
  verb.callback([arguments, &exit_code] { exit_code = estimate(*arguments); });
}

}  // namespace springtide::cli
