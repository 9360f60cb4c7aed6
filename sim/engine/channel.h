// A channel: the messages of one process to another, on their way.
//
//   sender --append--> outbox | between stages: swapped | incoming --> lane --> receiver's inbox
//
// The sender touches only the first half, the receiver only the second; the coordinator moves
// the boundary while neither runs, so neither needs a lock. A lane is sorted: messages that keep
// the order of the lane are appended, a message that would break it goes into the receiver's
// event queue instead. With a constant delay the latter never happens.
#pragma once

#include <vector>

#include "sim/event.h"

namespace springtide::sim {

struct alignas(64) Channel {
  ProcessId from = 0, to = 0;
  bool feedback = false;
  bool dirty = false;                   // outbox holds something; listed by its sender
  Duration delay{};                     // the smallest: no message arrives before now + delay
  Instant earliest = Instant::never();  // of the outbox

  std::vector<Event> outbox;
  // From here on the receiver's, in cache lines of its own: both may run at the same time.
  alignas(64) std::vector<Event> incoming;  // delivered, not yet looked at by the receiver
  std::vector<Event> lane;                  // sorted; consumed from `head`
  std::size_t head = 0;
};

}  // namespace springtide::sim
