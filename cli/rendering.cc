#include "cli/rendering.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "cli/progress.h"
#include "reports/report.h"

namespace springtide::cli {
namespace {

using measure::Record;
using measure::RecordedSeries;
using measure::Series;

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

// "client.requests" belongs to "requests" of client_30k.csv: same last part and unit, and the
// first part stands in the file's name.
bool belongs(const Series& run, const Series& recorded, const std::string& file) {
  if (run.unit != recorded.unit) return false;
  if (run.name == recorded.name) return true;
  const std::size_t dot = run.name.rfind('.');
  if (dot == std::string::npos || run.name.substr(dot + 1) != recorded.name) return false;
  const std::string stem = std::filesystem::path(file).stem().string();
  return stem.find(run.name.substr(0, dot)) != std::string::npos;
}

const Series* find_series(const Record& record, const Recorded& asked, const Series& recorded) {
  const auto fits = [&](const Series& run) {
    return asked.series.empty() ? belongs(run, recorded, asked.file) : run.name == asked.series;
  };
  const auto found = std::find_if(record.series.begin(), record.series.end(), fits);
  return found == record.series.end() ? nullptr : &*found;
}

// Where the recording begins on the axis of the run; both begin together without two clocks.
double first_second(const Record& record, const RecordedSeries& recorded) {
  const auto run = parse_clock(record.clock_at_start);
  const auto other = parse_clock(recorded.clock_at_start);
  if (!run || !other) return 0;
  const std::int64_t day = 24 * 3600;
  const std::int64_t difference = ((*other - *run) % day + day) % day;
  return static_cast<double>(difference > day / 2 ? difference - day : difference);
}

Diagnostic no_such_series(const Record& record, const Recorded& asked, const Series& recorded) {
  Diagnostic problem;
  problem.file = asked.file;
  problem.what =
      fmt::format("no series of the run belongs to '{}' in {}", recorded.name, recorded.unit);
  for (const Series& series : record.series)
    if (series.unit == recorded.unit)
      problem.hint += (problem.hint.empty() ? "name one: " : " or ") +
                      fmt::format("--recorded {}={}", series.name, asked.file);
  return problem;
}

Result<std::vector<reports::Overlay>> overlays_of(const Record& record,
                                                  const std::vector<std::string>& arguments) {
  std::vector<reports::Overlay> overlays;
  for (const std::string& argument : arguments) {
    const Recorded asked = parse_recorded(argument);
    auto recorded = measure::read_csv_series(asked.file);
    if (!recorded) return recorded.problems();
    for (Series& series : recorded.value().series) {
      const Series* run = find_series(record, asked, series);
      if (run == nullptr) return no_such_series(record, asked, series);
      overlays.push_back({run->name, "recorded", first_second(record, recorded.value()),
                          std::move(series.values)});
    }
  }
  return overlays;
}

}  // namespace

Result<std::map<std::string, std::string>> rendered_files(const measure::ResultContent& content,
                                                          const RenderingOptions& options) {
  auto overlays = overlays_of(content.record, options.recorded);
  if (!overlays) return overlays.problems();
  reports::ReportOptions report;
  report.command = content.manifest.command;
  report.version = content.manifest.version;
  report.world = content.manifest.world;
  report.scenario = content.scenario;
  report.overlays = std::move(overlays.value());
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
