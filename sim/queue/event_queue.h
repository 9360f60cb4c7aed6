// The pending events of one process, in total order.
//
//                 later than        otherwise, before     otherwise
//                 all of fifo       the boundary
//   push(event) ------+----------------+----------------------+
//                     v                v                      v
//        fifo  [ a sorted queue ]  near [ sorted, short ]  calendar (sim/queue/calendar.h)
//                     |                |  ^    \            |
//                     |                |  |     overflow    |
//                     |                |  +------- taken ---+  the next days, when near is empty
//   pop() <-- min ----+----------------+
//
// Most processes have a handful of pending events: then everything is in `near`, a sorted array,
// the boundary is at infinity and the calendar does not exist. Events that come in order anyway
// (constant delays) are appended to `fifo`, however many they are. A queue with more than
// `small_size` events that are neither hands them to the calendar, and returns to the small form
// when it has run empty. `overflow` is a heap for the case that very many events are pushed before
// the boundary at once, so that no order of calls costs more than O(log n).
//
// Instants must be below Instant::never(). Not thread-safe: it belongs to its process.
#pragma once

#include <cstddef>
#include <limits>
#include <memory>
#include <vector>

#include "sim/event.h"
#include "sim/queue/calendar.h"

namespace springtide::sim {

class EventQueue {
 public:
  EventQueue();
  ~EventQueue();
  EventQueue(const EventQueue&) = delete;
  EventQueue& operator=(const EventQueue&) = delete;

  bool empty() const { return top().at == Instant::never(); }
  std::size_t size() const;

  // The earliest event; one at Instant::never() when there is none. Valid until the next call.
  const Event& top() const { return earlier(*fifo_head_, *near_head_) ? *fifo_head_ : *near_head_; }

  void push(const Event& event) {
    if (!earlier(event, fifo_last_)) {
      push_fifo(event);
    } else if (event.at < boundary_) {
      push_near(event);
    } else {
      calendar_->push(event);
    }
  }

  // Removes the earliest event into `event` if it is before `end`.
  bool pop_before(Instant end, Event& event) {
    const bool from_fifo = earlier(*fifo_head_, *near_head_);
    const Event* first = from_fifo ? fifo_head_ : near_head_;
    if (first->at >= end) return false;
    event = *first;
    if (from_fifo)
      pop_fifo();
    else if (static_cast<int>(++near_head_ == near_end_) | overflowing_) [[unlikely]]
      refill();
    return true;
  }

  void pop() {
    Event event;
    pop_before(Instant::never(), event);
  }

 private:
  static constexpr std::size_t small_size = 32;  // what `near` holds before a calendar is begun
  static constexpr std::size_t room = 64;        // before the first of `near`, for what comes late

  void push_fifo(const Event& event) {
    if (fifo_end_ == fifo_limit_) [[unlikely]]
      grow_fifo();
    store_event(*fifo_end_++, event);
    *fifo_end_ = sentinel;
    fifo_last_.at = event.at;
    fifo_last_.order = event.order;
  }

  void pop_fifo() {
    if (++fifo_head_ == fifo_end_) [[unlikely]]
      clear_fifo();
  }

  // Shifts what is earlier towards the front; looks at no more than `room` events.
  void push_near(const Event& event) {
    if (near_head_ == near_floor_ || (near_end_ - near_head_ > std::ptrdiff_t{room} &&
                                      earlier(near_head_[room], event))) [[unlikely]] {
      push_crowded(event);
      return;
    }
    Event* hole = --near_head_;
    for (; earlier(hole[1], event); ++hole) *hole = hole[1];
    store_event(*hole, event);
  }

  void push_crowded(Event event);
  void become_small();
  void spill(Instant at);
  void refill();
  void clear_fifo();
  void grow_fifo();

  static constexpr Event sentinel{Instant::never(), ~std::uint64_t{0}, 0, 0, 0};

  Event* near_head_;
  Event* near_end_;    // a sentinel stands there
  Event* near_floor_;  // near_head_ stays at or above
  Event* fifo_head_;
  Event* fifo_end_;  // a sentinel stands there
  Event* fifo_limit_;
  Event fifo_last_;  // the last of fifo; the least event while it is empty
  Instant boundary_ = Instant::never();
  bool overflowing_ = false;  // overflow_ is not empty; all of it is later than *near_head_
  std::size_t crowded_ = 0;   // pushes into overflow_ since `near` was filled
  std::unique_ptr<Calendar> calendar_;
  std::vector<Event> near_, fifo_, overflow_;
};

}  // namespace springtide::sim
