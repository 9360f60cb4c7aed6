// What travels between the entities of a textbook world, packed into the three words that an event
// has for its receiver.
//
//   kind:  | entity of the receiving cell (12) | what (4) | route (16) |
//   a:     waiting so far, nanoseconds, as the bits of a float
//   b:     the instant at which the request was intended, nanoseconds
//
// A route names a client and a call of its operation, so a station knows from it where a request
// comes from and where it goes next. A float keeps the waiting time within 6e-8 of its value, far
// below the resolution of a histogram; an order of events is never decided on it.
#pragma once

#include <bit>
#include <cstdint>

#include "base/time.h"
#include "sim/event.h"

namespace springtide::models::station {

enum class What : std::uint32_t {
  request,     // for a station: wants service
  answer,      // for a client
  refusal,     // for a client
  completion,  // for the station that scheduled it: a worker is done
  timer,       // for who scheduled it
};

using Route = std::uint16_t;
inline constexpr std::size_t route_limit = std::size_t{1} << 16;
inline constexpr std::size_t entity_limit = std::size_t{1} << 12;  // of one cell

struct Request {
  Instant intended;
  float waiting = 0;  // nanoseconds, so far
  Route route = 0;
};

constexpr std::uint32_t pack(std::uint32_t entity, What what, Route route) {
  return entity << 20 | static_cast<std::uint32_t>(what) << 16 | route;
}
constexpr std::uint32_t entity_of(const sim::Event& event) { return event.kind >> 20; }
constexpr What what_of(const sim::Event& event) { return static_cast<What>(event.kind >> 16 & 15); }

inline std::uint32_t word_of(float waiting) { return std::bit_cast<std::uint32_t>(waiting); }
inline Request request_of(const sim::Event& event) {
  return {{static_cast<std::int64_t>(event.b)},
          std::bit_cast<float>(event.a),
          static_cast<Route>(event.kind)};
}

}  // namespace springtide::models::station
