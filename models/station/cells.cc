#include "models/station/cells.h"

#include <algorithm>

namespace springtide::models::station {
namespace {

// Tarjan's search without recursion, so that a long chain of services cannot exhaust the stack.
class Search {
 public:
  explicit Search(const std::vector<std::vector<std::size_t>>& edges)
      : edges_(edges),
        index_(edges.size(), 0),
        low_(edges.size(), 0),
        on_stack_(edges.size(), false) {
    found_.of.assign(edges.size(), 0);
  }

  Components run() {
    for (std::size_t i = 0; i < edges_.size(); ++i)
      if (index_[i] == 0) visit_from(i);
    // Tarjan finds a component after all that it leads to.
    for (std::size_t& number : found_.of) number = found_.count - 1 - number;
    return found_;
  }

 private:
  struct Frame {
    std::size_t vertex, next_edge;
  };

  void visit_from(std::size_t root) {
    enter(root);
    while (!path_.empty()) {
      Frame& frame = path_.back();
      if (frame.next_edge < edges_[frame.vertex].size()) {
        const std::size_t to = edges_[frame.vertex][frame.next_edge++];
        if (index_[to] == 0)
          enter(to);
        else if (on_stack_[to])
          low_[frame.vertex] = std::min(low_[frame.vertex], index_[to]);
      } else {
        leave();
      }
    }
  }

  void enter(std::size_t vertex) {
    index_[vertex] = low_[vertex] = ++visited_;
    on_stack_[vertex] = true;
    stack_.push_back(vertex);
    path_.push_back({vertex, 0});
  }

  void leave() {
    const std::size_t vertex = path_.back().vertex;
    path_.pop_back();
    if (!path_.empty()) {
      const std::size_t above = path_.back().vertex;
      low_[above] = std::min(low_[above], low_[vertex]);
    }
    if (low_[vertex] != index_[vertex]) return;
    std::size_t member = 0;
    do {
      member = stack_.back();
      stack_.pop_back();
      on_stack_[member] = false;
      found_.of[member] = found_.count;
    } while (member != vertex);
    ++found_.count;
  }

  const std::vector<std::vector<std::size_t>>& edges_;
  std::vector<std::size_t> index_, low_, stack_;
  std::vector<bool> on_stack_;
  std::vector<Frame> path_;
  std::size_t visited_ = 0;
  Components found_;
};

}  // namespace

Components connected_components(const std::vector<std::vector<std::size_t>>& edges) {
  return Search(edges).run();
}

}  // namespace springtide::models::station
