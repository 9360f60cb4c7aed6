// Who waits for a worker, and who is next: first come first served, last come first served, or by
// priority (lowest number first, in order of arrival within one).
#pragma once

#include <cstdint>
#include <vector>

#include "sim/fifo.h"

namespace springtide::models::chain {

class Line {
 public:
  enum class Order : std::uint8_t { first_come, last_come };

  Line(Order order, std::uint32_t levels) : order_(order), levels_(levels) {}

  bool empty() const { return size_ == 0; }
  std::int64_t size() const { return size_; }

  void push(std::uint32_t level, std::uint32_t task) {
    levels_[level].push(task);
    ++size_;
  }

  std::uint32_t pop() {
    sim::Fifo<std::uint32_t>& level = best();
    --size_;
    return order_ == Order::first_come ? level.pop() : level.pop_back();
  }

  // The one that has waited longest among those who are served next.
  std::uint32_t oldest() { return best().front(); }

  void clear() {
    for (auto& level : levels_) level.clear();
    size_ = 0;
  }

 private:
  sim::Fifo<std::uint32_t>& best() {
    std::size_t level = 0;
    while (levels_[level].empty()) ++level;
    return levels_[level];
  }

  Order order_;
  std::int64_t size_ = 0;
  std::vector<sim::Fifo<std::uint32_t>> levels_;
};

}  // namespace springtide::models::chain
