// A request as the crowd yields it, and the way in which the crowd remembers what is due: one
// 64-bit word. Sorted as a number, words are in the order of the second they belong to.
//
//   63           44 43              20 19    16 15             0
//   |  offset, 20  |  local user, 24  | kind, 4 |  value, 16    |
//
//   offset   within the second, in ticks of 2^-20 s (0.95 us)
//   user     local number in its crowd
//   kind     0 begin     a reaction to a cue reaches its first shake
//            1 request   of a user who shakes; attempt 0
//            2 .. 14     a request that was lost on the way and comes again: attempt 1 .. 13
//            15 connect  an attempt to connect, of a user who lost its server
//   value    begin, request: seconds for which the user goes on, this one included. 0: a request
//            is due no more, unless the session was prolonged; a begin leads to one request only
//            again: 0;  connect: attempts made before
//
// The second is not in the word: whoever holds words holds them by second.
#pragma once

#include <compare>
#include <cstdint>

#include "base/time.h"

namespace springtide::workload {

// Instants of a crowd are ticks since the start: second << 20 | offset.
inline constexpr int tick_bits = 20;
inline constexpr std::int64_t ticks_per_second = std::int64_t{1} << tick_bits;
inline constexpr std::uint32_t max_local_users = 1u << 24;

// Rounded down in both directions, so that an instant stays within its second.
constexpr std::int64_t ticks_of(Duration since_start) {
  const std::int64_t whole = since_start.ns / 1'000'000'000, rest = since_start.ns % 1'000'000'000;
  return (whole << tick_bits) + (rest << tick_bits) / 1'000'000'000;
}
constexpr std::int64_t ns_of_offset(std::int64_t offset) { return offset * 1'953'125 >> 11; }

enum Kind : std::uint32_t { begin_kind = 0, request_kind = 1, connect_kind = 15 };

constexpr std::uint64_t pack(std::int64_t offset, std::uint32_t user, std::uint32_t kind,
                             std::int64_t value) {
  return static_cast<std::uint64_t>(offset) << 44 | std::uint64_t{user} << 20 |
         std::uint64_t{kind} << 16 | static_cast<std::uint64_t>(value);
}
inline constexpr std::int64_t max_value = 65'535;

struct Shake {
  static constexpr std::uint32_t max_attempt = 13;

  std::uint64_t word = 0;

  constexpr auto operator<=>(const Shake&) const = default;
  constexpr std::uint32_t offset() const { return static_cast<std::uint32_t>(word >> 44); }
  constexpr std::uint32_t user() const {
    return static_cast<std::uint32_t>(word >> 20) & (max_local_users - 1);
  }
  // 0: sent for the first time.
  constexpr std::uint32_t attempt() const { return kind() - 1; }
  constexpr std::uint32_t kind() const { return static_cast<std::uint32_t>(word >> 16) & 15; }
  constexpr std::int64_t value() const { return static_cast<std::int64_t>(word & max_value); }
  constexpr std::int64_t ns_in_second() const { return ns_of_offset(offset()); }
  constexpr Instant instant(std::int64_t second) const {
    return {second * 1'000'000'000 + ns_in_second()};
  }
};

}  // namespace springtide::workload
