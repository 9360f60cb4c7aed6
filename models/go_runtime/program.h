// What a program tells the machine that runs it.
//
// A program is a set of goroutines, numbered from 0. The machine calls
//
//   Step run(Goroutine g, Instant at)
//
// when goroutine g has got a P: the program does what g does until it next blocks, sleeps or could
// be preempted, says how long that takes, and sends what it sends at instants from `at` on.
//
// A program with herds of goroutines that wake, find nothing to do and sleep again may have many of
// them run in one call:
//
//   Step idle_step()                                                 what each of them does
//   Idling idle(GoroutineRun run, Instant at, Duration each)
//
// The first of the run would run at `at`, each next one `each` after the one before it: the program
// has as many run, from the first on, as do nothing but the idle step, and says how many. The
// result must be that of calling run() for each.
#pragma once

#include <cstdint>

#include "base/time.h"

namespace springtide::models::go {

struct Step {
  enum class Then : std::uint8_t {
    park,   // until somebody readies it
    sleep,  // time.Sleep(sleep)
    again,  // has more to do at once, on the same P
  };

  Duration busy{};  // processor time
  Then then = Then::park;
  Duration sleep{};            // for Then::sleep
  std::int64_t allocates = 0;  // bytes of garbage, allocated at the end of `busy`
};

// So many goroutines sleep again, all of them into one microsecond of the clock (timers.h).
struct Idling {
  std::uint32_t count = 0;
  Instant wake;  // the earliest of them
};

// A stop of the world, for the record.
struct Pause {
  Instant at;         // requested
  Duration length{};  // both stops of the cycle together
};

struct Cycle {
  Instant began, ended;
  Duration pauses{};
  bool forced = false;
  static void state(auto& self, auto& bytes) {
    bytes(self.began, self.ended, self.pauses, self.forced);
  }
};

}  // namespace springtide::models::go
