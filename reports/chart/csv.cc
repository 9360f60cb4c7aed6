#include "reports/chart/csv.h"

#include <cmath>
#include <map>

#include <fmt/format.h>

#include "reports/heat/text.h"

namespace springtide::reports {
namespace {

std::string cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::string heading(const std::string& label, const std::string& unit) {
  return cell(unit.empty() ? label : label + " (" + unit + ")");
}

}  // namespace

std::string chart_csv(const Chart& chart) {
  if (chart.heat) return heat_csv(chart);
  std::map<double, std::vector<std::string>> rows;
  for (std::size_t column = 0; column < chart.lines.size(); ++column) {
    const Line& line = chart.lines[column];
    for (std::size_t i = 0; i < line.x.size() && i < line.y.size(); ++i) {
      auto& row = rows[line.x[i]];
      row.resize(chart.lines.size());
      if (std::isfinite(line.y[i])) row[column] = fmt::format("{}", line.y[i]);
    }
  }
  std::string text = heading(chart.x.label, chart.x.scale == Scale::clock ? "s" : chart.x.unit);
  for (const Line& line : chart.lines) text += "," + heading(line.label, chart.y.unit);
  text += "\n";
  for (const auto& [x, values] : rows) {
    text += fmt::format("{}", x);
    for (const std::string& value : values) text += "," + value;
    text += "\n";
  }
  return text;
}

}  // namespace springtide::reports
