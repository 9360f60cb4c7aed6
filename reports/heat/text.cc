#include "reports/heat/text.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "measure/text/csv.h"
#include "reports/chart/axis.h"
#include "reports/heat/colours.h"
#include "reports/heat/rows.h"

namespace springtide::reports {
namespace {

// Of those that are numbers; NaN of none.
double mean_of(const HeatMap& map, const RowGroup& group, std::size_t from, std::size_t to) {
  double sum = 0;
  int count = 0;
  for (std::size_t row = group.first; row < group.first + group.count; ++row)
    for (std::size_t column = from; column < to; ++column)
      if (const float value = map.values[row * map.columns + column]; !std::isnan(value)) {
        sum += static_cast<double>(value);
        ++count;
      }
  return count > 0 ? sum / count : std::nan("");
}

std::string shade(const HeatMap& map, double value) {
  constexpr std::array shades{" ", "░", "▒", "▓", "█"};
  const auto step = heat_step(map, value);
  const auto levels = static_cast<int>(shades.size());
  return step ? shades[static_cast<std::size_t>(*step * levels / heat_steps)] : "·";
}

}  // namespace

std::string heat_text(const Chart& chart, int width) {
  const HeatMap& map = *chart.heat;
  constexpr std::size_t most_lines = 30;
  std::vector<RowGroup> lines;
  for (std::size_t i = 0; i < map.rows.size(); ++i) lines.push_back({map.rows[i], i, 1});
  if (lines.size() > most_lines) lines = row_groups(map);
  std::size_t margin = 0;
  for (const RowGroup& line : lines) margin = std::max(margin, line.label.size());
  const std::size_t cells = std::min(static_cast<std::size_t>(std::max(1, width)), map.columns);
  std::string text = chart.title;
  if (!chart.y.unit.empty()) text += " (" + chart.y.unit + ")";
  text += fmt::format(", ░ to █: {} to {}\n", number_text(map.low), number_text(map.high));
  for (const RowGroup& line : lines) {
    text += fmt::format("{:>{}} │", line.label, margin);
    for (std::size_t cell = 0; cell < cells; ++cell)
      text += shade(
          map, mean_of(map, line, cell * map.columns / cells, (cell + 1) * map.columns / cells));
    text += "\n";
  }
  const auto end = map.first_column + static_cast<double>(map.columns) * map.column_width;
  return text + fmt::format("{:>{}}  {} to {}\n", "", margin,
                            time_text(map.first_column, chart.x.clock_at_start),
                            time_text(end, chart.x.clock_at_start));
}

std::string heat_csv(const Chart& chart) {
  const HeatMap& map = *chart.heat;
  std::vector<std::string> cells{"row"};
  for (std::size_t column = 0; column < map.columns; ++column)
    cells.push_back(
        fmt::format("{}", map.first_column + static_cast<double>(column) * map.column_width));
  std::string text;
  measure::append_csv_row(text, cells);
  for (std::size_t row = 0; row < map.rows.size(); ++row) {
    cells = {map.rows[row]};
    for (std::size_t column = 0; column < map.columns; ++column) {
      const float value = map.values[row * map.columns + column];
      cells.push_back(std::isfinite(value) ? fmt::format("{}", value) : "");
    }
    measure::append_csv_row(text, cells);
  }
  return text;
}

}  // namespace springtide::reports
