// What travels between client machines and the access server: the original wire protocol as events.
//
// `a` of an event is the user; `b` carries the instant at which the request was sent (its answer
// brings it back, so that latency needs no table) and a packet's number or an amount (Payload).
//
// Sizes are bytes of the TCP payload; a frame adds 54 bytes of headers and 4 of checksum, and is
// at least 64 bytes long.
#pragma once

#include <cstdint>

#include "base/time.h"

namespace springtide::models::red_packet {

enum class Message : std::uint32_t {
  connect = 1,        // SYN, seen by the server when the handshake is done
  login,              // 16 bytes
  shake,              // 16
  open,               // 20
  connect_done = 10,  // to the client: the handshake is done
  login_answer,       // 20
  nothing,            // 28: no packet this time
  packet,             // 28: a shake packet
  packet_for_you,     // 36: a sent packet to open
  overload,           // 28: refused
  open_answer,        // 20: the share
};

inline constexpr std::int64_t message_bytes(Message message) {
  switch (message) {
    case Message::connect:
    case Message::connect_done: return 0;
    case Message::login:
    case Message::shake: return 16;
    case Message::open:
    case Message::login_answer:
    case Message::open_answer: return 20;
    case Message::nothing:
    case Message::packet:
    case Message::overload: return 28;
    case Message::packet_for_you: return 36;
  }
  return 0;
}

inline constexpr std::int64_t frame_bytes(std::int64_t payload) {
  return payload + 58 < 64 ? 64 : payload + 58;
}

// Instant sent in 43 bits (2.4 h), a packet number or an amount in 21.
struct Payload {
  static constexpr Duration longest{(std::int64_t{1} << 43) - 1};
  static constexpr std::int64_t most = (1 << 21) - 1;

  Instant sent;
  std::uint32_t value = 0;  // at most `most`

  std::uint64_t packed() const {
    return static_cast<std::uint64_t>(sent.ns) | static_cast<std::uint64_t>(value) << 43;
  }
  static Payload of(std::uint64_t b) {
    return {{static_cast<std::int64_t>(b & ((std::uint64_t{1} << 43) - 1))},
            static_cast<std::uint32_t>(b >> 43)};
  }
};

}  // namespace springtide::models::red_packet
