#include <algorithm>
#include <cmath>
#include <fstream>
#include <set>

#include <doctest/doctest.h>

#include "reports/chart/csv.h"
#include "reports/chart/text.h"
#include "reports/gnuplot/gnuplot.h"
#include "reports/heat/colours.h"
#include "reports/heat/figure.h"
#include "reports/heat/rows.h"
#include "reports/report.h"
#include "tests/reports/fleet_record.h"

using namespace springtide;
using namespace springtide::reports;

namespace {

constexpr float none = std::numeric_limits<float>::quiet_NaN();

Chart small_map() {
  Chart chart;
  chart.name = "small";
  chart.title = "server.load";
  chart.x = {"time", "s", Scale::clock, 0.0, 30.0, "20:00:00"};
  chart.y.unit = "%";
  chart.heat = HeatMap{{"a/1", "a/2", "b, \"c\""},
                       3,
                       0,
                       10,
                       {0, 50, 100, none, 25, 75, 1, 2, 3},
                       Scale::linear,
                       0,
                       100};
  return chart;
}

const Chart* titled(const std::vector<Chart>& charts, const std::string& part) {
  const auto found = std::find_if(charts.begin(), charts.end(), [&](const Chart& chart) {
    return chart.title.find(part) != std::string::npos;
  });
  return found == charts.end() ? nullptr : &*found;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++n;
  return n;
}

// Relative luminance by WCAG's weights, without its gamma: enough to see an order.
double lightness(const HeatColour& colour) {
  return 0.2126 * colour.red + 0.7152 * colour.green + 0.0722 * colour.blue;
}

}  // namespace

TEST_CASE("every step of the scale has a colour of its own, lighter than the one before") {
  std::set<std::string> colours;
  for (int step = 0; step < heat_steps; ++step) {
    colours.insert(hex_text(heat_colour(step)));
    if (step > 0) CHECK(lightness(heat_colour(step)) > lightness(heat_colour(step - 1)));
  }
  CHECK(colours.size() == heat_steps);
  CHECK(hex_text(heat_colour(0)) == "#440154");
  CHECK(hex_text(heat_colour(heat_steps - 1)) == "#fde725");
}

TEST_CASE("a value and the value of its step differ by half a step at most") {
  HeatMap map = *small_map().heat;
  for (double value = 0; value <= 100; value += 0.37)
    CHECK(std::abs(heat_value(map, *heat_step(map, value)) - value) <= 100.0 / 99 / 2 + 1e-9);
  CHECK(heat_step(map, -5) == 0);
  CHECK(heat_step(map, 1e9) == heat_steps - 1);
  CHECK(!heat_step(map, none));
  map.scale = Scale::log;
  map.low = 1;
  for (double value = 1; value < 100; value *= 1.07) {
    const double factor = heat_value(map, *heat_step(map, value)) / value;
    CHECK(factor < 1.024);
    CHECK(factor > 1 / 1.024);
  }
  CHECK(!heat_step(map, 0));
}

TEST_CASE("rows are grouped by what stands before their last slash") {
  const auto groups = row_groups(*small_map().heat);
  REQUIRE(groups.size() == 2);
  CHECK(groups[0].label == "a");
  CHECK(groups[0].count == 2);
  CHECK(groups[1].label == "b, \"c\"");
  CHECK(groups[1].first == 2);
}

TEST_CASE("more rows than a picture shows are merged within their group, the highest stays") {
  HeatMap map;
  map.columns = 2;
  for (int group = 0; group < 3; ++group)
    for (int i = 0; i < 700; ++i) {
      map.rows.push_back("g" + std::to_string(group) + "/" + std::to_string(i));
      map.values.push_back(group == 1 && i == 350 ? 99.0F : static_cast<float>(group));
      map.values.push_back(none);
    }
  const HeatMap fewer = with_fewer_rows(map);
  CHECK(fewer.rows.size() <= most_drawn_rows);
  CHECK(fewer.rows.size() > most_drawn_rows / 2);
  REQUIRE(row_groups(map).size() == 3);
  CHECK(std::count(fewer.values.begin(), fewer.values.end(), 99.0F) == 1);
  CHECK(fewer.rows.front().find("g0/0 to g0/") == 0);
  for (std::size_t row = 0; row < fewer.rows.size(); ++row) {
    CHECK(std::isnan(fewer.values[row * 2 + 1]));
    if (fewer.rows[row].starts_with("g2")) CHECK(fewer.values[row * 2] == 2);
  }
}

