// The rows of a heat map as they are drawn: groups of them, and no more than a picture can show.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "reports/chart.h"

namespace springtide::reports {

// Consecutive rows whose labels are equal before the last '/'; a row without one is alone.
struct RowGroup {
  std::string label;
  std::size_t first = 0, count = 0;
};
std::vector<RowGroup> row_groups(const HeatMap& map);
std::string_view group_of(std::string_view row);  // "shanghai-1/017" -> "shanghai-1"

// The same field with at most `most` rows: each is the highest of as many rows of the field, and of
// one group only. A field that has no more rows is returned as it is.
inline constexpr std::size_t most_drawn_rows = 640;
HeatMap with_fewer_rows(const HeatMap& map, std::size_t most = most_drawn_rows);

}  // namespace springtide::reports
