// A comparison as charts, and as a page of them.
#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "reports/compare/pieces.h"
#include "reports/compare/plan.h"
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
                     "</p>\n" + summary_html(comparison) +
                     (comparison.plan ? plan_html(*comparison.plan) : "") +
                     settings_html(comparison);
  for (const auto& [title, table] : {std::pair{"Thresholds", &comparison.verdicts},
                                     {"Peaks and margins", &comparison.margins},
                                     {"Where requests ended", &comparison.fates}})
    if (!table->empty())
      body += fmt::format("<h3>{}</h3>\n", title) + table_html(comparison, *table);
  body += "</header>\n<main>\n";
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
