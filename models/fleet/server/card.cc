#include "models/fleet/server/card.h"

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

bool Card::nearly_idle(const std::int64_t* at, std::size_t n) const {
  if (free_at_ > at[0] || wire_free_at_ > at[0]) return false;
  const std::int64_t one = std::max(service_, request_wire_);
  std::int64_t least = 4 * static_cast<std::int64_t>(row_) * one;
  if (background_gap_ > 0) least += 2 * (least / background_gap_ + 1) * one;
  if (!spread_out(at, n, least)) return false;
  const auto first = acks_.begin() + static_cast<std::ptrdiff_t>(next_ack_);
  const auto last =
      std::partition_point(first, acks_.end(), [&](std::int64_t ack) { return ack <= at[n - 1]; });
  return spread_out(acks_.data() + next_ack_, static_cast<std::size_t>(last - first), least);
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
  while (next_ack_ < acks_.size() && acks_[next_ack_] <= until) {
    background(acks_[next_ack_]);
    std::int64_t at = acks_[next_ack_++];
    take(at, smallest_wire_);
    ++packets_;
  }
  background(until);
}

// They came and went without being in anybody's way.
void Card::forget_others(std::int64_t until) {
  while (next_ack_ + 64 < acks_.size() && acks_[next_ack_ + 64] <= until)
    next_ack_ += 64, packets_ += 64;
  for (; next_ack_ < acks_.size() && acks_[next_ack_] <= until; ++next_ack_) ++packets_;
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
  if (next_ack_ * 2 > acks_.size()) {
    acks_.erase(acks_.begin(), acks_.begin() + static_cast<std::ptrdiff_t>(next_ack_));
    next_ack_ = 0;
  }
  const std::size_t before = acks_.size();
  acks_.resize(before + n);
  for (std::size_t i = 0; i < n; ++i) acks_[before + i] = at[i] + round_trip_;
}

}  // namespace springtide::models::fleet
