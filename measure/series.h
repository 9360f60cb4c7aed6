// What happened in each second: counters, gauges and sliced distributions that become the Series
// and distributions over time of a record.
//
//   SecondCounter shakes;                      SecondGauge queue;
//   shakes.add(now);                           queue.set(now, length);
//   record.series.push_back(shakes.to_series("server.shakes", "requests/s", "...", seconds));
//
//   SlicedHistogram latency(slice_for(duration));
//   latency.record(intended, (now - intended).ns);
//
// The second is that of the instant given: pass a node's own clock reading to count by its clock
// (as the original monitor did), or simulated time. Memory: one number a second for counters, three
// for gauges; sliced distributions take what their slices take, however long these are.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "base/time.h"
#include "measure/histogram.h"
#include "measure/record.h"

namespace springtide::measure {

// Counts events by second. Instants may come in any order; consecutive ones are usually in one
// second, which is the fast case (a subtraction, a comparison and an increment).
class SecondCounter {
 public:
  void add(Instant at, std::int64_t amount = 1) {
    const auto into = static_cast<std::uint64_t>(at.ns) - static_cast<std::uint64_t>(begin_);
    if (into >= static_cast<std::uint64_t>(second.ns)) [[unlikely]]
      move_to(at);
    *current_ += amount;
  }

  // The nanoseconds from `from` to `to` (not before it), each counted in its own second.
  void add_span(Instant from, Instant to) {
    const Duration length = to - from;
    add(from, length.ns);
    const std::int64_t beyond = to.ns - (begin_ + second.ns);
    if (beyond > 0) [[unlikely]]
      move_beyond(to);
  }

  std::int64_t total() const;  // of all seconds, those before second 0 included
  std::int64_t before_start() const { return before_start_; }  // by a clock that is slow
  std::int64_t in(std::size_t number) const {
    return number < counts_.size() ? counts_[number] : 0;
  }
  std::size_t seconds() const { return counts_.size(); }

  void merge(const SecondCounter& other);

  // Seconds 0 .. seconds-1; a second without events is 0.
  Series to_series(std::string name, std::string unit, std::string about,
                   std::size_t seconds) const;

  // For checkpoints (base/bytes.h).
  void save(auto& bytes) const { bytes(counts_, before_start_); }
  void restore(auto& bytes) {
    bytes(counts_, before_start_);
    begin_ = no_second;  // the vector has moved
  }

  SecondCounter() = default;
  SecondCounter(const SecondCounter& other) { merge(other); }
  SecondCounter& operator=(const SecondCounter& other);

 private:
  void move_to(Instant at);
  void move_beyond(Instant to);

  std::vector<std::int64_t> counts_;
  std::int64_t before_start_ = 0;
  std::int64_t* current_ = nullptr;  // the counter of the second that begins at begin_
  std::int64_t begin_ = no_second;
  static constexpr std::int64_t no_second = std::numeric_limits<std::int64_t>::min();
};

// The time-weighted mean and the largest value, by second, of a value that holds until changed.
// Instants must not go back and must not be negative. Before the first `set` it is missing.
class SecondGauge {
 public:
  void set(Instant at, double value);
  void finish(Instant end);  // the value holds until here; later sets may follow

  Series mean_series(std::string name, std::string unit, std::string about,
                     std::size_t seconds) const;
  Series max_series(std::string name, std::string unit, std::string about,
                    std::size_t seconds) const;

 private:
  struct Slice {
    double integral = 0;       // value x nanoseconds
    std::int64_t covered = 0;  // nanoseconds
    double max = 0;
  };
  void hold_until(Instant end);
  Slice& slice(std::int64_t number);
  Series series(std::string name, std::string unit, std::string about, std::size_t seconds,
                double (*value_of)(const Slice&)) const;

  std::vector<Slice> slices_;
  Instant since_{};
  double value_ = 0;
  bool started_ = false;
};

// The shortest of 10 s, 20 s, 30 s, 1, 2, 5, 10, 20 and 30 min, 1 h, 2 h, 4 h ... that cuts a run
// of this duration into at most `most_slices`: memory for slices does not grow with the duration.
inline constexpr std::int64_t most_slices = 180;
Duration slice_for(Duration duration);

// A grid for a run of this duration (not below 0), all values missing: columns of
// slice_for(duration), of which the last may reach beyond the end.
Grid empty_grid(std::string name, std::string unit, std::string about,
                std::vector<std::string> rows, Duration duration);

// One histogram for every slice of time, of equal length. What comes before the start counts in the
// first slice. Consecutive instants are usually in one slice, which is the fast case.
class SlicedHistogram {
 public:
  explicit SlicedHistogram(Duration slice);  // above 0

  void record(Instant at, std::int64_t value) {
    const auto into = static_cast<std::uint64_t>(at.ns) - static_cast<std::uint64_t>(begin_);
    if (into >= static_cast<std::uint64_t>(slice_.ns)) [[unlikely]]
      move_to(at);
    slices_[current_].record(value);
  }

  // Slices of the same length. From a temporary nothing is copied where there is nothing yet.
  void merge(const SlicedHistogram& other);
  void merge(SlicedHistogram&& other);

  Duration slice() const { return slice_; }
  Histogram total() const;
  const std::vector<Histogram>& slices() const { return slices_; }
  std::vector<Histogram> take_slices();  // leaves none

 private:
  void move_to(Instant at);

  std::vector<Histogram> slices_;
  Duration slice_;
  std::size_t current_ = 0;  // the slice that begins at begin_
  std::int64_t begin_ = no_slice;
  static constexpr std::int64_t no_slice = std::numeric_limits<std::int64_t>::min();
};

}  // namespace springtide::measure
