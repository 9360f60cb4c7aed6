// A comparison as text, JSON and HTML.
#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/chart/axis.h"
#include "reports/compare.h"
#include "reports/gnuplot/gnuplot.h"
#include "reports/page/chart_html.h"
#include "reports/page/html.h"

namespace springtide::reports {
namespace {

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

const std::vector<std::string>& headings() {
  static const std::vector<std::string> names{"statistic", "unit",     "this",  "other",
                                              "error",     "of other", "noise", ""};
  return names;
}

std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

bool to_the_left(std::size_t column) { return column < 2 || column == 7; }

std::string row_text(const std::vector<std::string>& cells,
                     const std::vector<std::size_t>& widths) {
  std::string text;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string space(widths[i] - width_of(cells[i]), ' ');
    text += (i > 0 ? "  " : "") + (to_the_left(i) ? cells[i] + space : space + cells[i]);
  }
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

std::string time_span(const Comparison& comparison, const ComparedSeries& series) {
  const auto seconds = static_cast<double>(series.here.size());
  return fmt::format("{} to {}", time_text(series.from, comparison.clock_at_start),
                     time_text(series.from + seconds, comparison.clock_at_start));
}

std::string heading(const Comparison& comparison, const ComparedSeries& series) {
  return fmt::format("{} and {}: {}, {}", series.series, series.other_series, series.span,
                     time_span(comparison, series));
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
  chart.lines = {line_of(series, series.here, "this: " + comparison.here, Line::Role::simulated),
                 line_of(series, series.there, "other: " + comparison.there, Line::Role::recorded)};
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
  chart.title = "Seconds in order of their value";
  chart.about = "How the values are distributed, whenever they came.";
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
                 sorted(series.there, "other", Line::Role::recorded)};
  return chart;
}

std::string table_html(const ComparedSeries& series) {
  HtmlTable table;
  table.header = headings();
  table.text_columns = 2;
  for (const ComparedStatistic& statistic : series.statistics) {
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
  for (const ComparedSeries& series : comparison.series)
    for (const ComparedStatistic& statistic : series.statistics) {
      if (statistic.tolerance) ++judged;
      if (!statistic.within_tolerance) ++outside;
    }
  if (judged == 0) return "";
  return fmt::format(
      "<div class=\"verdict tone-{}\" role=\"status\"><strong>{}</strong><p>{} of {} "
      "statistics are within their tolerance.</p></div>\n",
      outside == 0 ? "good" : "bad", outside == 0 ? "Agrees" : "Differs", judged - outside, judged);
}

}  // namespace

std::string comparison_text(const Comparison& comparison, bool colour) {
  std::string text = fmt::format("this:  {}\nother: {}\n", comparison.here, comparison.there);
  for (const ComparedSeries& series : comparison.series) {
    std::vector<std::vector<std::string>> rows{headings()};
    for (const ComparedStatistic& statistic : series.statistics)
      rows.push_back(cells_of(statistic));
    std::vector<std::size_t> widths(headings().size());
    for (const auto& row : rows)
      for (std::size_t i = 0; i < row.size(); ++i)
        widths[i] = std::max(widths[i], width_of(row[i]));
    text += "\n" + heading(comparison, series) + "\n";
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const bool bad = i > 0 && !series.statistics[i - 1].within_tolerance;
      const std::string row = row_text(rows[i], widths);
      text += (colour && bad ? "\033[31m" + row + "\033[0m" : row) + "\n";
    }
  }
  return text;
}

std::string comparison_json(const Comparison& comparison) {
  nlohmann::ordered_json json{{"this", comparison.here},
                              {"other", comparison.there},
                              {"within_tolerances", comparison.within_tolerances()},
                              {"series", nlohmann::ordered_json::array()}};
  for (const ComparedSeries& series : comparison.series) {
    nlohmann::ordered_json entry{{"series", series.series},
                                 {"other_series", series.other_series},
                                 {"unit", series.unit},
                                 {"span", series.span},
                                 {"from_s", series.from},
                                 {"seconds", series.here.size()},
                                 {"statistics", nlohmann::ordered_json::array()}};
    for (const ComparedStatistic& statistic : series.statistics)
      entry["statistics"].push_back(json_of(statistic));
    json["series"].push_back(std::move(entry));
  }
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

Result<std::string> comparison_html(const Comparison& comparison) {
  std::vector<Chart> charts;
  for (std::size_t i = 0; i < comparison.series.size(); ++i) {
    charts.push_back(both_chart(comparison, comparison.series[i], i + 1));
    charts.push_back(order_chart(comparison, comparison.series[i], i + 1));
  }
  const auto pictures = charts_svg_inline(charts);
  if (!pictures) return pictures.problems();
  std::string body = "<header><h1>Comparison</h1>\n<p>this: " + html_code(comparison.here) +
                     "<br>other: " + html_code(comparison.there) + "</p>\n" +
                     summary_html(comparison) + "</header>\n<main>\n";
  for (std::size_t i = 0; i < comparison.series.size(); ++i) {
    const ComparedSeries& series = comparison.series[i];
    body += "<section><h2>" + html_escaped(heading(comparison, series)) + "</h2>\n";
    body += chart_figure(charts[2 * i], pictures.value()[2 * i], table_html(series));
    body += chart_figure(charts[2 * i + 1], pictures.value()[2 * i + 1], "") + "</section>\n";
  }
  body +=
      "<p class=\"about\">Error: this minus other. Noise: half the width of the 99 % interval of "
      "that difference if both came from one process (block bootstrap); no interval for "
      "extremes. A dip is a run of seconds more than the threshold below the target, with at "
      "most one normal second between two of them; its depth is that of its deepest "
      "second.</p>\n</main>\n";
  return html_page("Comparison", body);
}

}  // namespace springtide::reports
