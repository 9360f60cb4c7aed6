#include "cli/verbs/tables.h"

#include <algorithm>

#include <fmt/format.h>

#include "cli/console.h"

namespace springtide::cli {
namespace {

// Of UTF-8, in characters.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

bool is_number(const std::string& text) {
  return text.empty() || text.find_first_not_of("0123456789.+-e %") == std::string::npos ||
         text == "inf";
}

struct Column {
  std::size_t width = 0;
  bool numbers = true;
};

std::string row_text(const std::vector<std::string>& row, const std::vector<Column>& columns) {
  std::string text;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const std::string space(columns[i].width - width_of(row[i]), ' ');
    text += (i > 0 ? "  " : "") + (columns[i].numbers ? space + row[i] : row[i] + space);
  }
  text.erase(text.find_last_not_of(' ') + 1);
  return text + "\n";
}

}  // namespace

std::string table_text(const std::vector<std::vector<std::string>>& rows, std::size_t most) {
  const std::size_t shown = most > 0 ? std::min(rows.size(), most + 1) : rows.size();
  std::vector<Column> columns(rows.front().size());
  columns.front().numbers = false;
  for (std::size_t row = 0; row < shown; ++row)
    for (std::size_t i = 0; i < columns.size(); ++i) {
      columns[i].width = std::max(columns[i].width, width_of(rows[row][i]));
      if (row > 0 && !is_number(rows[row][i])) columns[i].numbers = false;
    }
  std::string heading = row_text(rows.front(), columns);
  heading.pop_back();
  std::string text = coloured(heading, Colour::dim) + "\n";
  for (std::size_t row = 1; row < shown; ++row) text += row_text(rows[row], columns);
  if (shown < rows.size()) text += fmt::format("... and {} more\n", rows.size() - shown);
  return text;
}

}  // namespace springtide::cli
