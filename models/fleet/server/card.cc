#include "models/fleet/server/card.h"

#include <algorithm>
#include <array>

#include "models/fleet/server/arrays/stages.h"

namespace springtide::models::fleet {
namespace {

std::int64_t interval(const Rate& rate) {
  return static_cast<std::int64_t>(1e9 / rate.per_second + 0.5);
}

}  // namespace

Card::Card(const spec::NetworkCard& card, Duration round_trip)
    : request_wire_(red_packet::transmission_time(request_bytes, card.bandwidth).ns),
      smallest_wire_(red_packet::transmission_time(smallest_bytes, card.bandwidth).ns),
      service_(card.packet_rate ? interval(*card.packet_rate) : 0),
      ring_(card.receive_ring),
      background_gap_(card.background_packets.per_second > 0 ? interval(card.background_packets)
                                                             : 0),
      round_trip_(round_trip.ns),
      row_(static_cast<std::size_t>(std::clamp(card.receive_ring / 16, 8, 64))) {}

// Whether no row_ + 1 of them come within `least`.
bool Card::spread_out(const std::int64_t* at, std::size_t n, std::int64_t least) const {
  if (n <= row_) return n < 2 || at[n - 1] - at[0] >= least;
  return all_apart(at, n, row_, least);
}

// The same of the next n ACKs, some at a time.
bool Card::acks_spread_out(std::size_t n, std::int64_t least) const {
  if (n <= row_) return n < 2 || acks_[n - 1] - acks_[0] >= least;
  std::array<std::int64_t, 512> some;
  for (std::size_t from = 0; from + row_ < n; from += some.size() - row_) {
    const std::size_t taken = std::min(some.size(), n - from);
    acks_.copy(from, taken, some.data());
    if (!all_apart(some.data(), taken, row_, least)) return false;
  }
  return true;
}

// How many have come; by halves, for they ascend but for neighbours.
std::size_t Card::acks_until(std::int64_t instant) const {
  std::size_t first = 0;
  for (std::size_t count = acks_.size(); count > 0;) {
    const std::size_t half = count / 2;
    if (acks_[first + half] <= instant) {
      first += half + 1;
      count -= half + 1;
    } else {
      count = half;
    }
  }
  return first;
}

bool Card::nearly_idle(const std::int64_t* at, std::size_t n) const {
  if (free_at_ > at[0] || wire_free_at_ > at[0]) return false;
  const std::int64_t one = std::max(service_, request_wire_);
  std::int64_t least = 4 * static_cast<std::int64_t>(row_) * one;
  if (background_gap_ > 0) least += 2 * (least / background_gap_ + 1) * one;
  if (!spread_out(at, n, least)) return false;
  return acks_spread_out(acks_until(at[n - 1]), least);
}

std::size_t Card::receive(std::int64_t* at, std::size_t n) {
  if (n == 0) return 0;
  packets_ += static_cast<std::int64_t>(n);
  if (service_ == 0 && request_wire_ == 0) return 0;
  if (nearly_idle(at, n)) {
    const std::int64_t last = at[n - 1];
    const std::int64_t own = service_ + request_wire_;
    for (std::size_t i = 0; i < n; ++i) at[i] += own;
    forget_others(last);
    return 0;
  }
  std::size_t drops = 0;
  for (std::size_t i = 0; i < n; ++i) {
    take_others(at[i]);
    if (take(at[i], request_wire_)) continue;
    at[i] = dropped;
    ++drops;
  }
  return drops;
}

bool Card::take(std::int64_t& at, std::int64_t on_wire) {
  if (on_wire > 0) at = wire_free_at_ = std::max(wire_free_at_, at) + on_wire;
  if (service_ == 0) return true;
  // A packet keeps its place until it has been taken off: full is more than ring - 1 of them.
  if (free_at_ - at > service_ * (ring_ - 1)) return false;
  at = free_at_ = std::max(free_at_, at) + service_;
  return true;
}

void Card::take_others(std::int64_t until) {
  const auto background = [&](std::int64_t before) {
    while (background_gap_ > 0 && next_background_ <= before) {
      std::int64_t at = next_background_;
      take(at, smallest_wire_);
      next_background_ += background_gap_;
      ++packets_;
    }
  };
  while (acks_.size() > 0 && acks_[0] <= until) {
    std::int64_t at = acks_[0];
    acks_.drop(1);
    background(at);
    take(at, smallest_wire_);
    ++packets_;
  }
  background(until);
}

// They came and went without being in anybody's way.
void Card::forget_others(std::int64_t until) {
  std::size_t come = 0;
  while (come + 64 < acks_.size() && acks_[come + 64] <= until) come += 64;
  std::array<std::int64_t, 64> next;  // no more of them have come
  const std::size_t n = std::min(next.size(), acks_.size() - come);
  acks_.copy(come, n, next.data());
  for (std::size_t i = 0; i < n && next[i] <= until; ++i) ++come;
  acks_.drop(come);
  packets_ += static_cast<std::int64_t>(come);
  if (background_gap_ == 0 || next_background_ > until) return;
  const std::int64_t passed = (until - next_background_) / background_gap_ + 1;
  next_background_ += passed * background_gap_;
  packets_ += passed;
}

void Card::answered(const std::int64_t* at, std::size_t n) {
  if (service_ == 0 && request_wire_ == 0) {
    packets_ += static_cast<std::int64_t>(n);
    return;
  }
  acks_.push(at, n, round_trip_);
}

}  // namespace springtide::models::fleet
