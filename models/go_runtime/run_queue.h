// The run queues of a Go-like scheduler, as src/runtime/proc.go of Go 1.8 has them.
//
//   local queue (one a P):   next | ring of `local_queue` goroutines, first in first out
//   global queue (one):      first in first out, without limit
//
// A goroutine made ready goes into `next` and kicks the one that was there to the tail of the ring;
// when the ring is full its oldest half and the kicked one go to the global queue (runqput,
// runqputslow). A thief takes the older half, rounded up (runqgrab).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace springtide::models::go {

using Goroutine = std::uint32_t;
inline constexpr Goroutine no_goroutine = 0xffffffff;

// Goroutines with consecutive numbers: first .. first + count - 1.
struct GoroutineRun {
  Goroutine first = no_goroutine;
  std::uint32_t count = 0;
};

// First in, first out. Goroutines with consecutive numbers that come one after the other, as those
// of a herd do, are kept as one run: a queue of 60 000 is then a few numbers.
class GoroutineRing {
 public:
  explicit GoroutineRing(std::size_t capacity = 64) : runs_(round_up(capacity)) {}

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  void push(Goroutine g) { push_run({g, 1}); }
  void push_run(GoroutineRun run) {
    size_ += run.count;
    if (head_ != tail_) {
      GoroutineRun& last = runs_[(tail_ - 1) & (runs_.size() - 1)];
      if (last.first + last.count == run.first) {
        last.count += run.count;
        return;
      }
    }
    if (tail_ - head_ == runs_.size()) grow();
    runs_[tail_++ & (runs_.size() - 1)] = run;
  }
  // Not of an empty one.
  Goroutine pop() {
    --size_;
    GoroutineRun& run = runs_[head_ & (runs_.size() - 1)];
    const Goroutine g = run.first++;
    if (--run.count == 0) ++head_;
    return g;
  }
  // The goroutines at the head that have consecutive numbers, and taking off n of those.
  GoroutineRun front_run() const {
    return empty() ? GoroutineRun{} : runs_[head_ & (runs_.size() - 1)];
  }
  // The first of the head's run, or of a run behind it; no_goroutine where there is none.
  Goroutine peek(std::size_t run) const {
    return head_ + run < tail_ ? runs_[(head_ + run) & (runs_.size() - 1)].first : no_goroutine;
  }
  void drop(std::uint32_t n) {
    size_ -= n;
    GoroutineRun& run = runs_[head_ & (runs_.size() - 1)];
    run.first += n;
    run.count -= n;
    if (run.count == 0) ++head_;
  }
  // The first n, in their order; not more than there are.
  void move_to(GoroutineRing& other, std::size_t n) {
    while (n > 0) {
      const GoroutineRun run = front_run();
      const auto part = static_cast<std::uint32_t>(std::min<std::size_t>(n, run.count));
      other.push_run({run.first, part});
      drop(part);
      n -= part;
    }
  }

 private:
  static std::size_t round_up(std::size_t n) {
    std::size_t size = 1;
    while (size < n) size *= 2;
    return size;
  }
  void grow() {
    std::vector<GoroutineRun> larger(runs_.size() * 2);
    const std::size_t n = tail_ - head_;
    for (std::size_t i = 0; i < n; ++i) larger[i] = runs_[(head_ + i) & (runs_.size() - 1)];
    runs_ = std::move(larger);
    head_ = 0;
    tail_ = n;
  }

  std::vector<GoroutineRun> runs_;
  std::size_t head_ = 0, tail_ = 0;
  std::size_t size_ = 0;  // goroutines in all runs
};

class LocalQueue {
 public:
  explicit LocalQueue(std::size_t limit) : limit_(limit), ring_() {}

  std::size_t size() const { return ring_.size() + (next_ != no_goroutine ? 1 : 0); }
  bool empty() const { return size() == 0; }
  bool has_room(std::size_t n = 1) const { return ring_.size() + n <= limit_; }
  bool has_next() const { return next_ != no_goroutine; }
  bool has_ring() const { return !ring_.empty(); }

  // goready: becomes the next to run here.
  void ready(Goroutine g, GoroutineRing& global) {
    const Goroutine kicked = next_;
    next_ = g;
    if (kicked != no_goroutine) append(kicked, global);
  }

  // The same for each of a run, one after the other.
  void ready_run(GoroutineRun run, GoroutineRing& global) {
    ready(run.first, global);
    if (run.count == 1) return;
    next_ = run.first + run.count - 1;
    GoroutineRun kicked{run.first, run.count - 1};
    while (kicked.count > 0) {
      std::uint32_t part = 1;
      if (has_room()) {
        part = std::min(kicked.count, static_cast<std::uint32_t>(limit_ - ring_.size()));
        ring_.push_run({kicked.first, part});
      } else {
        append(kicked.first, global);
      }
      kicked.first += part;
      kicked.count -= part;
    }
  }

  // To the tail of the ring (runqput with next = false).
  void append(Goroutine g, GoroutineRing& global) {
    if (has_room()) {
      ring_.push(g);
      return;
    }
    ring_.move_to(global, limit_ / 2);
    global.push(g);
  }

  // The first n of the global queue, for which there must be room.
  void take_from(GoroutineRing& global, std::size_t n) { global.move_to(ring_, n); }

  // What take() gives next, as far as the numbers are consecutive; and taking n of those.
  GoroutineRun front_run() const { return has_next() ? GoroutineRun{next_, 1} : ring_.front_run(); }
  // Who is likely to run soon: the n-th of those at the heads of runs. A hint.
  Goroutine peek(std::size_t n) const {
    if (!has_next()) return ring_.peek(n);
    return n == 0 ? next_ : ring_.peek(n - 1);
  }
  void drop_from_ring(std::uint32_t n) { ring_.drop(n); }

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
    if (thief.ring_.size() + half <= thief.limit_) {
      ring_.move_to(thief.ring_, half - 1);
    } else {
      for (std::size_t i = 0; i + 1 < half; ++i) thief.append(ring_.pop(), global);
    }
    return ring_.pop();
  }

 private:
  std::size_t limit_;
  GoroutineRing ring_;
  Goroutine next_ = no_goroutine;
};

}  // namespace springtide::models::go
