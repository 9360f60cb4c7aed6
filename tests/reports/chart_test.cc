#include "reports/chart.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include "reports/chart/axis.h"
#include "reports/chart/csv.h"
#include "reports/chart/text.h"
#include "reports/chart/thin.h"
#include "reports/gnuplot/gnuplot.h"
#include "reports/gnuplot/process.h"

using namespace springtide;
using namespace springtide::reports;

namespace {

Chart small_chart() {
  Chart chart;
  chart.name = "small";
  chart.title = "Small";
  chart.x = {"time", "s", Scale::clock, {}, {}, "22:59:58"};
  chart.y = {"", "requests/s", Scale::linear, {}, {}, ""};
  chart.lines = {{"a", {0, 1, 2, 3}, {10, 20, 15, 5}, Line::Style::step, Line::Role::simulated},
                 {"b",
                  {1, 2},
                  {1.5, std::numeric_limits<double>::quiet_NaN()},
                  Line::Style::line,
                  Line::Role::recorded}};
  return chart;
}

}  // namespace

TEST_CASE("a chart as CSV has a row for every x and an empty cell for what is missing") {
  CHECK(chart_csv(small_chart()) ==
        "time (s),a (requests/s),b (requests/s)\n0,10,\n1,20,1.5\n2,15,\n3,5,\n");
}

TEST_CASE("a chart as text shows every line, its unit and the time of day") {
  const std::string text = chart_text(small_chart(), {40, 5, false});
  CHECK(text.find("a (requests/s)") != std::string::npos);
  CHECK(text.find("b (requests/s)") != std::string::npos);
  CHECK(text.find("22:59:58") != std::string::npos);
  CHECK(text.find('*') != std::string::npos);
  CHECK(chart_text(small_chart()).find("\xE2\xA0") != std::string::npos);  // braille
}

TEST_CASE("a nines axis has equal steps from 90 to 99 to 99.9 per cent") {
  const double ninety = position_on(Scale::nines, 0.9), two = position_on(Scale::nines, 0.99);
  CHECK(ninety == doctest::Approx(1));
  CHECK(two - ninety == doctest::Approx(1));
  CHECK(std::isnan(position_on(Scale::nines, 1)));
  CHECK(std::isnan(position_on(Scale::log, 0)));
}

TEST_CASE("numbers keep five digits and set thousands apart") {
  CHECK(number_text(29854.4) == "29\u202f854");
  CHECK(number_text(0.63825) == "0.63825");
  CHECK(number_text(-1723) == "−1723");
  CHECK(number_text(0) == "0");
  CHECK(number_text(std::numeric_limits<double>::quiet_NaN()) == "–");
  CHECK(count_text(50'123'456) == "50\u202f123\u202f456");
}

TEST_CASE("a dip of one second survives when a long line is thinned") {
  std::vector<Point> points;
  for (int i = 0; i < 100'000; ++i) points.push_back({double(i), i == 54'321 ? 1.0 : 9.0});
  const auto few = thinned(points, 500);
  CHECK(few.size() < 50);
  CHECK(std::count(few.begin(), few.end(), Point{54'321, 1}) == 1);
  CHECK(few.front() == points.front());
  CHECK(few.back() == points.back());
}

TEST_CASE("a line of few points is kept but for the middle of flat stretches") {
  const std::vector<Point> points{{0, 1}, {1, 1}, {2, 1}, {3, 2}, {4, 3}};
  CHECK(thinned(points, 100) == std::vector<Point>{{0, 1}, {2, 1}, {3, 2}, {4, 3}});
}

TEST_CASE("no text of a chart can run a command or leave its quotes") {
  Chart chart = small_chart();
  chart.title = "it's `touch /tmp/springtide-was-here` \"$x\"\n@macro <b>&amp;";
  chart.lines[0].label = "'; system('false'); 50 % \\n";
  chart.bands = {{0, 2, "%d ' `id`"}};
  const auto pictures = charts_svg(std::vector<Chart>{chart});
  if (!pictures) MESSAGE(to_string(pictures.problems()));
  REQUIRE(pictures.ok());
  CHECK(pictures.value()[0].find("`touch") != std::string::npos);
  CHECK(pictures.value()[0].find("<b>") == std::string::npos);
}

TEST_CASE("the same charts give the same bytes") {
  const std::vector<Chart> charts{small_chart(), small_chart()};
  const auto one = charts_svg(charts), two = charts_svg(charts);
  REQUIRE(one.ok());
  REQUIRE(two.ok());
  const bool equal = one.value() == two.value();
  CHECK(equal);
}

TEST_CASE("charts drawn for files and for a page at once are the same bytes as drawn apart") {
  const std::vector<Chart> charts{small_chart(), small_chart()};
  const auto files = charts_svg(charts), inlined = charts_svg_inline(charts);
  const auto both = charts_svg_both(charts);
  REQUIRE((files.ok() && inlined.ok() && both.ok()));
  const bool same_files = both.value().files == files.value();
  const bool same_inlined = both.value().inlined == inlined.value();
  CHECK(same_files);
  CHECK(same_inlined);
}

TEST_CASE("a chart without a value is an empty frame, not an error") {
  Chart chart = small_chart();
  chart.lines = {{"none", {}, {}, Line::Style::step, Line::Role::simulated}};
  CHECK(charts_svg(std::vector<Chart>{chart}).ok());
  chart.lines.clear();
  CHECK(charts_svg(std::vector<Chart>{chart}).ok());
}

TEST_CASE("a PNG begins as a PNG does") {
  const auto picture = chart_png(small_chart());
  REQUIRE(picture.ok());
  CHECK(picture.value().starts_with("\x89PNG"));
}

TEST_CASE("a program that is not there is told with the package that has it") {
  const auto run = run_program({"no-such-program-here"}, "", "some-package");
  REQUIRE(!run.ok());
  CHECK(to_string(run.problems()).find("some-package") != std::string::npos);
}

TEST_CASE("a logarithmic axis of durations says what its ticks are") {
  Chart chart = small_chart();
  chart.y = {"", "ns", Scale::log, {}, {}, ""};
  chart.lines[0].y = {200, 5e4, 2e6, 1e9};
  std::string labels;
  for (const AxisTick& tick : plan_y(chart).ticks) labels += tick.label + "|";
  CHECK(labels.find("1 µs|10 µs|100 µs|1 ms|") != std::string::npos);
  CHECK(caption_of(chart.y) == "time");
}

TEST_CASE("the legend of a picture has the order of the chart, whatever lies on top") {
  const auto pictures = charts_svg(std::vector<Chart>{small_chart()});
  REQUIRE(pictures.ok());
  const std::string& svg = pictures.value().front();
  const std::size_t a = svg.find("<text>a</text>"), b = svg.find("<text>b</text>");
  REQUIRE(b != std::string::npos);
  CHECK(a < b);
}
