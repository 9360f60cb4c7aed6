// When the cores of a server are free, in ascending order: the state of the recursion of Kiefer
// and Wolfowitz (Trans. AMS 78, 1955) for a queue served first come, first served by c workers.
//
//   start = max(ready, earliest free);  end = start + work;  the end takes its place in the order
//
//   free_   . . . | f f f f f f f f f f f f | room ...        c = 12 of them, from first_ on
//                   ^ earliest            ^ latest
//
// Each request moves the window on by one. An end is put in from the back: where all work is equal
// it is never before those of earlier requests and stays where it is put, so the insertion costs
// one comparison; it is right for any work. Then a row of requests is a loop without a branch:
// the k-th of them finds free_[first_ + k], and its end is free_[first_ + c + k]. Nanoseconds,
// exact.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace springtide::models::fleet {

class Cores {
 public:
  explicit Cores(std::int64_t count = 1)
      : free_(static_cast<std::size_t>(count) + std::max(static_cast<std::size_t>(count), least)),
        count_(static_cast<std::size_t>(count)) {}

  std::size_t count() const { return count_; }
  std::int64_t earliest() const { return free_[first_]; }
  std::int64_t latest() const { return at(count_ - 1); }
  std::int64_t at(std::size_t place) const { return free_[first_ + place]; }

  // The earliest core is busy until `end`.
  void occupy_earliest(std::int64_t end) {
    window(1);
    ++first_;
    std::size_t place = first_ + count_ - 1;
    for (; place != first_ && free_[place - 1] > end; --place) free_[place] = free_[place - 1];
    free_[place] = end;
  }

  // A row of requests: the instants at which cores are free, and behind them room for the ends of
  // the row, at most `longest_row` of them. They count once occupy_row() says so; ascending, none
  // before latest().
  static constexpr std::size_t longest_row = 64;
  std::int64_t* window(std::size_t row) {
    if (first_ + count_ + row > free_.size()) {
      std::copy_n(free_.begin() + static_cast<std::ptrdiff_t>(first_), count_, free_.begin());
      first_ = 0;
    }
    return free_.data() + first_;
  }
  void occupy_row(std::size_t row) { first_ += row; }

  // No core is free before `at`.
  void hold_all(std::int64_t at) {
    for (std::size_t i = 0; i < count_ && this->at(i) < at; ++i) free_[first_ + i] = at;
  }
  // For checkpoints (base/bytes.h): the instants in their order, of as many cores.
  void save(auto& bytes) const {
    bytes.same(std::uint64_t{count_});
    for (std::size_t i = 0; i < count_; ++i) bytes(at(i));
  }
  void restore(auto& bytes) {
    bytes.same(std::uint64_t{count_});
    first_ = 0;
    for (std::size_t i = 0; i < count_; ++i) bytes(free_[i]);
  }
  std::size_t busy_at(std::int64_t at) const {
    std::size_t busy = 0;
    for (std::size_t i = 0; i < count_; ++i) busy += this->at(i) > at;
    return busy;
  }

 private:
  static constexpr std::size_t least = 4 * longest_row;  // of room

  std::vector<std::int64_t> free_;
  std::size_t first_ = 0, count_;
};

}  // namespace springtide::models::fleet
