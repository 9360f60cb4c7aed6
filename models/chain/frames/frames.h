// The two ends of a call in progress.
//
//        caller's site                       callee's site
//   Call: who waits, which attempt  ---->  Task: where it is, what it still has to call
//     ^ retries, hedges, time-outs  <----    |
//     |          answer                      +--> Call --> Task ...   (nested calls)
//     Task of the caller
//
// A call may have several attempts and so, one after the other or at once, several tasks. Who times
// out renews the call's generation, so the answer to an earlier attempt finds nobody; its task runs
// on all the same, for the callee does not know. A request of a client is a call without a parent
// to a task that no service serves; a group of parallel calls is such a task too.
#pragma once

#include <cstdint>

#include "base/time.h"
#include "models/chain/frames/handle.h"

namespace springtide::models::chain {

// How a call, a task or a request ends; worse outcomes have higher numbers.
enum class Outcome : std::uint8_t {
  answered,
  degraded,   // answered, but some part of it is a fallback
  refused,    // queue full, rate limit, shed, breaker open
  timed_out,  // the caller no longer waited, or the deadline had passed
  failed,     // the service failed or is gone
};
inline constexpr int outcome_count = 5;

inline bool is_good(Outcome outcome) { return outcome <= Outcome::degraded; }

struct Call {
  Instant began;  // of a request: when it was intended
  Instant deadline = Instant::never();
  Handle parent;  // the task that waits; none for a request
  std::uint32_t generation = 0;
  std::uint32_t next = none;
  std::uint32_t step = none;
  std::uint32_t ticket = 0;      // of the breaker that let it through
  std::uint32_t caller = 0;      // which machine of its service calls; 0 for a request
  std::uint32_t key = none;      // of its cache
  std::uint16_t attempt = 0;     // 1 is the first
  std::uint8_t outstanding = 0;  // tasks of this attempt that have not ended: 2 when hedged
  std::uint8_t priority = 0;
  std::uint32_t span = none;  // where its request is followed (traces/)
};

struct Task {
  Instant arrived;
  Instant since;  // in service, or at work on its own calls
  Instant deadline = Instant::never();
  Handle caller;
  std::uint32_t generation = 0;
  std::uint32_t next = none;  // free ones only
  std::uint32_t step = none;
  std::uint32_t instance = none;
  std::uint32_t machine = 0;  // of its service; where none serves it, that of its caller
  std::uint32_t caller_machine = 0;
  std::uint32_t span = none;      // where its request is followed (traces/)
  std::uint16_t child = 0;        // the next of the step's own calls
  std::uint16_t repeats = 0;      // of the present one still to be made
  std::uint16_t outstanding = 0;  // own calls that have not ended
  std::uint16_t caller_site = 0;
  std::uint8_t pool = 0;  // of workers, within the instance
  std::uint8_t priority = 0;
  Outcome outcome = Outcome::answered;  // the worst so far
  enum class State : std::uint8_t {
    travelling,
    entering,  // its machine is chosen, it is in its card
    waiting,
    served,
    calling,
    writing,    // to the disk
    answering,  // its service is done with it, the answer is in the card
  } state{};
};
static_assert(sizeof(Call) <= 64 && sizeof(Task) <= 72);

}  // namespace springtide::models::chain
