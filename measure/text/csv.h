// CSV by RFC 4180: cells with a comma, a quote or a line break stand in quotes, a quote inside is
// doubled. Written with a plain line feed; read with either end of line.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"

namespace springtide::measure {

void append_csv_cell(std::string& text, std::string_view cell);
void append_csv_row(std::string& text, const std::vector<std::string>& cells);

struct CsvCell {
  std::string text;
  int line = 0, column = 0;  // of its first byte; 1-based
};
using CsvRow = std::vector<CsvCell>;

// Calls `visit` for each row until it returns a problem, which is then returned (its file filled
// in), as is a quote that never ends. An empty line is no row.
std::optional<Diagnostic> read_csv(
    std::string_view text, const std::string& file,
    const std::function<std::optional<Diagnostic>(const CsvRow&)>& visit);

// A problem at a cell.
Diagnostic at_cell(const CsvCell& cell, std::string what, std::string expected = "");

std::optional<double> number_of(std::string_view text);  // whole text; no NaN, no infinity
std::optional<long long> integer_of(std::string_view text);

}  // namespace springtide::measure
