// What a record gives to each section of the layout: charts with their tables, tables, figures.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "measure/record.h"
#include "reports/chart.h"
#include "reports/content/drawings.h"
#include "reports/report.h"

namespace springtide::reports {

struct SectionContent {
  std::string title, about;
  std::vector<Drawing> drawings;  // before the charts
  std::vector<ChartContent> charts;
  std::vector<std::string> zero;  // names of series that were zero all the time, not drawn
  std::vector<std::string> less;  // names of series and distributions that were left out
  std::vector<measure::Figure> figures;
  std::vector<std::string> tables;  // names

  bool empty() const {
    return drawings.empty() && charts.empty() && zero.empty() && figures.empty() && tables.empty();
  }
};

// Only sections that hold something.
std::vector<SectionContent> report_content(const measure::Record& record,
                                           const ReportOptions& options);

// "28 min 20 s".
std::string run_length_text(Duration duration);

// A value in its unit: "29 854/s" would be { 29854, "requests/s" } -> "29 854 requests/s".
std::string with_unit(double value, const std::string& unit, int significant_digits = 5);

// The x axis of what happened over the whole run.
Axis time_axis(const measure::Record& record);

// Happenings of these kinds as bands and as ticks of a time axis.
std::vector<Band> bands_of(const measure::Record& record, std::string_view kinds);
std::vector<Tick> ticks_of(const measure::Record& record, std::string_view kinds);

}  // namespace springtide::reports
