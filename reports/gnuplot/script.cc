#include "reports/gnuplot/script.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "reports/chart/axis.h"
#include "reports/chart/thin.h"
#include "reports/gnuplot/palette.h"
#include "reports/heat/picture.h"

namespace springtide::reports {
namespace {

using Out = std::back_insert_iterator<std::string>;

// Lines and recorded lines have palettes of their own, each used in turn.
std::vector<Colour> colours_of(const Chart& chart) {
  std::vector<Colour> colours;
  std::size_t lines = 0, recorded = 0;
  for (const Line& line : chart.lines)
    colours.push_back(line.role == Line::Role::recorded
                          ? recorded_palette[recorded++ % recorded_palette.size()]
                          : line_palette[lines++ % line_palette.size()]);
  return colours;
}

std::vector<Point> points_of(const Chart& chart, const Line& line) {
  std::vector<Point> points;
  for (std::size_t i = 0; i < line.x.size() && i < line.y.size(); ++i)
    points.push_back(
        {position_on(chart.x.scale, line.x[i]), position_on(chart.y.scale, line.y[i])});
  std::erase_if(points, [](const Point& point) { return std::isnan(point.x); });
  if (line.style == Line::Style::step && points.size() > 1)
    points.push_back({2 * points.back().x - points[points.size() - 2].x, points.back().y});
  return points;
}

void write_data(Out out, const Chart& chart, const PictureOptions& options) {
  for (std::size_t i = 0; i < chart.lines.size(); ++i) {
    fmt::format_to(out, "$d{} << EOD\n", i);
    const bool joined =
        chart.lines[i].style == Line::Style::step || chart.lines[i].style == Line::Style::line;
    auto points = points_of(chart, chart.lines[i]);
    if (joined) points = thinned(points, static_cast<std::size_t>(options.width / 2));
    bool any = false;
    for (const Point& point : points)
      if (std::isnan(point.y)) {
        fmt::format_to(out, "\n");
      } else {
        fmt::format_to(out, "{:.9g} {:.7g}\n", point.x, point.y);
        any = true;
      }
    // gnuplot refuses to plot a block without a single point.
    fmt::format_to(out, "{}EOD\n", any ? "" : "-1e30 -1e30\n");
  }
}

// gnuplot takes the label of a tick for a format of printf.
std::string format_of(const std::string& label) {
  std::string format;
  for (const char c : label) format += c == '%' ? std::string("%%") : std::string(1, c);
  return format;
}

void write_tics(Out out, const char* axis, const AxisPlan& plan) {
  fmt::format_to(out, "set {}range [{:.9g}:{:.9g}]\nset {}tics (", axis, plan.low, plan.high, axis);
  for (std::size_t i = 0; i < plan.ticks.size(); ++i)
    fmt::format_to(out, "{}{} {:.9g}", i == 0 ? "" : ", ",
                   gnuplot_quoted(format_of(plan.ticks[i].label)), plan.ticks[i].position);
  fmt::format_to(out, ") nomirror scale 0.35 textcolor {}\n", gnuplot_rgb(faint_colour));
}

void write_bands(Out out, const Chart& chart, const AxisPlan& x) {
  int number = 0;
  for (const Band& band : chart.bands) {
    const double from = std::max(x.low, position_on(chart.x.scale, band.from));
    const double to = std::min(x.high, position_on(chart.x.scale, band.to));
    if (!(to > from)) continue;
    fmt::format_to(out,
                   "set object {} rectangle from first {:.9g}, graph 0 to first {:.9g}, graph 1 "
                   "fillcolor {} fillstyle solid noborder behind\n",
                   ++number, from, to, gnuplot_rgb(band_colour));
  }
}

void write_ticks(Out out, const Chart& chart, const AxisPlan& x) {
  for (const Tick& tick : chart.ticks) {
    const double at = position_on(chart.x.scale, tick.at);
    if (!(at >= x.low && at <= x.high)) continue;
    const bool incident = tick.kind == "incident", through = incident || tick.kind == "playbook";
    fmt::format_to(out,
                   "set arrow from first {:.9g}, graph 0 to first {:.9g}, graph {} nohead "
                   "linewidth 1 {} linecolor {}\n",
                   at, at, through ? "1" : "0.035", through ? "dashtype 2" : "",
                   gnuplot_rgb(incident ? incident_colour : ink_colour));
  }
}

std::string style_of(const Line& line, const Colour& colour) {
  const bool recorded = line.role == Line::Role::recorded;
  const std::string colour_text = "linecolor " + gnuplot_rgb(colour);
  switch (line.style) {
    case Line::Style::points: return "with points pointtype 7 pointsize 0.6 " + colour_text;
    case Line::Style::bars: return "with boxes fillstyle solid noborder " + colour_text;
    case Line::Style::step:
    case Line::Style::line: break;
  }
  return fmt::format("with {} linewidth {} {}{}",
                     line.style == Line::Style::step ? "steps" : "lines", recorded ? 2.4 : 1.3,
                     line.role == Line::Role::predicted ? "dashtype 2 " : "", colour_text);
}

void write_plot(Out out, const Chart& chart, bool framed) {
  const std::vector<Colour> colours = colours_of(chart);
  std::vector<std::size_t> order(chart.lines.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  // What is drawn later lies on top: recorded lines lie lowest, the first of the others highest.
  std::reverse(order.begin(), order.end());
  std::stable_partition(order.begin(), order.end(),
                        [&](std::size_t i) { return chart.lines[i].role == Line::Role::recorded; });
  std::string plot = "plot ";
  for (const std::size_t i : order) {
    if (i != order.front()) plot += ", ";
    plot += fmt::format("$d{} using 1:2 {} notitle", i, style_of(chart.lines[i], colours[i]));
  }
  // The legend in the order of the chart, whatever lies on top.
  for (std::size_t i = 0; framed && i < chart.lines.size(); ++i)
    plot += fmt::format(", keyentry {} title {}", style_of(chart.lines[i], colours[i]),
                        gnuplot_quoted(chart.lines[i].label));
  fmt::format_to(out, "{}\n", order.empty() ? "plot -1e30 notitle" : plot);
}

void write_frame(Out out, const Chart& chart, const PictureOptions& options, bool framed) {
  const double width = options.width, height = options.height;
  const PlotFrame frame = plot_frame(chart, framed);
  fmt::format_to(out, "set lmargin at screen {:.5f}\nset rmargin at screen {:.5f}\n",
                 frame.left / width, 1 - frame.right / width);
  fmt::format_to(out, "set tmargin at screen {:.5f}\nset bmargin at screen {:.5f}\n",
                 1 - frame.top / height, frame.bottom / height);
  fmt::format_to(out, "set border 1 linecolor {}\n", gnuplot_rgb(faint_colour));
  if (!chart.heat) {
    fmt::format_to(out, "set grid ytics linetype 1 linecolor {} linewidth 1\n",
                   gnuplot_rgb(grid_colour));
    fmt::format_to(out, "set label {} at screen {:.5f}, screen {:.5f} left textcolor {}\n",
                   gnuplot_quoted(caption_of(chart.y)), 8 / width, 1 - (frame.top - 22) / height,
                   gnuplot_rgb(faint_colour));
  }
  if (!framed) return;
  fmt::format_to(out, "set label {} at screen {:.5f}, screen {:.5f} left textcolor {} font ',15'\n",
                 gnuplot_quoted(chart.title), 8 / width, 1 - 20 / height, gnuplot_rgb(ink_colour));
  fmt::format_to(out,
                 "set key at screen {:.5f}, screen {:.5f} right top horizontal samplen 1.6 "
                 "textcolor {}\n",
                 1 - 14 / width, 1 - 26 / height, gnuplot_rgb(ink_colour));
}

}  // namespace

std::string gnuplot_quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'')
      quoted += "\u2019";
    else
      quoted += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return quoted + "'";
}

