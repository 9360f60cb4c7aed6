// The driver's /qps?qps=N (live/control): asked in a thread of an HTTP server, done in the thread
// that the load belongs to, answered when it is done.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>

#include "live/control/control.h"
#include "live/load/load.h"

namespace springtide::live::load {

class RateControl {
 public:
  // For the HTTP server, which must end before this object does.
  control::DriverControl control();

  // Some times a second: does what was asked. A request is refused after a second without a turn.
  void turn(Load& load);

 private:
  control::Refusal ask(std::int64_t per_second);

  std::atomic<std::int64_t> asked_ = 0;  // requests a second; 0: nothing
  std::mutex mutex_;                     // of the answer, and of taking the question back
  control::Refusal answer_;
};

}  // namespace springtide::live::load
