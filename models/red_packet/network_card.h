// The receiving side of a network card: one ring, one interrupt core that takes packets off it at
// a fixed rate (the BCM5708 of the original has a single queue). A packet that finds the
// ring full is dropped, and its sender's TCP sends it again after its retransmission time-out.
//
//   wire (bandwidth) --> ring (receive_ring) --> softirq, one packet every 1/packet_rate --> socket
//
// Pure ACKs and other tenants' packets pass through the same ring. ACKs are told ahead of time
// (their instants are known when an answer is sent) and are taken in as time passes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.h"
#include "measure/series.h"
#include "models/red_packet/wire.h"
#include "spec/scenario.h"

namespace springtide::models::red_packet {

class NetworkCard {
 public:
  explicit NetworkCard(const spec::NetworkCard& card)
      : bandwidth_(card.bandwidth),
        service_{card.packet_rate
                     ? static_cast<std::int64_t>(1e9 / card.packet_rate->per_second + 0.5)
                     : 0},
        ring_(card.receive_ring),
        background_gap_{
            card.background_packets.per_second > 0
                ? static_cast<std::int64_t>(1e9 / card.background_packets.per_second + 0.5)
                : 0} {}

  // A data packet arrives; when it is in the socket, or nothing where it was dropped. Calls must
  // not go back in time.
  std::optional<Instant> receive(Instant at, std::int64_t bytes) {
    pass(at);
    return take(at, bytes);
  }

  // A pure ACK will arrive at `at`. Calls must not go back in time.
  void expect_ack(Instant at) { acks_.push_back(at); }

  // Everything that arrived by `at` is counted.
  void pass(Instant at) {
    while (first_ack_ < acks_.size() && acks_[first_ack_] <= at) {
      background_until(acks_[first_ack_]);
      take(acks_[first_ack_++], 64);
    }
    if (first_ack_ == acks_.size()) {
      acks_.clear();
      first_ack_ = 0;
    } else if (first_ack_ > 8192 && first_ack_ * 2 > acks_.size()) {
      acks_.erase(acks_.begin(), acks_.begin() + static_cast<std::ptrdiff_t>(first_ack_));
      first_ack_ = 0;
    }
    background_until(at);
  }

  std::int64_t dropped() const { return drops_.total(); }
  const measure::SecondCounter& drops() const { return drops_; }
  const measure::SecondCounter& packets() const { return packets_; }
  const measure::SecondCounter& bytes() const { return bytes_; }

 private:
  std::optional<Instant> take(Instant at, std::int64_t bytes) {
    if (bandwidth_) {
      wire_free_at_ = std::max(wire_free_at_, at) + transmission_time(bytes, bandwidth_);
      at = wire_free_at_;
    }
    packets_.add(at);
    bytes_.add(at, bytes);
    if (service_.ns == 0) return at;
    // A packet keeps its place until it has been taken off: full is more than ring - 1 of them.
    if (free_at_ > at && free_at_ - at > service_ * (ring_ - 1)) {
      drops_.add(at);
      return {};
    }
    free_at_ = (free_at_ > at ? free_at_ : at) + service_;
    return free_at_;
  }

  // Other tenants: evenly spaced packets of the smallest size.
  void background_until(Instant at) {
    if (background_gap_.ns == 0) return;
    while (next_background_ <= at) {
      take(next_background_, 64);
      next_background_ += background_gap_;
    }
  }

  std::optional<BitRate> bandwidth_;
  Duration service_;
  std::int64_t ring_;
  Duration background_gap_;
  Instant next_background_{}, free_at_{}, wire_free_at_{};
  std::vector<Instant> acks_;
  std::size_t first_ack_ = 0;
  measure::SecondCounter packets_, bytes_, drops_;
};

}  // namespace springtide::models::red_packet
