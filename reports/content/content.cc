#include "reports/content/content.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "reports/chain.h"
#include "reports/chart/axis.h"
#include "reports/content/capacity.h"
#include "reports/content/distributions.h"
#include "reports/content/grids.h"
#include "reports/content/layout.h"
#include "reports/content/series.h"
#include "reports/content/taker.h"
#include "reports/page/html.h"
#include "reports/phases.h"
#include "reports/service_chain/services.h"

namespace springtide::reports {
namespace {

using measure::Mark;
using measure::Record;

// One for each kind of thing that a section can take.
struct Taken {
  explicit Taken(const std::vector<std::string>& services)
      : series(services), distributions(services), slices(services), figures(services) {}

  Taker series, distributions, slices, figures;
  Taker grids, tables;  // never of one service
  std::set<std::string> marks;

  void begin(const Section& section) {
    for (Taker* taker : {&series, &distributions, &slices, &figures, &grids, &tables})
      taker->begin(section);
  }
};

// Each happening of these kinds as a point: when it began, how long it lasted.
void add_marks_chart(const Record& record, const Panel& panel, Taken& taken,
                     SectionContent& section) {
  std::map<std::string, Line> lines;
  for (const Mark& mark : record.marks) {
    if (taken.marks.contains(mark.kind) || !matches(panel.names, mark.kind)) continue;
    Line& line = lines[mark.label.empty() ? mark.kind : mark.label];
    line.style = Line::Style::points;
    line.x.push_back(mark.from.since_start().seconds());
    line.y.push_back((mark.to - mark.from).milliseconds());
  }
  for (const Mark& mark : record.marks)
    if (matches(panel.names, mark.kind)) taken.marks.insert(mark.kind);
  if (lines.empty()) return;
  Chart chart;
  chart.title = panel.title;
  chart.about = panel.about;
  chart.x = time_axis(record);
  chart.y.unit = "ms";
  chart.y.label = "length";
  chart.bands = bands_of(record, panel.bands);
  HtmlTable table;
  table.header = {"", "number", "first at", "last at", "mean, ms", "longest, ms"};
  for (auto& [label, line] : lines) {
    double sum = 0, longest = 0;
    for (const double length : line.y) sum += length, longest = std::max(longest, length);
    table.rows.push_back({html_escaped(label), count_text(static_cast<long long>(line.y.size())),
                          time_text(line.x.front(), record.clock_at_start),
                          time_text(line.x.back(), record.clock_at_start),
                          number_text(sum / static_cast<double>(line.y.size())),
                          number_text(longest)});
    line.label = label;
    if (chart.lines.size() < 8) chart.lines.push_back(std::move(line));
  }
  section.charts.push_back({std::move(chart), table.html()});
}

void add_drawing(const Record& record, const Panel& panel, Taken& taken, SectionContent& section) {
  std::optional<Drawing> drawing = drawing_of(record, panel.names);
  if (!drawing) return;
  drawing->title = panel.title;
  drawing->about = panel.about;
  for (const std::string& table : drawing->tables) taken.tables.take_from_any("*", table);
  section.drawings.push_back(std::move(*drawing));
}

void add_panel(const Record& record, const ReportOptions& options, const Panel& panel, Taken& taken,
               SectionContent& section) {
  switch (panel.kind) {
    case Panel::Kind::sums_of_minutes: return add_minute_charts(record, panel, section);
    case Panel::Kind::heat: return add_heat_charts(record, panel, taken.grids, section);
    case Panel::Kind::series:
      return add_series_charts(record, options, panel, taken.series, section);
    case Panel::Kind::quantiles_over_time:
      return add_quantile_charts(record, panel, taken.slices, section);
    case Panel::Kind::distribution:
      return add_distribution_charts(record, options, panel, taken.distributions, section);
    case Panel::Kind::capacity: return add_capacity_charts(record, section);
    case Panel::Kind::marks: return add_marks_chart(record, panel, taken, section);
    case Panel::Kind::drawing: return add_drawing(record, panel, taken, section);
  }
}

// "30k.client.requests.mean" stands in the table under the chart of client.requests.
bool repeats_statistics(const Record& record, const std::string& figure) {
  for (const Phase& phase : phases_of(record.marks))
    for (const measure::Series& series : record.series)
      for (const char* statistic : {"mean", "sd", "min", "max"})
        if (figure == phase.name + "." + series.name + "." + statistic) return true;
  return false;
}

SectionContent content_of(const Record& record, const ReportOptions& options, const Section& layout,
                          Taken& taken) {
  SectionContent section;
  section.title = layout.title;
  section.about = layout.about;
  taken.begin(layout);
  for (const Panel& panel : layout.panels) add_panel(record, options, panel, taken, section);
  for (const measure::Figure& figure : record.figures)
    if (!is_link_of_chain(figure.name) && !repeats_statistics(record, figure.name) &&
        taken.figures.take(layout.figures, figure.name))
      section.figures.push_back(figure);
  for (const auto& [name, rows] : record.tables)
    if (!rows.empty() && taken.tables.take(layout.tables, name)) section.tables.push_back(name);
  return section;
}

SectionContent against_the_record(const ReportOptions& options) {
  SectionContent section;
  section.title = "Against the record";
  section.about =
      "What was recorded elsewhere, second by second on the same clock. Error: this run minus the "
      "record. Noise: half the width of the 99 % interval of that difference if both came from one "
      "process.";
  section.charts = options.against_the_record;
  return section;
}

// Names of charts become names of files: distinct and plain.
void name_charts(std::vector<SectionContent>& sections) {
  std::set<std::string> used;
  for (SectionContent& section : sections)
    for (ChartContent& content : section.charts) {
      const std::string base = slug(content.chart.title);
      content.chart.name = base;
      for (int number = 2; !used.insert(content.chart.name).second; ++number)
        content.chart.name = fmt::format("{}-{}", base, number);
    }
}

}  // namespace

std::vector<SectionContent> report_content(const Record& record, const ReportOptions& options) {
  const std::vector<std::string> services = services_of(record);
  Taken taken(services);
  std::vector<SectionContent> sections;
  for (const Section& layout : report_layout()) {
    if (!layout.needs.empty() && !record.tables.contains(std::string(layout.needs))) continue;
    SectionContent section = content_of(record, options, layout, taken);
    if (!section.empty()) sections.push_back(std::move(section));
    if (layout.title == "Requests" && !options.against_the_record.empty())
      sections.push_back(against_the_record(options));
  }
  name_charts(sections);
  return sections;
}

std::string run_length_text(Duration duration) {
  const std::int64_t whole = duration / second;
  if (whole < 120) return number_text(duration.seconds()) + " s";
  std::string text;
  if (whole >= 3600) text = fmt::format("{} h ", whole / 3600);
  text += fmt::format("{} min", whole / 60 % 60);
  return whole % 60 == 0 ? text : text + fmt::format(" {} s", whole % 60);
}

// Decimal prefixes, as rates on a wire and the recorded figures have.
static std::string bytes_text(double bytes, int significant_digits) {
  for (const auto& [name, size] : {std::pair{"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}})
    if (std::abs(bytes) >= size) return number_text(bytes / size, significant_digits) + " " + name;
  return number_text(bytes, significant_digits) + " bytes";
}

std::string with_unit(double value, const std::string& unit, int significant_digits) {
  if (unit.empty() || unit == "1") return number_text(value, significant_digits);
  if (unit == "ns") return duration_text(value);
  if (unit == "bytes") return bytes_text(value, significant_digits);
  return number_text(value, significant_digits) + " " + unit;
}

Axis time_axis(const Record& record) {
  const double end = std::max(1.0, record.duration.seconds());
  return {"time", "s", Scale::clock, 0.0, end, record.clock_at_start};
}

std::vector<Band> bands_of(const Record& record, std::string_view kinds) {
  std::vector<Band> bands;
  for (const Mark& mark : in_order_of_time(record.marks))
    if (matches(kinds, mark.kind))
      bands.push_back(
          {mark.from.since_start().seconds(), mark.to.since_start().seconds(), mark.label});
  return bands;
}

std::vector<Tick> ticks_of(const Record& record, std::string_view kinds) {
  std::vector<Tick> ticks;
  for (const Mark& mark : in_order_of_time(record.marks))
    if (matches(kinds, mark.kind))
      ticks.push_back({mark.from.since_start().seconds(), mark.label, mark.kind});
  // Where a playbook is undone, a tick without a name.
  for (const Mark& mark : in_order_of_time(record.marks))
    if (mark.kind == "playbook" && mark.to > mark.from && matches(kinds, mark.kind))
      ticks.push_back({mark.to.since_start().seconds(), "", mark.kind});
  return ticks;
}

}  // namespace springtide::reports
