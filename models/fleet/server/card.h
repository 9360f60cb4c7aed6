// The receiving side of a server's network card for a block of requests at a time; the rules are
// those of red_packet/network_card.h: a wire with a bandwidth, a ring, an interrupt core that takes
// a packet every 1/packet_rate off it. Pure ACKs of answers and other tenants' packets pass the
// same ring.
//
// A block in which the card has next to nothing to do is not followed packet by packet: each
// request takes its own time on wire and ring, and nobody waits. That is a block at whose beginning
// wire and ring are empty and in which no row of requests, and none of ACKs, come so close that
// they, as many others and the other tenants' packets keep the card busy for half of the time. A
// row is a 16th of the ring, 8 to 64. What is left out by that: waiting for less than a row of
// packets, as a rule below half a packet's time (M/D/1 at half load), never a drop. All other
// blocks are exact.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "models/fleet/server/arrays/instant_queue.h"
#include "models/red_packet/messages.h"
#include "models/red_packet/wire.h"
#include "spec/scenario.h"

namespace springtide::models::fleet {

class Card {
 public:
  static constexpr std::int64_t dropped = -1;
  // Frames: of a request, of its answer, of everything else.
  static constexpr std::int64_t request_bytes =
      red_packet::frame_bytes(red_packet::message_bytes(red_packet::Message::shake));
  static constexpr std::int64_t answer_bytes =
      red_packet::frame_bytes(red_packet::message_bytes(red_packet::Message::nothing));
  static constexpr std::int64_t smallest_bytes = 64;
  static constexpr std::int64_t on_wire(std::int64_t frame) {
    return frame + red_packet::preamble_and_gap;
  }

  // An ACK comes `round_trip` after its answer.
  Card(const spec::NetworkCard& card, Duration round_trip);

  // When each of `n` frames, which arrive at `at` (ascending), is in its socket, in place; or
  // `dropped`. Returns how many were dropped.
  std::size_t receive(std::int64_t* at, std::size_t n);

  // Answers were sent; each is acknowledged, in this order.
  void answered(const std::int64_t* at, std::size_t n);

  // Packets that came since the last call; an ACK counts with the next request after it.
  std::int64_t take_packets() { return std::exchange(packets_, 0); }

  // For checkpoints (base/bytes.h): of the same card.
  static void state(auto& self, auto& bytes) {
    bytes(self.next_background_, self.free_at_, self.wire_free_at_, self.packets_, self.acks_);
  }

 private:
  bool spread_out(const std::int64_t* at, std::size_t n, std::int64_t least) const;
  bool acks_spread_out(std::size_t n, std::int64_t least) const;
  std::size_t acks_until(std::int64_t instant) const;
  bool nearly_idle(const std::int64_t* at, std::size_t n) const;
  bool take(std::int64_t& at, std::int64_t on_wire);
  void take_others(std::int64_t until);
  void forget_others(std::int64_t until);

  std::int64_t request_wire_, smallest_wire_;  // ns on the wire
  std::int64_t service_, ring_, background_gap_, round_trip_;
  std::int64_t next_background_ = 0, free_at_ = 0, wire_free_at_ = 0;
  std::size_t row_;  // so many packets at once are in nobody's way: a 16th of the ring, 8 to 64
  std::int64_t packets_ = 0;
  InstantQueue acks_;  // when they arrive
};

}  // namespace springtide::models::fleet
