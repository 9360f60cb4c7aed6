// When the cores of a server are free, in ascending order: the state of the recursion of Kiefer
// and Wolfowitz (Trans. AMS 78, 1955) for a queue served first come, first served by c workers.
//
//   start = max(ready, earliest free);  end = start + work;  the end takes its place in the order
//
// A ring whose head moves on by one with each request. Ends are put in from the back: where all
// work is equal an end is never before those of earlier requests and stays where it is put, so the
// insertion costs one comparison; it is right for any work. Nanoseconds, exact.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace springtide::models::fleet {

class Cores {
 public:
  explicit Cores(std::int64_t count = 1)
      : free_(std::bit_ceil(static_cast<std::size_t>(count) + 1), 0),
        mask_(free_.size() - 1),
        count_(static_cast<std::size_t>(count)) {}

  std::size_t count() const { return count_; }
  std::int64_t earliest() const { return free_[head_ & mask_]; }
  std::int64_t latest() const { return at(count_ - 1); }
  std::int64_t at(std::size_t place) const { return free_[(head_ + place) & mask_]; }

  // The earliest core is busy until `end`.
  void occupy_earliest(std::int64_t end) {
    ++head_;
    std::size_t place = head_ + count_ - 1;
    while (place != head_ && free_[(place - 1) & mask_] > end) {
      free_[place & mask_] = free_[(place - 1) & mask_];
      --place;
    }
    free_[place & mask_] = end;
  }

  // The same for an end that is not before latest().
  void occupy_earliest_until_last(std::int64_t end) {
    ++head_;
    free_[(head_ + count_ - 1) & mask_] = end;
  }

  // No core is free before `at`.
  void hold_all(std::int64_t at) {
    for (std::size_t i = 0; i < count_ && this->at(i) < at; ++i) free_[(head_ + i) & mask_] = at;
  }
  std::size_t busy_at(std::int64_t at) const {
    std::size_t busy = 0;
    for (std::size_t i = 0; i < count_; ++i) busy += this->at(i) > at;
    return busy;
  }

 private:
  std::vector<std::int64_t> free_;
  std::size_t mask_, head_ = 0, count_;
};

}  // namespace springtide::models::fleet
