// The clocks of this machine, in nanoseconds. Seconds are counted by the clock of the day, as the
// original monitor does; intervals are measured on the clock that is never set.
#pragma once

#include <cstdint>
#include <ctime>

namespace springtide::live::net {

inline std::int64_t read_clock(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

inline std::int64_t unix_ns() { return read_clock(CLOCK_REALTIME); }
inline std::int64_t monotonic_ns() { return read_clock(CLOCK_MONOTONIC); }

inline void sleep_until(std::int64_t monotonic) {
  const timespec until{monotonic / 1'000'000'000, monotonic % 1'000'000'000};
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
}

// Processor time that this process has used, all threads, user and system.
inline std::int64_t processor_ns() { return read_clock(CLOCK_PROCESS_CPUTIME_ID); }

}  // namespace springtide::live::net
