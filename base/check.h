// CHECK: an invariant of this program itself. A breach is a bug here, never bad input.
//
// It prints the failed condition, where it stands, the simulated time, the seed and the scenario
// of the run (enough to reproduce it), then aborts. It is active in release builds.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"

namespace springtide {

// What a failed CHECK says about the run; set once by whoever starts one.
void set_check_context(std::string scenario, std::uint64_t seed);

// The simulated time of the calling thread; the engine keeps it current.
void set_check_time(Instant now);

// The same without a call per event: reads the time where the engine keeps it, when it is needed.
// `now` must stay valid until the next call; nullptr ends it.
void set_check_clock(const Instant* now);

[[noreturn]] void check_failed(const char* file, int line, const char* condition,
                               std::string_view what);

}  // namespace springtide

#define SPRINGTIDE_CHECK(condition, what)                               \
  do {                                                                  \
    if (!(condition)) [[unlikely]]                                      \
      ::springtide::check_failed(__FILE__, __LINE__, #condition, what); \
  } while (false)
