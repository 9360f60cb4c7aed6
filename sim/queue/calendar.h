// The many events of a queue that are not due yet, by day: a calendar (Brown 1988) that tunes
// itself.
//
//      heads   +---+---+---+---+---+---+---+---+    a ring of N days of 2^k ns each; an event lies
//              | . |   | . | . |   |   | . |   |    in the unsorted list of its day
//              +-|-+---+-|-+-|-+---+---+-|-+---+
//                v  ^    v   v           v          far: a heap of what lies beyond the ring
//                o  |    o   o           o
//                | day_  |
//                v       v                          pool: all of these events, in any order; the
//                o       o                          slot freed last is used first, so it is cached
//
// take() removes the events of the next days, at least a handful, and sorts them. Only then is
// their total order decided; a day may hold any number of events, and events of one instant.
//
// Tuning: N follows the number of events, k the density met when taking them out (about one
// event a day). A change relinks the lists; no event is copied. It happens at most once in as
// many operations as there are events.
//
// Invariants: every event here is at `boundary()` or later; those before `horizon_` are in the
// ring, all others in the heap. Cost: O(1) amortised where the days are evenly filled; at worst
// (one day holds everything, or everything is far) O(log n).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/event.h"

namespace springtide::sim {

class Calendar {
 public:
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }

  // No event before this instant may be pushed.
  Instant boundary() const { return boundary_; }

  // Moves the boundary back, or anywhere while empty. `gap` is the mean distance between the
  // events to come, as far as the caller knows (0 if it does not).
  void move_boundary(Instant boundary, Duration gap);

  void push(const Event& event) {
    if (free_ == 0) [[unlikely]]
      grow_pool();
    const std::uint32_t slot = free_;
    free_ = next_[slot];
    store_event(events_[slot], event);
    ++size_;
    if (event.at >= horizon_)
      push_far(slot, event.at);
    else if (large_)
      link_later(slot, event.at);
    else
      link(slot, event.at);
  }

  // Appends the events of the next days to `sorted`, in order, and moves the boundary behind
  // them. Must not be empty.
  void take(std::vector<Event>& sorted);

 private:
  struct Far {
    Instant at;
    std::uint32_t slot;
  };

  void link(std::uint32_t slot, Instant at) {
    std::uint32_t& head = heads_[static_cast<std::uint64_t>(at.ns) >> shift_ & mask_];
    next_[slot] = head;
    head = slot;
    ++in_ring_;
  }

  // In a large ring the head of a day is seldom in the cache: it is fetched now, used later.
  void link_later(std::uint32_t slot, Instant at) {
    __builtin_prefetch(&heads_[static_cast<std::uint64_t>(at.ns) >> shift_ & mask_], 1);
    waiting_[waiting_count_++] = slot;
    if (waiting_count_ == waiting_.size()) [[unlikely]]
      link_waiting();
  }

  void link_waiting();
  void push_far(std::uint32_t slot, Instant at);
  void grow_pool();
  void update_horizon();
  void prefetch_next_days();
  void retune();
  int shift_by_sample() const;
  void rebuild(std::size_t days, int shift);

  std::uint32_t free_ = 0;  // slot 0 is never used: 0 ends a list
  int shift_ = 10;          // k
  std::uint64_t mask_ = 0;  // N - 1
  Instant horizon_{};
  Instant boundary_{};
  std::uint64_t day_ = 0;      // the first that was not taken: day_ = instant >> k
  std::uint64_t fetched_ = 0;  // days before it were prefetched
  bool large_ = false;
  std::size_t waiting_count_ = 0;
  std::array<std::uint32_t, 64> waiting_{};  // slots in the ring's range, not linked yet
  std::size_t size_ = 0, in_ring_ = 0;
  std::vector<Event> events_;
  std::vector<std::uint32_t> next_, heads_;
  std::vector<Far> far_;
  std::vector<Event> scratch_;
  std::vector<std::size_t> runs_;

  // Since the last tuning:
  std::size_t taken_ = 0, days_passed_ = 0, days_used_ = 0, distinct_ = 0, put_far_ = 0;
};

}  // namespace springtide::sim
