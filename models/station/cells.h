// Which entities must live in one cell: those that hear from each other in a circle.
#pragma once

#include <cstddef>
#include <vector>

namespace springtide::models::station {

// The strongly connected components of a graph (Tarjan, SIAM J. Computing 1, 1972), numbered so
// that every edge leads to the same or a higher number. edges[i]: where i leads.
struct Components {
  std::vector<std::size_t> of;  // of each vertex
  std::size_t count = 0;
};
Components connected_components(const std::vector<std::vector<std::size_t>>& edges);

}  // namespace springtide::models::station
