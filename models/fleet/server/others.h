// What a request is about, where not all are shakes: told in the lowest bits of its word
// (workload::Shake), which a crowd uses for something else. Only servers that are told so
// (ServerSpec::mixed) look at it.
#pragma once

#include <cstdint>

namespace springtide::models::fleet {

enum class Asks : std::uint8_t {
  shake,
  login,    // the reader answers it itself
  open,     // a share of a sent packet: through a SET and an open-box
  connect,  // a connection is accepted, its reader started; no request
};

inline constexpr std::uint64_t asks_mask = 3;
constexpr Asks asks_of(std::uint64_t word) { return static_cast<Asks>(word & asks_mask); }

}  // namespace springtide::models::fleet
