#include "reports/heat/rows.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace springtide::reports {
namespace {

// NaN only where all are.
void append_highest(const HeatMap& map, std::size_t from, std::size_t to, HeatMap& into) {
  for (std::size_t column = 0; column < map.columns; ++column) {
    float highest = std::numeric_limits<float>::quiet_NaN();
    for (std::size_t row = from; row < to; ++row)
      highest = std::fmax(highest, map.values[row * map.columns + column]);
    into.values.push_back(highest);
  }
}

}  // namespace

std::string_view group_of(std::string_view row) {
  const std::size_t slash = row.rfind('/');
  return slash == std::string_view::npos ? row : row.substr(0, slash);
}

std::vector<RowGroup> row_groups(const HeatMap& map) {
  std::vector<RowGroup> groups;
  for (std::size_t i = 0; i < map.rows.size(); ++i) {
    const std::string_view label = group_of(map.rows[i]);
    if (groups.empty() || groups.back().label != label)
      groups.push_back({std::string(label), i, 0});
    ++groups.back().count;
  }
  return groups;
}

HeatMap with_fewer_rows(const HeatMap& map, std::size_t most) {
  if (map.rows.size() <= most) return map;
  const std::vector<RowGroup> groups = row_groups(map);
  // More groups than lines cannot be kept apart: then there is but one.
  const std::vector<RowGroup> whole{{"", 0, map.rows.size()}};
  const auto& parts = groups.size() <= most / 2 ? groups : whole;
  // Each group ends with a line that may be short, so that many lines are lost.
  const std::size_t step = (map.rows.size() + most - parts.size() - 1) / (most - parts.size());
  HeatMap fewer = map;
  fewer.rows.clear();
  fewer.values.clear();
  for (const RowGroup& group : parts)
    for (std::size_t at = 0; at < group.count; at += step) {
      const std::size_t from = group.first + at,
                        to = group.first + std::min(at + step, group.count);
      fewer.rows.push_back(to - from == 1 ? map.rows[from]
                                          : map.rows[from] + " to " + map.rows[to - 1]);
      append_highest(map, from, to, fewer);
    }
  return fewer;
}

}  // namespace springtide::reports
