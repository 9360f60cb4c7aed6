#include "reports/content/grids.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "reports/chart/axis.h"
#include "reports/heat/rows.h"
#include "reports/page/html.h"

namespace springtide::reports {
namespace {

using measure::Grid;
using measure::Record;

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

// What is said of some values of a grid: those of a row, of a group of rows, of a span of columns.
struct Summary {
  double sum = 0, highest = nothing;
  std::size_t count = 0, highest_at = 0;  // a column

  double mean() const { return count > 0 ? sum / static_cast<double>(count) : nothing; }
};

Summary summary_of(const Grid& grid, std::size_t first_row, std::size_t rows, std::size_t from,
                   std::size_t to) {
  Summary summary;
  for (std::size_t row = first_row; row < first_row + rows; ++row)
    for (std::size_t column = from; column < to; ++column) {
      const auto value = static_cast<double>(grid.at(row, column));
      if (std::isnan(value)) continue;
      summary.sum += value;
      ++summary.count;
      if (!(summary.highest >= value)) summary.highest = value, summary.highest_at = column;
    }
  return summary;
}

// The column with the highest mean of all rows.
std::size_t busiest_column(const Grid& grid) {
  std::size_t busiest = 0;
  double highest = nothing;
  for (std::size_t column = 0; column < grid.columns; ++column) {
    const double mean = summary_of(grid, 0, grid.rows.size(), column, column + 1).mean();
    if (!std::isnan(mean) && !(highest >= mean)) highest = mean, busiest = column;
  }
  return busiest;
}

// A grid of times has them in one unit, fit for the largest.
Grid readable(const Grid& grid) {
  Grid result = grid;
  if (grid.unit != "ns") return result;
  float largest = 0;
  for (const float value : grid.values)
    if (std::isfinite(value)) largest = std::max(largest, value);
  const TimeUnit unit = time_unit_for(static_cast<double>(largest));
  result.unit = unit.name;
  for (float& value : result.values) value /= static_cast<float>(unit.nanoseconds);
  return result;
}

// Linear from 0 if that is not far off. Logarithmic where one value in a hundred is more than
// twenty times all others, which would all have one colour; never for shares.
void set_scale(HeatMap& map, const std::string& unit) {
  std::vector<float> values;
  for (const float value : map.values)
    if (std::isfinite(value)) values.push_back(value);
  if (values.empty()) return;
  std::sort(values.begin(), values.end());
  map.low = static_cast<double>(values.front());
  map.high = static_cast<double>(values.back());
  const auto most = static_cast<double>(values[values.size() - 1 - values.size() / 100]);
  if (unit != "%" && most > 0 && map.high > 20 * most) {
    map.scale = Scale::log;
    map.low = static_cast<double>(*std::upper_bound(values.begin(), values.end(), 0.0F));
  } else if (map.low > 0 && map.low < map.high / 2) {
    map.low = 0;
  }
}

Chart heat_chart(const Record& record, const Panel& panel, const Grid& grid) {
  Chart chart;
  chart.title = grid.name + ", " + std::string(panel.title);
  chart.about = grid.about;
  if (!chart.about.empty() && chart.about.back() != '.') chart.about += ".";
  const std::size_t merged =
      with_fewer_rows({grid.rows, 0, 0, 1, {}, Scale::linear, 0, 1}).rows.size();
  chart.about +=
      fmt::format(" {} rows, {} at a time.", count_text(static_cast<long long>(grid.rows.size())),
                  run_length_text(grid.slice));
  if (merged < grid.rows.size())
    chart.about += fmt::format(" A line of the picture is the highest of up to {} of them.",
                               (grid.rows.size() + merged - 1) / merged);
  chart.x = time_axis(record);
  chart.y.unit = grid.unit;
  HeatMap map{grid.rows, grid.columns, 0, grid.slice.seconds(), grid.values, Scale::linear, 0, 1};
  set_scale(map, grid.unit);
  chart.x.high = std::max(*chart.x.high, static_cast<double>(grid.columns) * grid.slice.seconds());
  chart.ticks = ticks_of(record, panel.ticks);
  chart.heat = std::move(map);
  return chart;
}

std::string time_of(const Record& record, const Grid& grid, std::size_t column) {
  return time_text(static_cast<double>(column) * grid.slice.seconds(), record.clock_at_start);
}

struct Ranked {
  std::string label;
  Summary all;
  double at_busiest = nothing;
};

std::vector<Ranked> ranked(const Grid& grid, const std::vector<RowGroup>& things) {
  const std::size_t busiest = busiest_column(grid);
  std::vector<Ranked> result;
  for (const RowGroup& thing : things) {
    Ranked one{thing.label, summary_of(grid, thing.first, thing.count, 0, grid.columns),
               summary_of(grid, thing.first, thing.count, busiest, busiest + 1).mean()};
    if (one.all.count > 0) result.push_back(std::move(one));
  }
  std::stable_sort(result.begin(), result.end(),
                   [](const Ranked& a, const Ranked& b) { return a.all.mean() > b.all.mean(); });
  return result;
}

// The first and the last ones in order of their means; all where there are not many more.
std::string extremes_table(const Record& record, const Grid& grid,
                           const std::vector<RowGroup>& things, const std::string& what) {
  constexpr std::size_t each = 5;
  const std::vector<Ranked> all = ranked(grid, things);
  if (all.empty()) return "";
  const bool whole = all.size() <= 2 * each + 2;
  HtmlTable table;
  table.header = {html_escaped(what), "mean", "at " + time_of(record, grid, busiest_column(grid)),
                  "highest", "when"};
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!whole && i >= each && i + each < all.size()) {
      if (i == each)
        table.rows.push_back(
            {fmt::format("<span class=\"faint\">{} between</span>",
                         count_text(static_cast<long long>(all.size() - 2 * each))),
             "", "", "", ""});
      continue;
    }
    table.rows.push_back({html_escaped(all[i].label),
                          html_escaped(with_unit(all[i].all.mean(), grid.unit, 4)),
                          html_escaped(with_unit(all[i].at_busiest, grid.unit, 4)),
                          html_escaped(with_unit(all[i].all.highest, grid.unit, 4)),
                          time_of(record, grid, all[i].all.highest_at)});
  }
  return table.html();
}

