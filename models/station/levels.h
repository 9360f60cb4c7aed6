// How many wait and how many are served at a station, integrated over time: by second, by batch of
// the measured window, and at its edges.
//
//   advance(now) before every change; then change `waiting` and `served` as you like.
//
// The fast path is two multiplications and two additions; at a boundary (a whole second, the edge
// of a batch) what was collected is put away. All integrals are exact integers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "measure/record.h"
#include "models/station/window.h"

namespace springtide::models::station {

class Levels {
 public:
  explicit Levels(MeasuredWindow window);

  void advance(Instant now) {
    if (now >= boundary_) [[unlikely]]
      cross(now);
    integrate(now);
  }
  // No change will come any more; what holds now holds until `end`, which may be in the past of the
  // last change where a run was interrupted.
  void finish(Instant end);
  Instant known_until() const { return since_; }

  std::int64_t waiting = 0, served = 0;

  struct Integral {
    measure::Int128 waiting = 0, served = 0;
  };  // number x nanoseconds
  // Of the batches, the rest of the window last.
  const std::vector<Integral>& batches() const { return batches_; }
  Integral window_total() const;
  // Of a second that advance() has reached the end of.
  Integral in(std::size_t number) const {
    return number < seconds_.size() ? seconds_[number] : Integral{};
  }

  // At the end of the window, or of what was seen of it.
  struct Edge {
    std::int64_t waiting = 0, served = 0;
  };
  const Edge& at_end() const { return end_; }

  // Means by second, `seconds` of them.
  std::vector<double> waiting_by_second(std::size_t seconds) const;
  std::vector<double> served_by_second(std::size_t seconds) const;

 private:
  void integrate(Instant now) {
    const std::int64_t passed = (now - since_).ns;
    piece_.waiting += waiting * passed;
    piece_.served += served * passed;
    since_ = now;
  }
  void cross(Instant now);
  void put_away();
  Instant next_boundary() const;

  MeasuredWindow window_;
  Duration batch_;
  Instant since_{}, boundary_{};
  // Since the last boundary, so at most a second: 64 bits hold 9 billion requests for that long.
  struct Piece {
    std::int64_t waiting = 0, served = 0;
  } piece_;
  std::vector<Integral> seconds_, batches_;
  Edge end_;
};

}  // namespace springtide::models::station
