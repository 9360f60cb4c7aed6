#include <algorithm>
#include <numeric>
#include <utility>

#include "measure/threshold.h"

namespace springtide::measure {
namespace {

// Levenshtein's distance: insertions, deletions and substitutions.
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({substituted, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::vector<std::string> nearest_names(std::string_view wanted,
                                       const std::vector<std::string>& known, std::size_t limit) {
  std::vector<std::pair<std::size_t, std::string>> ranked;
  const std::size_t furthest = std::max<std::size_t>(3, wanted.size() / 2);
  for (const std::string& name : known)
    if (const std::size_t distance = edits(wanted, name); distance <= furthest)
      ranked.emplace_back(distance, name);
  std::sort(ranked.begin(), ranked.end());
  ranked.erase(std::unique(ranked.begin(), ranked.end()), ranked.end());
  std::vector<std::string> names;
  for (const auto& [distance, name] : ranked)
    if (names.size() < limit) names.push_back(name);
  return names;
}

}  // namespace springtide::measure
