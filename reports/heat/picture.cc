#include "reports/heat/picture.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "reports/chart/axis.h"
#include "reports/gnuplot/palette.h"
#include "reports/gnuplot/script.h"
#include "reports/heat/colours.h"
#include "reports/heat/rows.h"

namespace springtide::reports {
namespace {

using Out = std::back_insert_iterator<std::string>;

constexpr double label_width = 6.2;  // of a letter, about
constexpr double least_label_height = 12;
constexpr std::size_t longest_label = 26;

// Few rows are as high as a line of text; many share what many servers need.
double plot_height(std::size_t rows) {
  constexpr double text_line = 17, most = static_cast<double>(most_drawn_rows);
  return std::max(60.0, rows <= 30 ? text_line * static_cast<double>(rows) : most);
}

std::string shortened(const std::string& label) {
  return label.size() <= longest_label ? label : label.substr(0, longest_label - 1) + "…";
}

void write_cells(Out out, const HeatMap& map) {
  fmt::format_to(out, "$cells << EOD\n");
  for (std::size_t row = 0; row < map.rows.size(); ++row)
    for (std::size_t column = 0; column < map.columns; ++column) {
      const double x = map.first_column + (static_cast<double>(column) + 0.5) * map.column_width;
      const double y = static_cast<double>(map.rows.size() - row) - 0.5;
      const auto step = heat_step(map, map.values[row * map.columns + column]);
      const HeatColour colour = step ? heat_colour(*step) : HeatColour{};
      fmt::format_to(out, "{:.9g} {} {} {} {} {}\n", x, y, colour.red, colour.green, colour.blue,
                     step ? 255 : 0);
    }
  fmt::format_to(out, "EOD\n");
}

void write_rows(Out out, const HeatMap& map) {
  const auto rows = static_cast<double>(map.rows.size());
  fmt::format_to(out, "set yrange [0:{}]\n", rows);
  std::string tics;
  const double a_row = plot_height(map.rows.size()) / rows;
  double free_from = 0;  // from the top, in rows
  for (const RowGroup& group : row_groups(map)) {
    const auto first = static_cast<double>(group.first), count = static_cast<double>(group.count);
    if (group.first > 0)
      fmt::format_to(out,
                     "set arrow from graph -0.008, first {0} to graph 0, first {0} nohead "
                     "linewidth 1 linecolor {1}\n",
                     rows - first, gnuplot_rgb(faint_colour));
    const double middle = first + count / 2;
    if ((middle - free_from) * a_row < least_label_height / 2) continue;
    free_from = middle + least_label_height / 2 / a_row;
    tics += fmt::format("{}{} {}", tics.empty() ? "" : ", ", gnuplot_quoted(shortened(group.label)),
                        rows - middle);
  }
  fmt::format_to(out, "set ytics ({}) nomirror scale 0 textcolor {}\n", tics,
                 gnuplot_rgb(faint_colour));
}

// Outside, so that no value is hidden; an incident is a line all over.
void write_happenings(Out out, const Chart& chart, const AxisPlan& x) {
  for (const Tick& tick : chart.ticks) {
    const double at = position_on(chart.x.scale, tick.at);
    if (!(at >= x.low && at <= x.high)) continue;
    const bool incident = tick.kind == "incident", through = incident || tick.kind == "playbook";
    fmt::format_to(out,
                   "set arrow from first {0:.9g}, graph {1} to first {0:.9g}, graph 1.012 nohead "
                   "front linewidth {2} linecolor {3}\n",
                   at, through ? "0" : "1", through ? "1 dashtype 2" : "1",
                   gnuplot_rgb(incident ? incident_colour : ink_colour));
  }
}

// A strip in the upper right corner, above the plot; with three values.
void write_scale(Out out, const HeatMap& map, const std::string& unit) {
  constexpr double left = 0.60, right = 0.90;
  for (int step = 0; step < heat_steps; ++step) {
    const double width = (right - left) / heat_steps, at = left + step * width;
    fmt::format_to(out,
                   "set object {} rectangle from screen {:.6f}, graph 1.02 to screen {:.6f}, graph "
                   "1.035 fillcolor rgb '{}' fillstyle solid noborder\n",
                   step + 1, at, at + width * 1.15, hex_text(heat_colour(step)));
  }
  for (const auto& [value, at, side] :
       {std::tuple{map.low, left - 0.006, "right"}, {map.high, right + 0.006, "left"}})
    fmt::format_to(out, "set label {} at screen {:.6f}, graph 1.0275 {} textcolor {}\n",
                   gnuplot_quoted(number_text(value, 3) + " " + unit), at, side,
                   gnuplot_rgb(faint_colour));
}

}  // namespace

PlotFrame plot_frame(const Chart& chart, bool framed) {
  PlotFrame frame;
  if (framed) frame.top = 66;
  if (!chart.heat) return frame;
  std::size_t longest = 8;
  for (const RowGroup& group : row_groups(*chart.heat))
    longest = std::max(longest, std::min(group.label.size(), longest_label));
  frame.left = 14 + label_width * static_cast<double>(longest);
  return frame;
}

PictureOptions fitted(PictureOptions options, const Chart& chart, bool framed) {
  if (!chart.heat) return options;
  const PlotFrame frame = plot_frame(chart, framed);
  options.height =
      static_cast<int>(frame.top + frame.bottom + plot_height(chart.heat->rows.size()));
  return options;
}

std::string heat_script(const Chart& chart, bool framed) {
  const HeatMap map = with_fewer_rows(*chart.heat);
  const AxisPlan x = plan_x(chart);
  std::string script;
  const Out out(script);
  write_cells(out, map);
  write_rows(out, map);
  write_happenings(out, chart, x);
  script += names_above(chart, x);
  if (framed) write_scale(out, map, chart.y.unit);
  const bool any = !map.values.empty();
  fmt::format_to(
      out, "{}\n",
      any ? "plot $cells using 1:2:3:4:5:6 with rgbalpha notitle" : "plot -1e30 notitle");
  return script;
}

}  // namespace springtide::reports
