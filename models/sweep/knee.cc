#include "models/sweep/knee.h"

#include <algorithm>
#include <numeric>

namespace springtide::models::sweep {
namespace {

bool follows(const Load& point) { return point.goodput >= following * point.offered; }

// Whether the offered load is what changes: by more than a tenth.
bool load_varies(const std::vector<Load>& points) {
  const auto [low, high] =
      std::minmax_element(points.begin(), points.end(),
                          [](const Load& a, const Load& b) { return a.offered < b.offered; });
  return high->offered > 1.1 * low->offered;
}

Knee knee_of_load(const std::vector<Load>& points) {
  std::vector<std::size_t> order(points.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return points[a].offered < points[b].offered;
  });
  Knee knee;
  for (const std::size_t i : order) {
    if (!follows(points[i])) {
      knee.next = i;
      break;
    }
    knee.at = i;
  }
  return knee;
}

Knee knee_of_value(const std::vector<Load>& points) {
  Knee knee;
  knee.of_load = false;
  for (std::size_t i = points.size(); i-- > 0;) {
    if (!follows(points[i])) {
      knee.next = i;
      break;
    }
    knee.at = i;
  }
  return knee;
}

}  // namespace

Knee knee_of(const std::vector<Load>& points) {
  if (points.empty()) return {};
  return load_varies(points) ? knee_of_load(points) : knee_of_value(points);
}

}  // namespace springtide::models::sweep