TEST_CASE("a heat map is text for a terminal and a table of its values") {
  const std::string text = chart_text(small_map());
  CHECK(text.find("server.load (%), ░ to █: 0 to 100\n") == 0);
  CHECK(text.find("   a/1 │ ▒█\n") != std::string::npos);
  CHECK(text.find("   a/2 │·░▓\n") != std::string::npos);
  CHECK(text.find("20:00:00 to 20:00:30") != std::string::npos);
  CHECK(chart_csv(small_map()) ==
        "row,0,10,20\na/1,0,50,100\na/2,,25,75\n\"b, \"\"c\"\"\",1,2,3\n");
}

TEST_CASE("a picture of a heat map holds one small image, and the names of its groups") {
  const auto both = charts_svg_both(std::vector{small_map()});
  REQUIRE(both.ok());
  for (const auto& pictures : {both.value().files, both.value().inlined}) {
    CHECK(count(pictures[0], "<image ") == 1);
    CHECK(count(pictures[0], "data:image/png;base64,") == 1);
    CHECK(pictures[0].find(">a<") != std::string::npos);
  }
  CHECK(both.value().inlined[0].find("http") == std::string::npos);
}

TEST_CASE("a map of 638 servers and 144 slices takes less than 200 kB of a page") {
  const std::vector<Chart> charts = report_charts(testing::fleet_record());
  const Chart* chart = titled(charts, "server.utilisation, row by row");
  REQUIRE(chart);
  REQUIRE(chart->heat);
  CHECK(chart->heat->rows.size() == 638);
  CHECK(chart->heat->columns == 144);
  const auto picture = charts_svg_inline(std::vector{*chart});
  REQUIRE(picture.ok());
  CHECK(heat_figure(*chart, picture.value()[0], "").size() < 200'000);
}

TEST_CASE("the hottest and the coldest server and cluster stand under the map") {
  measure::Record record;
  record.duration = second * 30;
  record.clock_at_start = "20:00:00";
  std::vector<std::string> rows;
  for (int i = 0; i < 40; ++i) rows.push_back((i < 20 ? "x/" : "y/") + std::to_string(i));
  measure::Grid grid = measure::empty_grid("server.load", "%", "", rows, record.duration);
  for (std::size_t row = 0; row < 40; ++row)
    for (std::size_t column = 0; column < 3; ++column)
      grid.at(row, column) = static_cast<float>(row == 7 ? 90 : row == 31 ? 1 : 40 + column);
  record.grids = {grid};
  const auto page = html_report(record);
  REQUIRE(page.ok());
  const auto at = [&](const std::string& part) { return page.value().find(part); };
  REQUIRE(at("30 between") != std::string::npos);
  CHECK(at("<td>x/7</td><td class=\"n\">90 %") < at("30 between"));
  CHECK(at("<td>y/31</td><td class=\"n\">1 %") > at("30 between"));
  CHECK(at("<td>y/31</td><td class=\"n\">1 %") != std::string::npos);
  CHECK(at(">at 20:00:20<") != std::string::npos);
  CHECK(at("<td>x</td>") < at("<td>y</td>"));
}

TEST_CASE("one hot cell does not leave all others in one colour, and zeros are named, not drawn") {
  measure::Record record = testing::fleet_record();
  record.grids[0].unit = "requests/s";
  for (float& value : record.grids[0].values) value = 1 + 0.001F * value;
  record.grids[0].values[5] = 1e6F;
  for (float& value : record.grids[1].values) value = 0;
  const auto charts = report_charts(record);
  CHECK(titled(charts, "server.utilisation, row")->heat->scale == Scale::log);
  CHECK(titled(charts, "cluster.utilisation") == nullptr);
  ReportOptions options;
  options.interactive = false;
  const std::string page = html_report(record, options).value();
  CHECK(page.find("not drawn: <code>cluster.utilisation") != std::string::npos);
}
