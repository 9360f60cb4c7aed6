#include "measure/text/time_series.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "measure/result_directory.h"
#include "measure/text/csv.h"
#include "measure/text/names.h"

namespace springtide::measure {
namespace {

constexpr int seconds_a_day = 86'400;

std::vector<std::string> heading(const Record& record, bool with_clock) {
  std::vector<std::string> cells = {"time_s"};
  if (with_clock) cells.push_back("clock");
  for (std::string& column : column_names(record.series)) cells.push_back(std::move(column));
  return cells;
}

// An empty cell is a missing value.
std::optional<Diagnostic> take_row(const CsvRow& row, std::size_t number, std::size_t first,
                                   const std::vector<std::size_t>& lengths, Record& record) {
  if (row.size() != first + lengths.size())
    return at_cell(row.back(), fmt::format("a row of {} cells", row.size()),
                   fmt::format("{}, as in the heading", first + lengths.size()));
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    if (number >= lengths[i]) continue;
    const CsvCell& cell = row[first + i];
    const bool infinite = cell.text == "inf" || cell.text == "-inf";
    auto value = cell.text.empty() ? std::optional(missing) : number_of(cell.text);
    if (infinite) value = cell.text.front() == '-' ? -HUGE_VAL : HUGE_VAL;
    if (!value) return at_cell(cell, "not a number", "a number or an empty cell");
    record.series[i].values.push_back(*value);
  }
  return {};
}

}  // namespace

std::optional<int> parse_clock(std::string_view text) {
  const auto two_digits = [&](std::size_t at) -> int {
    const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
    return digit(at) && digit(at + 1) ? (text[at] - '0') * 10 + (text[at + 1] - '0') : 99;
  };
  if (text.size() != 8 || text[2] != ':' || text[5] != ':') return {};
  const int hour = two_digits(0), minutes = two_digits(3), seconds = two_digits(6);
  if (hour > 23 || minutes > 59 || seconds > 59) return {};
  return (hour * 60 + minutes) * 60 + seconds;
}

std::string clock_text(long long seconds) {
  const long long within = (seconds % seconds_a_day + seconds_a_day) % seconds_a_day;
  return fmt::format("{:02}:{:02}:{:02}", within / 3600, within / 60 % 60, within % 60);
}

std::string time_series_to_csv(const Record& record) {
  const auto start = parse_clock(record.clock_at_start);
  std::string text;
  append_csv_row(text, heading(record, start.has_value()));
  std::size_t rows = 0;
  for (const Series& series : record.series) rows = std::max(rows, series.values.size());
  for (std::size_t i = 0; i < rows; ++i) {
    text += fmt::format("{}", i);
    if (start) text += "," + clock_text(*start + static_cast<long long>(i));
    for (const Series& series : record.series) {
      text += ',';
      if (i < series.values.size()) text += shortest_number(series.values[i]);
    }
    text += '\n';
  }
  return text;
}

std::optional<Diagnostic> parse_time_series(std::string_view text, const std::string& file,
                                            const std::vector<std::size_t>& lengths,
                                            Record& record) {
  const bool with_clock = parse_clock(record.clock_at_start).has_value();
  std::size_t number = 0;
  bool at_heading = true;
  auto problem = read_csv(text, file, [&](const CsvRow& row) -> std::optional<Diagnostic> {
    if (!at_heading) return take_row(row, number++, with_clock ? 2 : 1, lengths, record);
    at_heading = false;
    std::vector<std::string> cells;
    for (const CsvCell& cell : row) cells.push_back(cell.text);
    if (cells == heading(record, with_clock)) return {};
    return at_cell(row.front(), "the heading differs from the series of summary.json",
                   fmt::format("{}", fmt::join(heading(record, with_clock), ",")));
  });
  if (problem) return problem;
  for (std::size_t i = 0; i < lengths.size(); ++i)
    if (record.series[i].values.size() != lengths[i])
      return Diagnostic{file,
                        0,
                        0,
                        "",
                        "the file ends too early",
                        fmt::format("{} seconds of {}", lengths[i], record.series[i].name),
                        fmt::format("{}", record.series[i].values.size()),
                        ""};
  return {};
}

}  // namespace springtide::measure
