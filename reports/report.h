// One run as one HTML file that can be mailed: no other file, no address outside, readable without
// scripts, in the dark and on paper; and its charts as pictures.
//
//   record --content/layout.h--> sections of charts and tables --gnuplot--> pictures --> page
//
// What stands where is a table (content/layout.h). First the verdict: passed, failed, invalid (a
// check is broken: nothing may be concluded), partial (interrupted), or measured (nothing was
// demanded).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "measure/record.h"
#include "reports/chart.h"

namespace springtide::reports {

// A series that was recorded elsewhere, to be drawn under the run's own.
struct Overlay {
  std::string series;          // of the run: "client.requests"
  std::string label;           // "recorded in 2017"
  double first_second = 0;     // of values[0], since the start of the run
  std::vector<double> values;  // one a second, in the unit of the series; NaN: missing
};

struct RecordedDistribution {
  std::string distribution;  // of the run: "server.gc-pause"
  std::string label;
  measure::Histogram values;  // nanoseconds
};

// A chart and what stands under it.
struct ChartContent {
  Chart chart;
  std::string below;  // HTML
};

struct ReportOptions {
  std::string command;   // that reproduces the run; may be empty
  std::string version;   // of springtide; may be empty
  std::string world;     // "model" or "live"; may be empty
  std::string scenario;  // text of the effective scenario: its "description", its "seed"
                         // and its "sources" are shown; may be empty
  std::vector<Overlay> overlays;
  std::vector<RecordedDistribution> recorded_distributions;
  std::vector<ChartContent> against_the_record;  // figures of a section of their own
  bool interactive = true;  // carry the chart library (130 kB) and the data of the charts
};

enum class Outcome { passed, failed, invalid, partial, measured };
Outcome outcome_of(const measure::Record& record);

// All charts of a record, in the order of the report.
std::vector<Chart> report_charts(const measure::Record& record, const ReportOptions& options = {});

// Fails where gnuplot is missing (with the package to install) or fails.
Result<std::string> html_report(const measure::Record& record, const ReportOptions& options = {});

// "report.html" and "charts/<name>.svg", as they stand in a result directory.
Result<std::map<std::string, std::string>> report_files(const measure::Record& record,
                                                        const ReportOptions& options = {});

// "charts/<name>.png".
Result<std::map<std::string, std::string>> png_files(const measure::Record& record,
                                                     const ReportOptions& options = {});

}  // namespace springtide::reports
