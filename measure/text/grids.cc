#include "measure/text/grids.h"

#include <charconv>
#include <cmath>
#include <iterator>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "base/check.h"
#include "measure/series.h"
#include "measure/text/csv.h"

namespace springtide::measure {
namespace {

std::vector<std::string> heading(const Grid& grid) {
  std::vector<std::string> cells{"row"};
  for (std::size_t column = 0; column < grid.columns; ++column)
    cells.push_back(
        fmt::format("{}", static_cast<std::int64_t>(column) * (grid.slice.ns / second.ns)));
  return cells;
}

void append_number(std::string& text, float value) {
  if (std::isnan(value)) return;
  char digits[32];
  const auto [end, error] = std::to_chars(std::begin(digits), std::end(digits), value);
  SPRINGTIDE_CHECK(error == std::errc{}, "the shortest text of a float fits");
  text.append(digits, end);
}

// Not by way of a double, which would round twice. "inf" is a number here.
std::optional<float> float_of(std::string_view text) {
  float value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole && !std::isnan(value) ? std::optional(value) : std::nullopt;
}

std::optional<Diagnostic> check_heading(const CsvRow& row, const Grid& grid) {
  std::vector<std::string> cells;
  for (const CsvCell& cell : row) cells.push_back(cell.text);
  const std::vector<std::string> expected = heading(grid);
  if (cells == expected) return {};
  return at_cell(row.front(), "the heading differs from the slices of summary.json",
                 fmt::format("{}", fmt::join(expected, ",")));
}

std::optional<Diagnostic> take_row(const CsvRow& row, Grid& grid) {
  if (row.size() != grid.columns + 1)
    return at_cell(row.back(), fmt::format("a row of {} cells", row.size()),
                   fmt::format("{}, as in the heading", grid.columns + 1));
  grid.rows.push_back(row.front().text);
  for (std::size_t i = 1; i < row.size(); ++i) {
    const auto value =
        row[i].text.empty() ? std::optional(static_cast<float>(missing)) : float_of(row[i].text);
    if (!value) return at_cell(row[i], "not a number", "a number or an empty cell");
    grid.values.push_back(*value);
  }
  return {};
}

}  // namespace

std::string grid_to_csv(const Grid& grid) {
  SPRINGTIDE_CHECK(grid.values.size() == grid.rows.size() * grid.columns,
                   "a grid has a value for each row and column");
  SPRINGTIDE_CHECK(grid.columns <= static_cast<std::size_t>(most_slices),
                   "a grid has at most most_slices columns");
  SPRINGTIDE_CHECK(grid.slice.ns > 0 && grid.slice % second == Duration{},
                   "a slice has whole seconds");
  const std::set<std::string> distinct(grid.rows.begin(), grid.rows.end());
  SPRINGTIDE_CHECK(distinct.size() == grid.rows.size() && !distinct.contains(""),
                   "rows of a grid have labels that differ");
  std::string text;
  append_csv_row(text, heading(grid));
  for (std::size_t row = 0; row < grid.rows.size(); ++row) {
    append_csv_cell(text, grid.rows[row]);
    for (std::size_t column = 0; column < grid.columns; ++column) {
      text += ',';
      append_number(text, grid.at(row, column));
    }
    text += '\n';
  }
  return text;
}

std::optional<Diagnostic> parse_grid(std::string_view text, const std::string& file,
                                     std::size_t rows, Grid& grid) {
  bool at_heading = true;
  auto problem = read_csv(text, file, [&](const CsvRow& row) -> std::optional<Diagnostic> {
    if (!at_heading) return take_row(row, grid);
    at_heading = false;
    return check_heading(row, grid);
  });
  if (problem) return problem;
  if (grid.rows.size() == rows) return {};
  Diagnostic wrong;
  wrong.file = file;
  wrong.what = "not as many rows as summary.json says";
  wrong.expected = fmt::format("{}", rows);
  wrong.received = fmt::format("{}", grid.rows.size());
  return wrong;
}

}  // namespace springtide::measure
