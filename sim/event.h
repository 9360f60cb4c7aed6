// An event, and the order of all events.
//
// The order is total and depends on nothing but the events themselves:
//
//   (instant, class, source process, source sequence), smallest first
//
// The last three are packed into one 64-bit word, `order`, so that one comparison decides between
// events of one instant:
//
//    63    60 59             40 39                                   0
//   +--------+-----------------+--------------------------------------+
//   | class  | source process  | source sequence                      |
//   +--------+-----------------+--------------------------------------+
//
// The source is the process that scheduled or sent the event; its sequence counts everything that
// it ever scheduled or sent, so no two events of a run are equal. 2^40 events of one process are
// 6 hours of work at 50 million a second; the engine checks the limit once a window.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "base/time.h"

namespace springtide::sim {

// Decides between events of one instant, lowest first: all arrivals of an instant are seen before
// anything that ends or fires at that instant, and observers see the instant complete.
enum class EventClass : std::uint8_t {
  control = 0,   // parameters change, incidents begin and end
  arrival = 1,   // messages from other processes
  internal = 2,  // what a process scheduled for itself
  observe = 3,   // reads state, changes none
};

using ProcessId = std::uint32_t;  // below process_limit, in the order in which they were added
using ChannelId = std::uint32_t;

inline constexpr int sequence_bits = 40;
inline constexpr int process_bits = 20;
inline constexpr std::uint64_t sequence_limit = std::uint64_t{1} << sequence_bits;
inline constexpr ProcessId process_limit = ProcessId{1} << process_bits;

// A plain record of 32 bytes. `kind`, `a` and `b` belong to the receiver.
struct Event {
  Instant at;
  std::uint64_t order = 0;
  std::uint32_t kind = 0;
  std::uint32_t a = 0;
  std::uint64_t b = 0;

  EventClass event_class() const {
    return static_cast<EventClass>(order >> (sequence_bits + process_bits));
  }
  ProcessId source() const {
    return static_cast<ProcessId>(order >> sequence_bits) & (process_limit - 1);
  }
  std::uint64_t sequence() const { return order & (sequence_limit - 1); }
};
static_assert(sizeof(Event) == 32);

constexpr std::uint64_t event_order(EventClass event_class, ProcessId source,
                                    std::uint64_t sequence) {
  return static_cast<std::uint64_t>(event_class) << (sequence_bits + process_bits) |
         static_cast<std::uint64_t>(source) << sequence_bits | sequence;
}

// Copies an event whose fields are in registers. A plain copy would go through the stack in four
// small writes and be read back in two large ones, for which the processor has to wait; here it is
// assembled in two vector registers and written like it will be read.
inline void store_event(Event& to, const Event& event) {
  if constexpr (std::endian::native == std::endian::little) {
    using Pair = std::uint64_t __attribute__((vector_size(16)));
    const Pair low = {static_cast<std::uint64_t>(event.at.ns), event.order};
    const Pair high = {event.kind | static_cast<std::uint64_t>(event.a) << 32, event.b};
    std::memcpy(reinterpret_cast<char*>(&to), &low, sizeof low);
    std::memcpy(reinterpret_cast<char*>(&to) + sizeof low, &high, sizeof high);
  } else {
    to = event;
  }
}

// THE order of events. Nothing else in the engine compares them. (No short circuit: one
// comparison of a 128-bit number, so that the compiler needs no branch.)
inline bool earlier(const Event& x, const Event& y) {
  const auto key = [](const Event& e) {
    // instants may be negative only before a run; the flipped sign bit keeps their order
    const auto at = static_cast<std::uint64_t>(e.at.ns) ^ (std::uint64_t{1} << 63);
    return static_cast<unsigned __int128>(at) << 64 | e.order;
  };
  return key(x) < key(y);
}

}  // namespace springtide::sim
