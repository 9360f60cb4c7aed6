// Fewer points with the same picture.
//
// A line of many more points than pixels is cut into columns, and of each column only its first,
// lowest, highest and last point stay (Jugel et al., "M4: a visualization-oriented time series data
// aggregation", VLDB 2014: no pixel of a line chart changes at that width). A dip of one second
// therefore never disappears. Then points in the middle of a flat stretch go.
#pragma once

#include <cstddef>
#include <vector>

namespace springtide::reports {

struct Point {
  double x = 0, y = 0;  // y is NaN for a gap
  bool operator==(const Point&) const = default;
};

std::vector<Point> thinned(const std::vector<Point>& points, std::size_t columns);

}  // namespace springtide::reports
