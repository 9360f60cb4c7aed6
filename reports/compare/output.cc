// A comparison as text, JSON and HTML.
#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/chart/axis.h"
#include "reports/chart/text.h"
#include "reports/compare.h"
#include "reports/content/distributions.h"
#include "reports/gnuplot/gnuplot.h"
#include "reports/page/chart_html.h"
#include "reports/page/html.h"

namespace springtide::reports {
namespace {

constexpr const char* comparison_about =
    "Error: this minus the other. Noise: half the width of the 99 % interval of that difference if "
    "both came from one process (block bootstrap); no interval for extremes. A dip is a run of "
    "seconds more than the threshold below the target, with at most one normal second between two "
    "of them; its depth is that of its deepest second.";

std::string signed_text(double value) {
  return value > 0 ? "+" + number_text(value) : number_text(value);
}

std::string relative_text(const ComparedStatistic& statistic) {
  if (statistic.there == 0 || statistic.unit == "%" || !std::isfinite(statistic.error)) return "";
  return signed_text(std::round(1e4 * statistic.error / statistic.there) / 100) + " %";
}

std::string reading(const ComparedStatistic& statistic) {
  std::string text;
  if (statistic.tolerance)
    text = (statistic.within_tolerance ? "within " : "outside ") + statistic.tolerance->text;
  if (statistic.error == 0) return text.empty() ? "equal" : text + ", equal";
  if (!statistic.within_noise()) return text;
  return text.empty() ? "inside the noise" : text + ", inside the noise";
}

std::vector<std::string> cells_of(const ComparedStatistic& statistic) {
  return {statistic.name,
          statistic.unit,
          number_text(statistic.here),
          number_text(statistic.there),
          signed_text(statistic.error),
          relative_text(statistic),
          statistic.noise ? number_text(*statistic.noise, 3) : "",
          reading(statistic)};
}

std::vector<std::string> headings(const Comparison& comparison) {
  return {
      "statistic", "unit", "this", comparison.there_word, "error", "of " + comparison.there_word,
      "noise",     ""};
}

using Rows = std::vector<std::vector<std::string>>;  // the heading first

Rows rows_of(const Comparison& comparison, const std::vector<ComparedStatistic>& statistics) {
  Rows rows{headings(comparison)};
  for (const ComparedStatistic& statistic : statistics) rows.push_back(cells_of(statistic));
  return rows;
}

std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

// Texts to the left, numbers (what lies between the second column and the last) to the right.
std::string row_text(const std::vector<std::string>& cells,
                     const std::vector<std::size_t>& widths) {
  std::string text;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string space(widths[i] - width_of(cells[i]), ' ');
    const bool to_the_left = i < 2 || i + 1 == cells.size();
    text += (i > 0 ? "  " : "") + (to_the_left ? cells[i] + space : space + cells[i]);
  }
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

// `bad` says which rows are red where `colour` is given.
std::string table_text(const Rows& rows, const std::vector<bool>& bad, bool colour) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  std::string text;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string row = row_text(rows[i], widths);
    text += (colour && i > 0 && bad[i - 1] ? "\033[31m" + row + "\033[0m" : row) + "\n";
  }
  return text;
}

std::string statistics_text(const Comparison& comparison,
                            const std::vector<ComparedStatistic>& statistics, bool colour) {
  std::vector<bool> bad;
  for (const ComparedStatistic& statistic : statistics) bad.push_back(!statistic.within_tolerance);
  return table_text(rows_of(comparison, statistics), bad, colour);
}

std::string time_span(const Comparison& comparison, const ComparedSeries& series) {
  const auto seconds = static_cast<double>(series.here.size());
  return fmt::format("{} to {}", time_text(series.from, comparison.clock_at_start),
                     time_text(series.from + seconds, comparison.clock_at_start));
}

std::string names_of(const std::string& here, const std::string& there) {
  return here == there ? here : here + " against " + there;
}

std::string heading(const Comparison& comparison, const ComparedSeries& series) {
  return fmt::format("{}: {}, {}", names_of(series.series, series.other_series), series.span,
                     time_span(comparison, series));
}

