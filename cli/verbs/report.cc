// springtide report: draws the report of a result directory again, from its data alone.

#include <memory>

#include <CLI/CLI.hpp>

#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/rendering.h"
#include "cli/stored_result.h"
#include "cli/verbs/verbs.h"
#include "measure/result_directory.h"

namespace springtide::cli {
namespace {

struct ReportArguments {
  std::string directory;
  RenderingOptions options;
};

constexpr const char* examples =
    "Examples:\n"
    "  springtide report results/30k\n"
    "  springtide report results/30k --png\n"
    "  springtide report results/30k --recorded tests/data/hongbao-2017/client_30k.csv\n"
    "\n"
    "The data of the result stay as they are; report.html, charts/ and SHA256SUMS are written\n"
    "anew.\n";

int report(const ReportArguments& arguments) {
  auto stored = read_result(arguments.directory);
  if (!stored) {
    print_problems(stored.problems());
    return exit_usage;
  }
  measure::ResultContent content{
      stored.value().record, stored.value().manifest, stored.value().scenario, {}};
  auto files = rendered_files(content, arguments.options);
  if (!files) {
    print_problems(files.problems());
    return exit_usage;
  }
  content.files = std::move(files.value());
  auto path = measure::write_result_directory(arguments.directory, content, {.force = true});
  if (!path) {
    print_problems(path.problems());
    return exit_run_error;
  }
  print((path.value() / "report.html").string() + "\n");
  return exit_passed;
}

}  // namespace

void add_report(CLI::App& program, int& exit_code) {
  CLI::App& verb = *program.add_subcommand("report", "draw the report of a result again");
  auto arguments = std::make_shared<ReportArguments>();
  arguments->options.recorded_must_fit = true;
  verb.add_option("DIR", arguments->directory, "a result directory")->required()->type_name("");
  verb.add_option("--recorded", arguments->options.recorded,
                  "recorded values, one a second, drawn over the simulated ones; repeatable")
      ->type_name("[SERIES=]CSV")
      ->allow_extra_args(false);
  verb.add_flag("--png", arguments->options.png, "also draw the charts as PNG");
  verb.footer(examples);
  verb.callback([arguments, &exit_code] { exit_code = report(*arguments); });
}

}  // namespace springtide::cli
