#include "reports/content/series.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "reports/chart/axis.h"
#include "reports/page/html.h"
#include "reports/phases.h"
#include "reports/statistics.h"

namespace springtide::reports {
namespace {

using measure::Record;
using measure::Series;

constexpr std::size_t most_lines = 8;
constexpr std::size_t most_open_rows = 8;  // longer tables fold
constexpr double value_rows = 60;          // of the table of values

struct Span {
  std::string name;
  std::size_t from = 0, to = 0;  // seconds, `to` excluded
};

std::vector<Span> spans_of(const Record& record, std::size_t seconds) {
  const auto limited = [&](long at) {
    return static_cast<std::size_t>(std::clamp(at, 0L, static_cast<long>(seconds)));
  };
  std::vector<Span> spans;
  for (const Phase& phase : phases_of(record.marks))
    if (limited(phase.from) < limited(phase.to))
      spans.push_back({phase.name, limited(phase.from), limited(phase.to)});
  if (spans.empty()) spans.push_back({"whole run", 0, seconds});
  return spans;
}

bool has_values(const Series& series) {
  return std::any_of(series.values.begin(), series.values.end(),
                     [](double value) { return !std::isnan(value); });
}

bool all_zero(const Series& series) {
  return std::all_of(series.values.begin(), series.values.end(),
                     [](double value) { return std::isnan(value) || value == 0; });
}

Line line_of(const Series& series) {
  Line line;
  line.label = series.name;
  line.y = series.values;
  line.x.resize(series.values.size());
  for (std::size_t i = 0; i < line.x.size(); ++i) line.x[i] = static_cast<double>(i);
  return line;
}

Line line_of(const Overlay& overlay) {
  Line line;
  line.label = overlay.label;
  line.role = Line::Role::recorded;
  line.y = overlay.values;
  line.x.resize(overlay.values.size());
  for (std::size_t i = 0; i < line.x.size(); ++i)
    line.x[i] = overlay.first_second + static_cast<double>(i);
  return line;
}

std::string source_of(const std::string& name) { return name.substr(0, name.rfind('.')); }

// What queueing theory says of the mean of a series, as a dashed line: the model that filled the
// record left it as the figure "<series>.theory" or "<series>.mean.theory"; answers are the
// throughput.
std::optional<Line> theory_line(const Record& record, const Series& series) {
  for (const measure::Figure& figure : record.figures) {
    const bool answers = series.name.ends_with(".answered") &&
                         figure.name == source_of(series.name) + ".throughput.theory";
    const bool of_series = answers || figure.name == series.name + ".theory" ||
                           figure.name == series.name + ".mean.theory";
    if (!of_series || figure.unit != series.unit) continue;
    Line line;
    line.label = series.name + ", by theory";
    line.style = Line::Style::line;
    line.role = Line::Role::predicted;
    line.x = {0, static_cast<double>(series.values.size())};
    line.y = {figure.value, figure.value};
    return line;
  }
  return std::nullopt;
}

std::string statistics_table(const Record& record, const std::vector<const Series*>& group) {
  HtmlTable table;
  table.header = {"series", "during", "mean", "sd", "min", "p1", "median", "p99", "max"};
  table.text_columns = 2;
  for (const Series* series : group) {
    std::string name = html_code(series->name);
    for (const Span& span : spans_of(record, series->values.size())) {
      const std::span<const double> values =
          std::span(series->values).subspan(span.from, span.to - span.from);
      const SeriesStatistics s = statistics_of(values);
      if (s.n == 0 || (s.min == 0 && s.max == 0)) continue;
      std::vector<std::string> row{std::exchange(name, ""), html_escaped(span.name)};
      for (const double value : {s.mean, s.sd, s.min, s.p1, s.p50, s.p99, s.max})
        row.push_back(number_text(value));
      table.rows.push_back(std::move(row));
    }
  }
  if (table.rows.empty()) return "";
  const bool folded = table.rows.size() > most_open_rows;
  return folded ? html_details(fmt::format("Statistics ({} rows)", table.rows.size()), table.html())
                : table.html();
}

// Means of even spans of time: a picture in numbers.
std::string values_table(const Record& record, const std::vector<const Series*>& group) {
  std::size_t seconds = 0;
  for (const Series* series : group) seconds = std::max(seconds, series->values.size());
  std::size_t step = 1;
  for (const std::size_t candidate : {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600})
    if (static_cast<double>(seconds) / static_cast<double>(step) > value_rows) step = candidate;
  HtmlTable table;
  table.header = {"from"};
  for (const Series* series : group) table.header.push_back(html_escaped(series->name));
  for (std::size_t from = 0; from < seconds; from += step) {
    std::vector<std::string> row{time_text(static_cast<double>(from), record.clock_at_start)};
    for (const Series* series : group) {
      const std::size_t begin = std::min(from, series->values.size());
      const std::size_t count = std::min(step, series->values.size() - begin);
      row.push_back(
          number_text(statistics_of(std::span(series->values).subspan(begin, count)).mean));
    }
    table.rows.push_back(std::move(row));
  }
  return html_details(
      step == 1 ? "Values, second by second"
                : fmt::format("Values, means of {}", time_text(static_cast<double>(step), "")),
      table.html());
}

// What is said of several series is said once: "buy.requests, page.requests: ...", or, of all of
// them, without their names.
std::string abouts(const Panel& panel, const std::vector<const Series*>& group) {
  std::vector<std::pair<std::string, std::string>> said;  // what, of whom
  for (const Series* series : group) {
    if (series->about.empty()) continue;
    auto same = std::find_if(said.begin(), said.end(),
                             [&](const auto& one) { return one.first == series->about; });
    if (same == said.end())
      said.emplace_back(series->about, series->name);
    else
      same->second += ", " + series->name;
  }
  const bool of_all = group.size() > 1 && said.size() == 1 &&
                      std::count(said[0].second.begin(), said[0].second.end(), ',') + 1 ==
                          static_cast<std::ptrdiff_t>(group.size());
  std::string text(panel.about);
  for (const auto& [about, names] : said) {
    if (!text.empty()) text += " ";
    text += of_all ? about : names + ": " + about;
    if (text.back() != '.') text += ".";
  }
  return text;
}

double highest_of(const Series& series) {
  double highest = 0;
  for (const double value : series.values)
    highest = std::max(highest, std::isnan(value) ? 0 : value);
  return highest;
}

// The `most` with the highest values stay, in their order; the names of the others go to `less`.
void keep_highest(std::vector<const Series*>& all, std::size_t most,
                  std::vector<std::string>& less) {
  if (most == 0 || all.size() <= most) return;
  std::vector<const Series*> order = all;
  std::stable_sort(order.begin(), order.end(), [](const Series* a, const Series* b) {
    return highest_of(*a) > highest_of(*b);
  });
  order.resize(most);
  const auto left_out = [&](const Series* series) {
    return std::find(order.begin(), order.end(), series) == order.end();
  };
  for (const Series* series : all)
    if (left_out(series)) less.push_back(series->name);
  std::erase_if(all, left_out);
}

ChartContent chart_of(const Record& record, const ReportOptions& options, const Panel& panel,
                      const std::vector<const Series*>& group, std::string title) {
  ChartContent content;
  Chart& chart = content.chart;
  chart.title = std::move(title);
  chart.about = abouts(panel, group);
  chart.x = time_axis(record);
  chart.y.unit = group.front()->unit;
  for (const Series* series : group) {
    chart.lines.push_back(line_of(*series));
    chart.x.high = std::max(*chart.x.high, static_cast<double>(series->values.size()));
    if (const auto theory = theory_line(record, *series)) chart.lines.push_back(*theory);
    for (const Overlay& overlay : options.overlays)
      if (overlay.series == series->name) chart.lines.push_back(line_of(overlay));
  }
  chart.bands = bands_of(record, panel.bands);
  chart.ticks = ticks_of(record, panel.ticks);
  content.below = statistics_table(record, group) + values_table(record, group);
  return content;
}

}  // namespace

void add_series_charts(const Record& record, const ReportOptions& options, const Panel& panel,
                       Taker& taken, SectionContent& section) {
  std::vector<std::string> units;  // in order of appearance
  std::map<std::string, std::vector<const Series*>> by_unit;
  for (const Series& series : record.series) {
    if (!taken.take(panel.names, series.name)) continue;
    if (!has_values(series)) continue;
    if (all_zero(series)) {
      section.zero.push_back(series.name);
      continue;
    }
    if (!by_unit.contains(series.unit)) units.push_back(series.unit);
    by_unit[series.unit].push_back(&series);
  }
  for (const std::string& unit : units) {
    auto& all = by_unit[unit];
    keep_highest(all, panel.most, section.less);
    for (std::size_t begin = 0; begin < all.size(); begin += most_lines) {
      const std::vector<const Series*> group(
          all.begin() + static_cast<std::ptrdiff_t>(begin),
          all.begin() + static_cast<std::ptrdiff_t>(std::min(begin + most_lines, all.size())));
      std::string title(panel.title);
      if (units.size() > 1 && !unit.empty()) title += ", " + unit;
      if (begin > 0) title += fmt::format(" ({})", begin / most_lines + 1);
      section.charts.push_back(chart_of(record, options, panel, group, std::move(title)));
    }
  }
}

void add_minute_charts(const Record& record, const Panel& panel, SectionContent& section) {
  constexpr std::size_t minute_seconds = 60;
  constexpr Duration least = minute * 60;
  if (record.duration < least) return;
  Chart chart;
  HtmlTable table;
  table.header = {"series", "busiest whole minute", "from", "mean of a minute"};
  for (const Series& series : record.series) {
    if (!matches(panel.names, series.name) || all_zero(series)) continue;
    Line line;
    line.label = series.name;
    for (std::size_t from = 0; from + minute_seconds <= series.values.size();
         from += minute_seconds) {
      line.x.push_back(static_cast<double>(from));
      const auto begin = series.values.begin() + static_cast<std::ptrdiff_t>(from);
      line.y.push_back(std::accumulate(begin, begin + minute_seconds, 0.0));
    }
    const SeriesStatistics whole = statistics_of(line.y);
    const auto busiest = std::find(line.y.begin(), line.y.end(), whole.max) - line.y.begin();
    table.rows.push_back({html_code(series.name), number_text(whole.max, 10),
                          time_text(static_cast<double>(busiest) * 60, record.clock_at_start),
                          number_text(whole.mean)});
    chart.y.unit = series.unit.substr(0, series.unit.find('/')) + "/min";
    chart.lines.push_back(std::move(line));
  }
  if (chart.lines.empty()) return;
  chart.title = panel.title;
  chart.about = panel.about;
  chart.x = time_axis(record);
  chart.bands = bands_of(record, panel.bands);
  chart.ticks = ticks_of(record, panel.ticks);
  section.charts.push_back({std::move(chart), table.html()});
}

}  // namespace springtide::reports
