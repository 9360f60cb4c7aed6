// What an access server hands on to the back ends: a packet that one of its users has won.
#pragma once

#include <cstdint>

#include "base/time.h"

namespace springtide::models::fleet {

struct Winner {
  Instant at;                // when the server gave it away
  std::uint32_t packet = 0;  // its number in its pool
  std::uint32_t pool = 0;    // in the order of the pools' names

  static void state(auto& self, auto& bytes) { bytes(self.at, self.packet, self.pool); }
};

}  // namespace springtide::models::fleet