std::string heading(const ComparedDistribution& distribution) {
  return names_of(distribution.name, distribution.other_name) + ": all values";
}

std::string line_label(const std::string& word, const std::string& name) {
  return name.empty() ? word : word + ": " + name;
}

nlohmann::ordered_json number_or_null(double value) {
  return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr);
}

nlohmann::ordered_json json_of(const ComparedStatistic& statistic) {
  nlohmann::ordered_json json{{"name", statistic.name},
                              {"unit", statistic.unit},
                              {"this", number_or_null(statistic.here)},
                              {"other", number_or_null(statistic.there)},
                              {"error", number_or_null(statistic.error)}};
  if (statistic.noise) {
    json["noise"] = *statistic.noise;
    json["inside_noise"] = statistic.within_noise();
  }
  if (statistic.tolerance) {
    json["tolerance"] = statistic.tolerance->text;
    json["within_tolerance"] = statistic.within_tolerance;
  }
  return json;
}

Line line_of(const ComparedSeries& series, const std::vector<double>& values, std::string label,
             Line::Role role) {
  Line line;
  line.label = std::move(label);
  line.role = role;
  line.y = values;
  for (std::size_t i = 0; i < values.size(); ++i)
    line.x.push_back(series.from + static_cast<double>(i));
  return line;
}

Chart both_chart(const Comparison& comparison, const ComparedSeries& series, std::size_t number) {
  Chart chart;
  chart.name = fmt::format("both-{}", number);
  chart.title = series.series + ", " + series.span;
  chart.x = {"time", "s", Scale::clock, {}, {}, comparison.clock_at_start};
  chart.y.unit = series.unit;
  chart.lines = {
      line_of(series, series.here, line_label("this", comparison.here), Line::Role::simulated),
      line_of(series, series.there, line_label(comparison.there_word, comparison.there),
              Line::Role::recorded)};
  // Dips of a few per cent are what is looked at: the axis need not begin at zero.
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const Line& line : chart.lines)
    for (const double y : line.y)
      if (std::isfinite(y)) low = std::min(low, y), high = std::max(high, y);
  if (low > 0.5 * high) chart.y.low = low - 0.1 * (high - low) - (high == low ? 1 : 0);
  return chart;
}

// Sorted values against their share: two samples of one process lie on one line.
Chart order_chart(const Comparison& comparison, const ComparedSeries& series, std::size_t number) {
  Chart chart;
  chart.name = fmt::format("order-{}", number);
  chart.title = fmt::format("{}, {}: seconds in order of their value", series.series, series.span);
  chart.about =
      "How the values are distributed, whenever they came: across, the share of the seconds in %.";
  chart.x = {"share of the seconds", "%", Scale::linear, 0.0, 100.0, ""};
  chart.y = both_chart(comparison, series, number).y;
  const auto sorted = [&](std::vector<double> values, std::string label, Line::Role role) {
    std::erase_if(values, [](double value) { return std::isnan(value); });
    std::sort(values.begin(), values.end());
    Line line{std::move(label), {}, values, Line::Style::line, role};
    for (std::size_t i = 0; i < values.size(); ++i)
      line.x.push_back(100 * (static_cast<double>(i) + 0.5) / static_cast<double>(values.size()));
    return line;
  };
  chart.lines = {sorted(series.here, "this", Line::Role::simulated),
                 sorted(series.there, comparison.there_word, Line::Role::recorded)};
  return chart;
}

Chart distribution_chart(const Comparison& comparison, const ComparedDistribution& compared,
                         std::size_t number) {
  Chart chart;
  chart.name = fmt::format("distribution-{}", number);
  chart.title = compared.name;
  chart.about =
      "How many in a hundred were at most this long. Each step to the right is ten times "
      "rarer.";
  const auto line = [&](const measure::Histogram& values, const std::string& label, auto role) {
    Line result = nines_line(label, values);
    result.role = role;
    return result;
  };
  chart.lines = {line(compared.here, line_label("this", comparison.here), Line::Role::simulated),
                 line(compared.there, line_label(comparison.there_word, comparison.there),
                      Line::Role::recorded)};
  set_nines_axis(chart);
  set_duration_axis(chart);
  return chart;
}

