// springtide compare: two results, or a result and what was recorded, side by side.

#include "reports/compare.h"

#include <filesystem>
#include <fstream>
#include <memory>

#include <CLI/CLI.hpp>

#include "cli/console.h"
#include "cli/exit_code.h"
#include "cli/stored_result.h"
#include "cli/verbs/verbs.h"
#include "measure/result_directory.h"

namespace springtide::cli {
namespace {

struct CompareArguments {
  std::string here, there, html, tolerances;
  std::vector<std::string> series;
  bool json = false;
};

constexpr const char* examples =
    "Examples:\n"
    "  springtide compare results/monday results/tuesday\n"
    "  springtide compare results/30k tests/data/hongbao-2017/client_30k.csv \\\n"
    "      --series client.shakes --html comparison.html\n"
    "  springtide compare results/30k tests/data/hongbao-2017/server_gc_pauses.csv\n"
    "  springtide compare results/30k results/60k --json\n"
    "  springtide compare results/30k recorded.csv --tolerance mean=0.3%,sd=1.5x,dips=10\n"
    "\n"
    "Series are compared second by second, by the time of day where both sides have one, else\n"
    "from the start; distributions as a whole. An error is A minus B; one below the noise of the\n"
    "series is said to be so. The names of a CSV and of its columns say which series of A they\n"
    "mean: packets_received.csv means packets.received. Two results get a line a series; name\n"
    "one to see all of its statistics and a chart.\n"
    "\n"
    "Exit codes:\n"
    "  0    compared, and within the tolerances where some were given\n"
    "  1    the page could not be written\n"
    "  2    wrong command line, or a side that cannot be read\n"
    "  99   a statistic is outside its tolerance\n";

Result<reports::ComparisonSide> read_side(const std::string& path) {
  if (!std::filesystem::is_directory(path)) {
    auto recorded = measure::read_csv_series(path);
    if (!recorded) return recorded.problems();
    return reports::side_of(path, recorded.value());
  }
  auto stored = read_result(path);
  if (!stored) return stored.problems();
  return reports::side_of(path, stored.value().record, stored.value().scenario);
}

bool write_file(const std::string& path, const std::string& text) {
  std::ofstream stream(path, std::ios::binary);
  stream << text;
  stream.close();
  return !stream.fail();
}

// Exit code 0 where nothing went wrong.
int write_page(const std::string& path, const reports::Comparison& comparison) {
  const auto page = reports::comparison_html(comparison);
  if (!page) {
    print_problems(page.problems());
    return exit_run_error;
  }
  if (write_file(path, page.value())) return exit_passed;
  Diagnostic problem;
  problem.file = path;
  problem.what = "the page cannot be written";
  print_problems({problem});
  return exit_run_error;
}

// The values of all results, or the problems of all.
template <typename... T>
Diagnostics problems_of(const Result<T>&... results) {
  Diagnostics all;
  const auto add = [&all](const auto& result) {
    if (!result) all.insert(all.end(), result.problems().begin(), result.problems().end());
  };
  (add(results), ...);
  return all;
}

int compare(const CompareArguments& arguments) {
  const auto here = read_side(arguments.here);
  const auto there = read_side(arguments.there);
  const auto tolerances = reports::parse_tolerances(arguments.tolerances);
  if (const auto problems = problems_of(here, there, tolerances); !problems.empty()) {
    print_problems(problems);
    return exit_usage;
  }
  reports::CompareOptions options;
  options.series = arguments.series;
  options.tolerances = tolerances.value();
  const auto comparison = reports::compare(here.value(), there.value(), options);
  if (!comparison) {
    print_problems(comparison.problems());
    return exit_usage;
  }
  print(arguments.json ? reports::comparison_json(comparison.value())
                       : reports::comparison_text(comparison.value(), shows_colours()));
  if (!arguments.html.empty())
    if (const int code = write_page(arguments.html, comparison.value()); code != exit_passed)
      return code;
  return comparison.value().within_tolerances() ? exit_passed : exit_threshold_failed;
}

}  // namespace

void add_compare(CLI::App& program, int& exit_code) {
  CLI::App& verb = *program.add_subcommand("compare",
                                           "put two results, or a result and what was "
                                           "recorded, side by side");
  auto arguments = std::make_shared<CompareArguments>();
  verb.add_option("A", arguments->here,
                  "a result directory, or a CSV with a row a second or a row a value")
      ->required()
      ->type_name("");
  verb.add_option("B", arguments->there, "what it is compared with; the same")
      ->required()
      ->type_name("");
  verb.add_option("--series", arguments->series,
                  "only this series or distribution of A; repeatable; default: all that both have")
      ->type_name("NAME")
      ->allow_extra_args(false);
  verb.add_option("--tolerance", arguments->tolerances,
                  "how far statistics may be apart: mean=0.3%,sd=1.5x,dips=10")
      ->type_name("LIST");
  verb.add_option("--html", arguments->html, "also write one page with charts of both")
      ->type_name("FILE");
  verb.add_flag("--json", arguments->json, "print the comparison as JSON");
  verb.footer(examples);
  verb.callback([arguments, &exit_code] { exit_code = compare(*arguments); });
}

}  // namespace springtide::cli
