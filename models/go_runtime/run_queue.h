// The run queues of a Go-like scheduler, as src/runtime/proc.go of Go 1.8 has them.
//
//   local queue (one a P):   next | ring of `local_queue` goroutines, first in first out
//   global queue (one):      first in first out, without limit
//
// A goroutine made ready goes into `next` and kicks the one that was there to the tail of the ring;
// when the ring is full its oldest half and the kicked one go to the global queue (runqput,
// runqputslow). A thief takes the older half, rounded up (runqgrab).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace springtide::models::go {

using Goroutine = std::uint32_t;
inline constexpr Goroutine no_goroutine = 0xffffffff;

// A ring that grows by doubling; indices count from the head.
class GoroutineRing {
 public:
  explicit GoroutineRing(std::size_t capacity = 256) : slots_(round_up(capacity)) {}

  bool empty() const { return head_ == tail_; }
  std::size_t size() const { return tail_ - head_; }
  void push(Goroutine g) {
    if (size() == slots_.size()) grow();
    slots_[tail_++ & (slots_.size() - 1)] = g;
  }
  Goroutine pop() { return slots_[head_++ & (slots_.size() - 1)]; }
  Goroutine pop_last() { return slots_[--tail_ & (slots_.size() - 1)]; }

 private:
  static std::size_t round_up(std::size_t n) {
    std::size_t size = 1;
    while (size < n) size *= 2;
    return size;
  }
  void grow() {
    std::vector<Goroutine> larger(slots_.size() * 2);
    const std::size_t n = size();
    for (std::size_t i = 0; i < n; ++i) larger[i] = slots_[(head_ + i) & (slots_.size() - 1)];
    slots_ = std::move(larger);
    head_ = 0;
    tail_ = n;
  }

  std::vector<Goroutine> slots_;
  std::size_t head_ = 0, tail_ = 0;
};

class LocalQueue {
 public:
  explicit LocalQueue(std::size_t limit) : limit_(limit), ring_(limit) {}

  std::size_t size() const { return ring_.size() + (next_ != no_goroutine ? 1 : 0); }
  bool empty() const { return size() == 0; }
  bool has_room() const { return ring_.size() < limit_; }
  bool has_next() const { return next_ != no_goroutine; }
  bool has_ring() const { return !ring_.empty(); }

  // goready: becomes the next to run here.
  void ready(Goroutine g, GoroutineRing& global) {
    const Goroutine kicked = next_;
    next_ = g;
    if (kicked != no_goroutine) append(kicked, global);
  }

  // To the tail of the ring (runqput with next = false).
  void append(Goroutine g, GoroutineRing& global) {
    if (has_room()) {
      ring_.push(g);
      return;
    }
    for (std::size_t i = 0; i < limit_ / 2; ++i) global.push(ring_.pop());
    global.push(g);
  }

  Goroutine take() {
    if (next_ != no_goroutine) {
      const Goroutine g = next_;
      next_ = no_goroutine;
      return g;
    }
    return ring_.empty() ? no_goroutine : ring_.pop();
  }

  // Moves the older half of the ring, rounded up, to the thief and returns the last of them for
  // the thief to run at once; `next` only where the ring is empty. Nothing to steal: no_goroutine.
  Goroutine steal_into(LocalQueue& thief, GoroutineRing& global) {
    const std::size_t half = ring_.size() - ring_.size() / 2;
    if (half == 0) {
      const Goroutine g = next_;
      next_ = no_goroutine;
      return g;
    }
    for (std::size_t i = 0; i + 1 < half; ++i) thief.append(ring_.pop(), global);
    return ring_.pop();
  }

 private:
  std::size_t limit_;
  GoroutineRing ring_;
  Goroutine next_ = no_goroutine;
};

}  // namespace springtide::models::go
