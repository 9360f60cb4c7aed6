#include "sim/queue/event_queue.h"

#include <algorithm>

namespace springtide::sim {

void EventQueue::push(const Event& event) {
  heap_.push_back(event);
  std::push_heap(heap_.begin(), heap_.end(),
                 [](const Event& x, const Event& y) { return earlier(y, x); });
}

void EventQueue::pop() {
  std::pop_heap(heap_.begin(), heap_.end(),
                [](const Event& x, const Event& y) { return earlier(y, x); });
  heap_.pop_back();
}

}  // namespace springtide::sim
