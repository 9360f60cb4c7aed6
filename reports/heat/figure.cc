#include "reports/heat/figure.h"

#include <fmt/format.h>

#include "measure/text/time_series.h"
#include "reports/chart/axis.h"
#include "reports/content/content.h"
#include "reports/heat/colours.h"
#include "reports/heat/picture.h"
#include "reports/heat/rows.h"
#include "reports/page/html.h"

namespace springtide::reports {
namespace {

std::string gradient() {
  std::string colours;
  constexpr int stops = 12;
  for (int i = 0; i <= stops; ++i)
    colours += (i > 0 ? "," : "") + hex_text(heat_colour(i * (heat_steps - 1) / stops));
  return colours;
}

// The scale with its values at both ends and between them.
std::string scale_html(const Chart& chart) {
  constexpr int parts = 4;
  std::string html = "<div class=\"scale\"><div><i style=\"background:linear-gradient(90deg," +
                     gradient() + ")\"></i>";
  for (int i = 0; i <= parts; ++i) {
    // The ends exactly, what lies between from its place.
    const double value = i == 0       ? chart.heat->low
                         : i == parts ? chart.heat->high
                                      : heat_value(*chart.heat, i * (heat_steps - 1) / parts);
    html += fmt::format(
        "<span>{}</span>",
        html_escaped(i == parts ? with_unit(value, chart.y.unit, 3) : number_text(value, 3)));
  }
  return html + "</div><output></output></div>\n";
}

}  // namespace

std::string heat_json(const Chart& chart) {
  const HeatMap map = with_fewer_rows(*chart.heat);
  const PictureOptions size = fitted({}, chart, false);
  const PlotFrame frame = plot_frame(chart, false);
  const AxisPlan x = plan_x(chart);
  const auto start = measure::parse_clock(chart.x.clock_at_start);
  std::string rows, colours;
  for (const std::string& row : map.rows) rows += (rows.empty() ? "" : ",") + script_text(row);
  for (int step = 0; step < heat_steps; ++step) colours += hex_text(heat_colour(step)).substr(1);
  return fmt::format(
      "{{\"start\":{},\"low\":{:.9g},\"high\":{:.9g},\"first\":{:.9g},\"width\":{:.9g},"
      "\"frame\":[{:.6f},{:.6f},{:.6f},{:.6f}],\"scale\":\"{}\",\"coldest\":{:.9g},"
      "\"hottest\":{:.9g},\"unit\":{},\"columns\":{},\"colours\":\"{}\",\"rows\":[{}]}}",
      start ? fmt::format("{}", *start) : "null", x.low, x.high, map.first_column, map.column_width,
      frame.left / size.width, 1 - frame.right / size.width, frame.top / size.height,
      1 - frame.bottom / size.height, map.scale == Scale::log ? "log" : "linear", map.low, map.high,
      script_text(chart.y.unit), map.columns, colours, rows);
}

std::string heat_figure(const Chart& chart, const std::string& svg, const std::string& below) {
  std::string html = fmt::format(
      "<figure id=\"{}\" class=\"heat\" data-heat>\n<figcaption><h3>{}"
      "</h3>",
      html_escaped(chart.name), html_escaped(chart.title));
  if (!chart.about.empty()) html += "<p class=\"about\">" + html_escaped(chart.about) + "</p>";
  html += "</figcaption>\n" + scale_html(chart) + "<div class=\"plot\">" + svg + "</div>\n";
  html += "<script type=\"application/json\">" + heat_json(chart) + "</script>\n";
  return html + below + "</figure>\n";
}

}  // namespace springtide::reports