std::string table_html(const Comparison& comparison,
                       const std::vector<ComparedStatistic>& statistics) {
  HtmlTable table;
  table.header = headings(comparison);
  table.text_columns = 2;
  for (const ComparedStatistic& statistic : statistics) {
    std::vector<std::string> cells = cells_of(statistic);
    for (std::string& cell : cells) cell = html_escaped(cell);
    if (!statistic.within_tolerance)
      cells.back() = "<span class=\"bad\">" + cells.back() + "</span>";
    table.rows.push_back(std::move(cells));
  }
  return table.html();
}

std::string summary_html(const Comparison& comparison) {
  std::size_t judged = 0, outside = 0;
  const auto count = [&](const std::vector<ComparedStatistic>& statistics) {
    for (const ComparedStatistic& statistic : statistics) {
      if (statistic.tolerance) ++judged;
      if (!statistic.within_tolerance) ++outside;
    }
  };
  for (const ComparedSeries& series : comparison.series) count(series.statistics);
  for (const ComparedDistribution& one : comparison.distributions) count(one.statistics);
  if (judged == 0) return "";
  return fmt::format(
      "<div class=\"verdict tone-{}\" role=\"status\"><strong>{}</strong><p>{} of {} "
      "statistics are within their tolerance.</p></div>\n",
      outside == 0 ? "good" : "bad", outside == 0 ? "Agrees" : "Differs", judged - outside, judged);
}

// One line a series and phase, its mean, where all statistics would fill pages.
std::string means_text(const Comparison& comparison, bool colour) {
  Rows rows{headings(comparison)};
  rows.front().front() = "mean of";
  rows.front().insert(rows.front().begin() + 1, "during");
  std::vector<bool> bad;
  for (const ComparedSeries& series : comparison.series) {
    const auto mean = std::find_if(series.statistics.begin(), series.statistics.end(),
                                   [](const auto& one) { return one.name == "mean"; });
    if (mean == series.statistics.end()) continue;
    std::vector<std::string> cells = cells_of(*mean);
    cells.front() = series.series;
    cells.insert(cells.begin() + 1, series.span);
    rows.push_back(std::move(cells));
    bad.push_back(!mean->within_tolerance);
  }
  return table_text(rows, bad, colour) +
         "\nAll statistics of a series and a chart of it: --series NAME. All of all: --html, "
         "--json.\n";
}

std::string settings_text(const Comparison& comparison) {
  Rows rows{{"what differs", "this", comparison.there_word}};
  for (const DifferentSetting& one : comparison.settings)
    rows.push_back({one.pointer, one.here, one.there});
  return table_text(rows, std::vector<bool>(rows.size()), false);
}

std::string settings_html(const Comparison& comparison) {
  if (comparison.settings.empty()) return "";
  HtmlTable table;
  table.header = {"what differs", "this", comparison.there_word};
  table.text_columns = 3;
  for (const DifferentSetting& one : comparison.settings)
    table.rows.push_back({html_code(one.pointer), html_escaped(one.here), html_escaped(one.there)});
  return table.html();
}

}  // namespace

std::string comparison_text(const Comparison& comparison, bool colour) {
  constexpr std::size_t most_in_full = 4;  // spans of series
  constexpr TextOptions small{.width = 72, .height = 5};
  std::string text = fmt::format("{:<9} {}\n{:<9} {}\n", "this:", comparison.here,
                                 comparison.there_word + ":", comparison.there);
  if (!comparison.settings.empty()) text += "\n" + settings_text(comparison);
  if (!comparison.fates.empty())
    text += "\n" + statistics_text(comparison, comparison.fates, colour);
  for (const ComparedDistribution& one : comparison.distributions)
    text += "\n" + heading(one) + "\n" + statistics_text(comparison, one.statistics, colour);
  if (comparison.series.size() > most_in_full) return text + "\n" + means_text(comparison, colour);
  for (std::size_t i = 0; i < comparison.series.size(); ++i) {
    const ComparedSeries& series = comparison.series[i];
    text += "\n" + heading(comparison, series) + "\n";
    if (!series.note.empty()) text += "(" + series.note + ")\n";
    text += statistics_text(comparison, series.statistics, colour);
    if (series.here.size() > 1)
      text += "\n" + chart_text(both_chart(comparison, series, i + 1), small);
  }
  return text;
}

