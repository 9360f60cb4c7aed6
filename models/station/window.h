// The measured window: from the end of the warm-up to the end of sending, cut into equal batches
// whose means tell how sure a mean is (the method of batch means; A. M. Law, Simulation Modeling
// and Analysis, 5th ed., 9.5.3).
//
//   0      begin                                        end
//   |-warm-up-|--batch 0--|--batch 1--|-- ... --|--29--|--rest--|     the rest is < 30 ns
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/time.h"
#include "measure/histogram.h"

namespace springtide::models::station {

inline constexpr std::int64_t batch_count = 30;

struct MeasuredWindow {
  Instant begin, end;  // [begin, end)

  bool contains(Instant at) const {
    return static_cast<std::uint64_t>(at.ns - begin.ns) <
           static_cast<std::uint64_t>(end.ns - begin.ns);
  }
  Duration length() const { return end - begin; }
  Duration batch() const { return {length().ns / batch_count}; }
};

// Sums and counts of values by batch, and of all values of the window. The instant that decides
// must lie within the window.
class BatchSums {
 public:
  explicit BatchSums(MeasuredWindow window)
      : begin_(window.begin.ns),
        length_(std::max<std::int64_t>(window.batch().ns, 1)),
        sums_(batch_count + 1),
        counts_(batch_count + 1),
        from_(begin_) {}

  void add(Instant at, std::int64_t value) {
    const auto into = static_cast<std::uint64_t>(at.ns) - static_cast<std::uint64_t>(from_);
    if (into >= static_cast<std::uint64_t>(length_)) [[unlikely]]
      move_to(at);
    sums_[current_] += value;
    ++counts_[current_];
  }

  double sum(std::size_t batch) const { return static_cast<double>(sums_[batch]); }
  std::int64_t count(std::size_t batch) const { return counts_[batch]; }
  std::int64_t count() const {
    std::int64_t total = 0;
    for (const std::int64_t n : counts_) total += n;
    return total;
  }
  double mean() const {
    measure::Int128 total = 0;
    for (const measure::Int128 s : sums_) total += s;
    return static_cast<double>(total) / static_cast<double>(count());
  }
  void merge(const BatchSums& other) {
    for (std::size_t i = 0; i < sums_.size(); ++i) {
      sums_[i] += other.sums_[i];
      counts_[i] += other.counts_[i];
    }
  }

 private:
  void move_to(Instant at) {
    const std::int64_t number = std::min((at.ns - begin_) / length_, batch_count);
    current_ = static_cast<std::size_t>(number);
    from_ = begin_ + number * length_;
  }

  std::int64_t begin_, length_;        // ns; of a batch
  std::vector<measure::Int128> sums_;  // the last is the rest
  std::vector<std::int64_t> counts_;
  std::size_t current_ = 0;
  std::int64_t from_;  // where the current batch begins
};

}  // namespace springtide::models::station
