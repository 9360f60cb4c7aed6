#include "measure/text/names.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <set>

#include <fmt/format.h>

#include "measure/result_directory.h"

namespace springtide::measure {
namespace {

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

std::string words(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (is_letter_or_digit(c))
      result += c;
    else if (c == '%')
      result += "percent";
    else if (c == '/')
      result += "_per_";
    else if (!result.empty() && result.back() != '_')
      result += '_';
  }
  return result;
}

constexpr std::string_view known_units[] = {"ns", "us", "ms", "s",   "min", "bytes", "percent",
                                            "kB", "MB", "GB", "KiB", "MiB", "GiB"};

}  // namespace

std::string shortest_number(double value) {
  if (std::isnan(value)) return "";
  char text[64];
  const auto [end, error] = std::to_chars(std::begin(text), std::end(text), value);
  return error == std::errc{} ? std::string(text, end) : std::string();
}

std::string column_name(std::string_view name, std::string_view unit) {
  const std::string first = words(name);
  const std::string last = words(unit);
  if (last.empty()) return first;
  // The unit's own noun is not said twice: "server.requests" in "requests/s".
  const std::string noun = last.substr(0, last.find("_per_"));
  if (first == noun) return last;
  if (first.size() > noun.size() && first.ends_with("_" + noun))
    return first.substr(0, first.size() - noun.size()) + last;
  return last.starts_with("_") ? first + last : first + "_" + last;
}

std::vector<std::string> column_names(const std::vector<Series>& series) {
  std::set<std::string> used = {"time_s", "clock"};
  std::vector<std::string> columns;
  for (const Series& one : series) {
    const std::string plain = column_name(one.name, one.unit);
    std::string unique = plain;
    for (int i = 2; !used.insert(unique).second; ++i) unique = fmt::format("{}_{}", plain, i);
    columns.push_back(std::move(unique));
  }
  return columns;
}

std::string file_name(std::string_view name) {
  std::string result;
  for (const char c : name) {
    const bool plain =
        is_letter_or_digit(c) || c == '-' || c == '_' || (c == '.' && !result.empty());
    if (plain)
      result += c;
    else
      result += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return result;
}

NameAndUnit split_column_name(std::string_view column) {
  constexpr std::string_view per = "_per_";
  if (const std::size_t at = column.rfind(per); at != std::string_view::npos && at > 0) {
    const std::string_view name = column.substr(0, at);
    const std::size_t noun = name.rfind('_');
    return {std::string(name),
            std::string(noun == std::string_view::npos ? name : name.substr(noun + 1)) + "/" +
                std::string(column.substr(at + per.size()))};
  }
  if (const std::size_t at = column.rfind('_'); at != std::string_view::npos && at > 0) {
    const std::string_view unit = column.substr(at + 1);
    if (std::find(std::begin(known_units), std::end(known_units), unit) != std::end(known_units))
      return {std::string(column.substr(0, at)), unit == "percent" ? "%" : std::string(unit)};
  }
  return {std::string(column), ""};
}

}  // namespace springtide::measure
