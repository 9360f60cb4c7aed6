#pragma once

#include <cstddef>
#include <vector>

#include "sim/event.h"

namespace springtide::sim {

class EventQueue {
 public:
  bool empty() const { return heap_.size() == 0; }
  std::size_t size() const { return heap_.size(); }
  // The earliest event; an event at Instant::never() when there is none.
  const Event& top() const { return heap_.empty() ? sentinel_ : heap_.front(); }
  void push(const Event& event);
  void pop();

 private:
  std::vector<Event> heap_;
  Event sentinel_{Instant::never(), ~std::uint64_t{0}, 0, 0, 0};
};

}  // namespace springtide::sim
