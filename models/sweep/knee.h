// Where more load no longer gives more goodput.
//
//   goodput |        knee        A point *follows* where its goodput is at least 99 % of what was
//           |       x x          offered. The knee is the last point that follows before the first
//           |     x     x        that does not, in the order of the offered load.
//           |   x         x
//           +---------------- offered
//
// Where the sweep varies something else than the load (workers, a time-out), its knee is the first
// value from which all follow: what it takes to carry the load.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace springtide::models::sweep {

inline constexpr double following = 0.99;

struct Load {
  double value = 0;  // what was varied
  double offered = 0, goodput = 0;
};

struct Knee {
  bool of_load = true;              // else of the value
  std::optional<std::size_t> at;    // of the points; nothing: none follows (the range is too high)
  std::optional<std::size_t> next;  // the first beyond it that does not follow; nothing: all do
};

// The points in the order of the sweep.
Knee knee_of(const std::vector<Load>& points);

}  // namespace springtide::models::sweep