std::string comparison_json(const Comparison& comparison) {
  using Json = nlohmann::ordered_json;
  const auto all = [](const std::vector<ComparedStatistic>& statistics) {
    Json json = Json::array();
    for (const ComparedStatistic& statistic : statistics) json.push_back(json_of(statistic));
    return json;
  };
  Json json{{"this", comparison.here},
            {"other", comparison.there},
            {"within_tolerances", comparison.within_tolerances()},
            {"settings", Json::array()},
            {"fates", all(comparison.fates)},
            {"series", Json::array()},
            {"distributions", Json::array()}};
  for (const DifferentSetting& one : comparison.settings)
    json["settings"].push_back(
        {{"pointer", one.pointer}, {"this", one.here}, {"other", one.there}});
  for (const ComparedSeries& series : comparison.series)
    json["series"].push_back({{"series", series.series},
                              {"other_series", series.other_series},
                              {"unit", series.unit},
                              {"span", series.span},
                              {"from_s", series.from},
                              {"seconds", series.here.size()},
                              {"statistics", all(series.statistics)}});
  for (const ComparedDistribution& one : comparison.distributions)
    json["distributions"].push_back({{"distribution", one.name},
                                     {"other_distribution", one.other_name},
                                     {"unit", one.unit},
                                     {"statistics", all(one.statistics)}});
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::vector<ChartContent> comparison_figures(const Comparison& comparison) {
  std::vector<ChartContent> figures;
  for (const ComparedDistribution& one : comparison.distributions)
    figures.push_back({distribution_chart(comparison, one, figures.size() + 1),
                       table_html(comparison, one.statistics)});
  for (std::size_t i = 0; i < comparison.series.size(); ++i) {
    const ComparedSeries& series = comparison.series[i];
    figures.push_back(
        {both_chart(comparison, series, i + 1), table_html(comparison, series.statistics)});
    figures.push_back({order_chart(comparison, series, i + 1), ""});
  }
  return figures;
}

Result<std::string> comparison_html(const Comparison& comparison) {
  const std::vector<ChartContent> figures = comparison_figures(comparison);
  std::vector<Chart> charts;
  for (const ChartContent& figure : figures) charts.push_back(figure.chart);
  const auto pictures = charts_svg_inline(charts);
  if (!pictures) return pictures.problems();
  std::string body = "<header><h1>Comparison</h1>\n<p>this: " + html_code(comparison.here) +
                     "<br>" + comparison.there_word + ": " + html_code(comparison.there) +
                     "</p>\n" + summary_html(comparison) + settings_html(comparison) +
                     (comparison.fates.empty() ? "" : table_html(comparison, comparison.fates)) +
                     "</header>\n<main>\n";
  std::size_t next = 0;
  const auto figure = [&] {
    const std::string html =
        chart_figure(charts[next], pictures.value()[next], figures[next].below);
    ++next;
    return html;
  };
  for (const ComparedDistribution& one : comparison.distributions)
    body += "<section><h2>" + html_escaped(heading(one)) + "</h2>\n" + figure() + "</section>\n";
  for (const ComparedSeries& series : comparison.series) {
    body += "<section><h2>" + html_escaped(heading(comparison, series)) + "</h2>\n";
    if (!series.note.empty()) body += "<p class=\"about\">" + html_escaped(series.note) + ".</p>\n";
    body += figure();
    body += figure() + "</section>\n";
  }
  return html_page("Comparison",
                   body + "<p class=\"about\">" + comparison_about + "</p>\n</main>\n");
}

}  // namespace springtide::reports
