#include <algorithm>

#include <fmt/format.h>

#include "models/chain/results/parts.h"

namespace springtide::models::chain {
namespace {

struct Used {
  std::string name;
  double share = 0;      // of what it has, over the measured time
  double saturated = 0;  // share of the seconds in which it was full
};

bool has_parts(const measure::Record& record, const std::string& name) {
  return std::any_of(record.figures.begin(), record.figures.end(), [&](const auto& figure) {
    return figure.name.starts_with(name + ".") && figure.name.ends_with(".utilisation") &&
           figure.name.size() > name.size() + std::string_view(".utilisation").size();
  });
}

double found(const measure::Record& record, const std::string& name) {
  for (const measure::Figure& figure : record.figures)
    if (figure.name == name) return figure.value;
  return 0;
}

}  // namespace

void add_gives_way(measure::Record& record) {
  constexpr std::string_view suffix = ".utilisation";
  std::vector<Used> links;
  for (const measure::Figure& figure : record.figures) {
    if (!figure.name.ends_with(suffix) || !(figure.value > 0)) continue;
    const std::string name = figure.name.substr(0, figure.name.size() - suffix.size());
    if (has_parts(record, name)) continue;  // each site stands for itself
    links.push_back({name, figure.value, found(record, name + ".saturated")});
  }
  if (links.empty()) return;
  std::stable_sort(links.begin(), links.end(), [](const Used& a, const Used& b) {
    return a.saturated != b.saturated ? a.saturated > b.saturated : a.share > b.share;
  });
  auto& table = record.tables["gives-way"];
  table.push_back({"link", "utilisation, %", "full, % of the time", "gives way at, x"});
  for (const Used& link : links)
    table.push_back({link.name, fmt::format("{:.1f}", 100 * link.share),
                     fmt::format("{:.1f}", 100 * link.saturated),
                     link.saturated > 0 ? "gave way" : fmt::format("{:.2f}", 1 / link.share)});
}

}  // namespace springtide::models::chain
