// Whether the driver, and not the server, was the limit: then what was measured says little about
// the server, and the run is invalid (exit code 4), not slow.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"

namespace springtide::live::load {

struct Verdict {
  bool valid = true;
  std::vector<std::string> reasons;  // why not
  std::vector<std::string> notes;    // what a reader should know, though it is valid
};

struct DriverFacts {
  std::int64_t planned = 0;           // requests of the plan until its end, all processes
  std::int64_t sent = 0;              // of them
  std::int64_t not_sent_behind = 0;   // the driver did not get round to them
  std::int64_t not_sent_of_dead = 0;  // of processes that had died
  std::int64_t not_sent_offline = 0;  // the user was not logged in
  std::int64_t not_sent_kept = 0;     // the connection never took them
  std::int64_t timed_out = 0;         // sent, and not answered within the patience
  Duration patience{};
  std::int64_t late = 0;  // more than 1 ms after the intended instant
  Duration lateness_p99{}, lateness_max{};
  Duration lateness_bound{};
  std::int64_t local_errors = 0;      // connections that this machine could not make
  std::int64_t offline_at_begin = 0;  // users that had not logged in when the plan began
  std::vector<std::string> deaths;    // "process 3 (users 38000 to 56999): signal 9 (Killed) ..."
  Duration clock_step{};
  bool plan_began = true;
};

Verdict judge(const DriverFacts& facts);

}  // namespace springtide::live::load
