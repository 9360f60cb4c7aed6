#include "cli/rendering.h"

#include <utility>

#include "cli/console.h"
#include "reports/compare.h"
#include "reports/report.h"

namespace springtide::cli {
namespace {

struct Recorded {
  std::string series;  // of the run, as asked for; empty: found by name
  std::string file;
};

// "client.requests=FILE" or "FILE".
Recorded parse_recorded(const std::string& argument) {
  const std::size_t equals = argument.find('=');
  if (equals == std::string::npos || argument.find('/') < equals) return {"", argument};
  return {argument.substr(0, equals), argument.substr(equals + 1)};
}

Diagnostics add_recorded(reports::ReportOptions& report, const measure::Record& record,
                         const std::vector<std::string>& arguments) {
  Diagnostics problems;
  for (const std::string& argument : arguments) {
    const Recorded asked = parse_recorded(argument);
    const auto recorded = measure::read_csv_series(asked.file);
    const Diagnostics found =
        recorded ? reports::add_recording(
                       report, record, reports::side_of(asked.file, recorded.value()), asked.series)
                 : recorded.problems();
    problems.insert(problems.end(), found.begin(), found.end());
  }
  return problems;
}

}  // namespace

Result<std::map<std::string, std::string>> rendered_files(const measure::ResultContent& content,
                                                          const RenderingOptions& options) {
  reports::ReportOptions report;
  report.command = content.manifest.command;
  report.version = content.manifest.version;
  report.world = content.manifest.world;
  report.scenario = content.scenario;
  if (auto problems = add_recorded(report, content.record, options.recorded); !problems.empty()) {
    if (options.recorded_must_fit) return problems;
    print_problems(problems);
  }
  auto files = reports::report_files(content.record, report);
  if (!files || !options.png) return files;
  auto pictures = reports::png_files(content.record, report);
  if (!pictures) return pictures;
  files.value().merge(pictures.value());
  return files;
}

Diagnostics check_recorded(const std::vector<std::string>& recorded) {
  Diagnostics problems;
  for (const std::string& argument : recorded) {
    const auto series = measure::read_csv_series(parse_recorded(argument).file);
    if (!series)
      problems.insert(problems.end(), series.problems().begin(), series.problems().end());
  }
  return problems;
}

}  // namespace springtide::cli