// A picture in numbers: means over spans of time.
std::string values_table(const Record& record, const Grid& grid,
                         const std::vector<RowGroup>& things) {
  constexpr std::size_t most_spans = 12;
  const std::size_t step = (grid.columns + most_spans - 1) / most_spans;
  if (step == 0) return "";
  HtmlTable table;
  table.header = {"mean from"};
  for (std::size_t column = 0; column < grid.columns; column += step)
    table.header.push_back(time_of(record, grid, column));
  for (const RowGroup& thing : things) {
    std::vector<std::string> row{html_escaped(thing.label)};
    for (std::size_t column = 0; column < grid.columns; column += step)
      row.push_back(number_text(
          summary_of(grid, thing.first, thing.count, column, std::min(column + step, grid.columns))
              .mean(),
          4));
    table.rows.push_back(std::move(row));
  }
  return html_details(fmt::format("Values, {}; each one in grids/ of the result",
                                  grid.unit.empty() ? "means" : "means in " + grid.unit),
                      table.html());
}

std::string below(const Record& record, const Grid& grid) {
  constexpr std::size_t most_rows = 64;
  std::vector<RowGroup> rows;
  for (std::size_t i = 0; i < grid.rows.size(); ++i) rows.push_back({grid.rows[i], i, 1});
  const std::vector<RowGroup> groups = row_groups({grid.rows, 0, 0, 1, {}, Scale::linear, 0, 1});
  const bool grouped = groups.size() > 1 && groups.size() < rows.size();
  std::string html = extremes_table(record, grid, rows, "hottest and coldest");
  if (grouped) html += extremes_table(record, grid, groups, "hottest and coldest group");
  const auto& lines = rows.size() > most_rows && grouped ? groups : rows;
  return lines.size() <= most_rows ? html + values_table(record, grid, lines) : html;
}

}  // namespace

void add_heat_charts(const Record& record, const Panel& panel, Taker& taken,
                     SectionContent& section) {
  for (const Grid& one : record.grids) {
    if (one.values.empty() || !taken.take_from_any(panel.names, one.name)) continue;
    const auto is = [&](auto&& test) {
      return std::all_of(one.values.begin(), one.values.end(), test);
    };
    if (is([](float value) { return std::isnan(value); })) continue;
    if (is([](float value) { return std::isnan(value) || value == 0; })) {
      section.zero.push_back(one.name);
      continue;
    }
    const Grid grid = readable(one);
    section.charts.push_back({heat_chart(record, panel, grid), below(record, grid)});
  }
}

}  // namespace springtide::reports
