#include "measure/text/csv.h"

#include <charconv>
#include <cmath>
#include <utility>

namespace springtide::measure {
namespace {

template <typename Number>
std::optional<Number> whole(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return {};
  return value;
}

// Reads cell by cell and keeps the position.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool at_end() const { return next_ >= text_.size(); }

  // False where a quote never ends.
  bool read_row(CsvRow& row) {
    std::size_t used = 0;
    for (bool more = true; more;) {
      if (used == row.size()) row.emplace_back();
      if (!read_cell(row[used++])) return false;
      more = !at_end() && text_[next_] == ',';
      if (more) ++next_;
    }
    row.resize(used);
    end_line();
    return true;
  }

  bool skip_empty_line() {
    if (at_end() || (text_[next_] != '\n' && text_.substr(next_, 2) != "\r\n")) return false;
    end_line();
    return true;
  }

 private:
  bool read_cell(CsvCell& cell) {
    cell.text.clear();
    cell.line = line_;
    cell.column = static_cast<int>(next_ - line_begin_) + 1;
    if (!at_end() && text_[next_] == '"') return read_quoted(cell.text);
    std::size_t end = text_.find_first_of(",\n", next_);
    if (end == std::string_view::npos) end = text_.size();
    std::string_view content = text_.substr(next_, end - next_);
    if (content.ends_with('\r')) content.remove_suffix(1);
    cell.text = content;
    next_ = end;
    return true;
  }

  bool read_quoted(std::string& cell) {
    for (++next_; !at_end(); ++next_) {
      if (text_[next_] == '"') {
        if (text_.substr(next_, 2) != "\"\"") break;
        ++next_;
      } else if (text_[next_] == '\n') {
        ++line_;
        line_begin_ = next_ + 1;
      }
      cell += text_[next_];
    }
    if (at_end()) return false;
    ++next_;
    while (!at_end() && text_[next_] != ',' && text_[next_] != '\n') {  // lenient: "a"b
      if (text_[next_] != '\r') cell += text_[next_];
      ++next_;
    }
    return true;
  }

  void end_line() {
    if (!at_end() && text_[next_] == '\r') ++next_;
    if (!at_end() && text_[next_] == '\n') ++next_;
    ++line_;
    line_begin_ = next_;
  }

  std::string_view text_;
  std::size_t next_ = 0, line_begin_ = 0;
  int line_ = 1;
};

}  // namespace

void append_csv_cell(std::string& text, std::string_view cell) {
  if (cell.find_first_of(",\"\r\n") == std::string_view::npos) {
    text += cell;
    return;
  }
  text += '"';
  for (const char c : cell) {
    if (c == '"') text += '"';
    text += c;
  }
  text += '"';
}

void append_csv_row(std::string& text, const std::vector<std::string>& cells) {
  // One empty cell alone would be an empty line, which is no row.
  if (cells.size() == 1 && cells.front().empty()) text += "\"\"";
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) text += ',';
    append_csv_cell(text, cells[i]);
  }
  text += '\n';
}

std::optional<Diagnostic> read_csv(
    std::string_view text, const std::string& file,
    const std::function<std::optional<Diagnostic>(const CsvRow&)>& visit) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // a byte order mark
  Reader reader(text);
  CsvRow row;
  while (!reader.at_end()) {
    if (reader.skip_empty_line()) continue;
    std::optional<Diagnostic> problem;
    if (reader.read_row(row))
      problem = visit(row);
    else
      problem = at_cell(row.back(), "a quoted cell never ends", "a closing '\"'");
    if (!problem) continue;
    problem->file = file;
    return problem;
  }
  return {};
}

Diagnostic at_cell(const CsvCell& cell, std::string what, std::string expected) {
  Diagnostic problem;
  problem.line = cell.line;
  problem.column = cell.column;
  problem.what = std::move(what);
  problem.expected = std::move(expected);
  if (!problem.expected.empty()) problem.received = "\"" + cell.text.substr(0, 60) + "\"";
  return problem;
}

std::optional<double> number_of(std::string_view text) {
  const auto value = whole<double>(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

std::optional<long long> integer_of(std::string_view text) { return whole<long long>(text); }

}  // namespace springtide::measure
