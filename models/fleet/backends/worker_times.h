// When each of c workers is free again, the earliest on top: all that a first-in first-out queue
// with c workers needs (Kiefer and Wolfowitz, Trans. AMS 78, 1955).
//
//   start of a request = max(its arrival, earliest)      earliest := start + work
//
// A heap of four children a node, in one array; children of i are 4 i + 1 .. 4 i + 4. Only the
// multiset of instants decides anything, never where in the heap one stands.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace springtide::models::fleet {

class WorkerTimes {
 public:
  static constexpr std::int64_t idle = std::numeric_limits<std::int64_t>::min();

  // At least one; all have been free since ever.
  explicit WorkerTimes(std::size_t workers)
      : workers_(workers), free_(4 * workers + 5, std::numeric_limits<std::int64_t>::max()) {
    std::fill_n(free_.begin(), workers, idle);
  }

  std::size_t workers() const { return workers_; }
  std::int64_t earliest() const { return free_.front(); }

  // The worker that is free first is busy until `end` now, which is not before `earliest`.
  void replace_earliest(std::int64_t end) {
    std::size_t hole = 0;
    for (;;) {
      const std::size_t child = 4 * hole + 1;
      if (child >= workers_) break;
      const std::int64_t* const f = &free_[child];  // beyond the workers: later than any end
      const std::size_t left = f[1] < f[0] ? 1 : 0, right = f[3] < f[2] ? 3 : 2;
      const std::size_t least = f[right] < f[left] ? right : left;
      if (f[least] >= end) break;
      free_[hole] = f[least];
      hole = child + least;
    }
    free_[hole] = end;
  }

  // How many are busy just before `at`, one that ends at `at` included.
  std::int64_t busy_at(std::int64_t at) const {
    return std::count_if(free_.begin(), free_.begin() + static_cast<std::ptrdiff_t>(workers_),
                         [&](std::int64_t free) { return free >= at; });
  }

  // For checkpoints (base/bytes.h): the instants as they stand, of as many workers.
  static void state(auto& self, auto& bytes) { bytes.each(self.free_); }

 private:
  std::size_t workers_;
  std::vector<std::int64_t> free_;
};

}  // namespace springtide::models::fleet
