#include "reports/chart/thin.h"

#include <algorithm>
#include <cmath>

namespace springtide::reports {
namespace {

using Iterator = std::vector<Point>::const_iterator;

// The first, lowest, highest and last of a stretch without gaps, in order of x, each once.
void append_column(Iterator begin, Iterator end, std::vector<Point>& result) {
  const auto lower = [](const Point& a, const Point& b) { return a.y < b.y; };
  const auto [low, high] = std::minmax_element(begin, end, lower);
  Iterator kept[] = {begin, std::min(low, high), std::max(low, high), end - 1};
  for (std::size_t i = 0; i < 4; ++i)
    if (i == 0 || kept[i] != kept[i - 1]) result.push_back(*kept[i]);
}

std::vector<Point> by_columns(const std::vector<Point>& points, std::size_t columns) {
  const double low = points.front().x, width = (points.back().x - low) / double(columns);
  std::vector<Point> result;
  for (auto begin = points.begin(); begin != points.end();) {
    if (std::isnan(begin->y)) {
      result.push_back(*begin++);
      continue;
    }
    const double column = std::floor((begin->x - low) / width);
    const auto end = std::find_if(begin, points.end(), [&](const Point& point) {
      return std::isnan(point.y) || std::floor((point.x - low) / width) != column;
    });
    append_column(begin, end, result);
    begin = end;
  }
  return result;
}

}  // namespace

std::vector<Point> thinned(const std::vector<Point>& points, std::size_t columns) {
  const bool many =
      columns > 0 && points.size() > 2 * columns && points.back().x > points.front().x;
  const std::vector<Point> few = many ? by_columns(points, columns) : points;
  std::vector<Point> result;
  for (std::size_t i = 0; i < few.size(); ++i) {
    const bool inner = i > 0 && i + 1 < few.size();
    const bool flat = inner && few[i].y == few[i - 1].y && few[i].y == few[i + 1].y;
    const bool gap_again = i > 0 && std::isnan(few[i].y) && std::isnan(few[i - 1].y);
    if (!flat && !gap_again) result.push_back(few[i]);
  }
  return result;
}

}  // namespace springtide::reports