std::vector<std::string> line_colours(const Chart& chart) {
  std::vector<std::string> names;
  for (const Colour& colour : colours_of(chart)) names.emplace_back(colour.name);
  return names;
}

std::string names_above(const Chart& chart, const AxisPlan& x) {
  std::vector<std::pair<double, std::string>> names;  // where they begin
  for (const Band& band : chart.bands)
    if (position_on(chart.x.scale, band.to) > x.low)
      names.emplace_back(std::max(x.low, position_on(chart.x.scale, band.from)), band.label);
  for (const Tick& tick : chart.ticks)
    if (tick.kind == "cue" || (tick.kind == "playbook" && !tick.label.empty()))
      names.emplace_back(position_on(chart.x.scale, tick.at), tick.label);
  std::stable_sort(names.begin(), names.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::string script;
  double free_from = x.low;
  for (const auto& [at, name] : names) {
    // Names that would run into each other are left out: the page lists them all.
    const double width = (x.high - x.low) * 0.0075 * static_cast<double>(name.size() + 1);
    if (!(at >= free_from) || at + width > x.high + (x.high - x.low) * 0.02) continue;
    free_from = at + width;
    script +=
        fmt::format("set label {} at first {:.9g}, graph 1 left offset 0, 0.55 textcolor {}\n",
                    gnuplot_quoted(name), at, gnuplot_rgb(faint_colour));
  }
  return script;
}

std::string gnuplot_rgb(const Colour& colour) {
  return fmt::format("rgb '#{:02x}{:02x}{:02x}'", colour.red, colour.green, colour.blue);
}

std::string gnuplot_script(const Chart& chart, const PictureOptions& options, bool framed) {
  std::string script;
  const Out out(script);
  const AxisPlan x = plan_x(chart);
  if (chart.heat) {
    write_frame(out, chart, options, framed);
    write_tics(out, "x", x);
    return script + heat_script(chart, framed);
  }
  const AxisPlan y = plan_y(chart);
  write_data(out, chart, options);
  write_frame(out, chart, options, framed);
  write_tics(out, "x", x);
  write_tics(out, "y", y);
  write_bands(out, chart, x);
  script += names_above(chart, x);
  write_ticks(out, chart, x);
  write_plot(out, chart, framed);
  return script;
}

}  // namespace springtide::reports
