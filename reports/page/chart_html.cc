#include "reports/page/chart_html.h"

#include <cmath>

#include <fmt/format.h>

#include "measure/text/time_series.h"
#include "reports/chart/axis.h"
#include "reports/chart/thin.h"
#include "reports/gnuplot/gnuplot.h"
#include "reports/heat/figure.h"
#include "reports/page/html.h"

namespace springtide::reports {
namespace {

constexpr std::size_t most_points = 4000;

std::string number_json(double value) {
  return std::isfinite(value) ? fmt::format("{:.6g}", value) : "null";
}

template <typename Values, typename Get>
std::string array_json(const Values& values, Get get) {
  std::string json = "[";
  for (const auto& value : values) {
    if (json.size() > 1) json += ",";
    json += get(value);
  }
  return json + "]";
}

bool even(const std::vector<double>& x) {
  for (std::size_t i = 2; i < x.size(); ++i)
    if (x[i] - x[i - 1] != x[1] - x[0]) return false;
  return x.size() > 1;
}

std::string values_json(const Line& line) {
  std::vector<double> x = line.x, y = line.y;
  if (x.size() > most_points) {
    std::vector<Point> points;
    for (std::size_t i = 0; i < x.size() && i < y.size(); ++i) points.push_back({x[i], y[i]});
    x.clear();
    y.clear();
    for (const Point& point : thinned(points, most_points / 4)) {
      x.push_back(point.x);
      y.push_back(point.y);
    }
  }
  const std::string ys = array_json(y, number_json);
  if (even(x)) return fmt::format("\"x0\":{},\"dx\":{},\"y\":{}", x[0], x[1] - x[0], ys);
  return fmt::format("\"x\":{},\"y\":{}",
                     array_json(x, [](double v) { return fmt::format("{:.9g}", v); }), ys);
}

std::string line_json(const Line& line, const std::string& colour) {
  constexpr const char* styles[] = {"step", "line", "points", "bars"};
  constexpr const char* roles[] = {"simulated", "recorded", "predicted"};
  return fmt::format("{{\"label\":{},\"style\":\"{}\",\"role\":\"{}\",\"colour\":\"--{}\",{}}}",
                     script_text(line.label), styles[static_cast<int>(line.style)],
                     roles[static_cast<int>(line.role)], colour, values_json(line));
}

std::string axis_json(const Axis& axis, const AxisPlan& plan) {
  constexpr const char* scales[] = {"linear", "log", "clock", "nines"};
  const auto start = measure::parse_clock(axis.clock_at_start);
  return fmt::format(
      "{{\"scale\":\"{}\",\"unit\":{},\"durations\":{},\"start\":{},\"low\":{:.9g},\"high\":{:.9g},"
      "\"ticks\":{}}}",
      scales[static_cast<int>(axis.scale)], script_text(caption_of(axis)), shows_durations(axis),
      start ? fmt::format("{}", *start) : "null", plan.low, plan.high,
      array_json(plan.ticks, [](const AxisTick& tick) {
        return fmt::format("[{:.9g},{}]", tick.position, script_text(tick.label));
      }));
}

std::string legend_html(const Chart& chart) {
  const std::vector<std::string> colours = line_colours(chart);
  std::string html = "<ul class=\"legend\">\n";
  for (std::size_t i = 0; i < chart.lines.size(); ++i) {
    const Line& line = chart.lines[i];
    html += fmt::format(
        "<li{} style=\"--swatch:var(--{})\"><button><i></i>{}</button>"
        "<output></output></li>\n",
        line.role == Line::Role::predicted ? " class=\"predicted\"" : "", colours[i],
        html_escaped(line.label));
  }
  return html + "<li class=\"at\"></li></ul>\n";
}

}  // namespace

std::string chart_json(const Chart& chart) {
  const std::vector<std::string> colours = line_colours(chart);
  std::string lines;
  for (std::size_t i = 0; i < chart.lines.size(); ++i)
    lines += (i > 0 ? ",\n" : "") + line_json(chart.lines[i], colours[i]);
  const auto band = [](const Band& b) {
    return fmt::format("{{\"from\":{:.9g},\"to\":{:.9g},\"label\":{}}}", b.from, b.to,
                       script_text(b.label));
  };
  const auto tick = [](const Tick& t) {
    const bool named = !t.label.empty() && (t.kind == "cue" || t.kind == "playbook");
    const std::string name = named ? ",\"label\":" + script_text(t.label) : "";
    return fmt::format("{{\"at\":{:.9g},\"kind\":{}{}}}", t.at, script_text(t.kind), name);
  };
  return fmt::format("{{\"x\":{},\"y\":{},\"bands\":{},\"ticks\":{},\"lines\":[{}]}}",
                     axis_json(chart.x, plan_x(chart)), axis_json(chart.y, plan_y(chart)),
                     array_json(chart.bands, band), array_json(chart.ticks, tick), lines);
}

std::string chart_figure(const Chart& chart, const std::string& svg, const std::string& below) {
  if (chart.heat) return heat_figure(chart, svg, below);
  std::string html = fmt::format("<figure id=\"{}\" data-chart>\n<figcaption><h3>{}</h3>",
                                 html_escaped(chart.name), html_escaped(chart.title));
  if (!chart.about.empty()) html += "<p class=\"about\">" + html_escaped(chart.about) + "</p>";
  html += "</figcaption>\n" + legend_html(chart) + "<div class=\"plot\">" + svg + "</div>\n";
  html += "<script type=\"application/json\">" + chart_json(chart) + "</script>\n";
  return html + below + "</figure>\n";
}

}  // namespace springtide::reports
