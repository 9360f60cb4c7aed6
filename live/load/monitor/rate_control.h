// The driver's /qps?qps=N (live/control): asked in a thread of the HTTP server, done in the thread
// that the load belongs to, answered when it is done.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

#include "base/diagnostic.h"
#include "live/control/control.h"
#include "live/load/load.h"
#include "live/net/address.h"

namespace springtide::live::load {

class RateControl {
 public:
  // After the last fork. `what`: whose problem it is that the port is taken.
  static Result<std::unique_ptr<RateControl>> start(const net::Address& listen,
                                                    const std::string& what);

  // Some times a second: does what was asked. A request is refused after a second without a turn.
  void turn(Load& load);

  const net::Address& address() const { return server_->address(); }

 private:
  control::Refusal ask(std::int64_t per_second);

  std::atomic<std::int64_t> asked_ = 0;  // requests a second; 0: nothing
  std::mutex mutex_;                     // of the answer, and of taking the question back
  control::Refusal answer_;
  std::unique_ptr<control::HttpServer> server_;  // last: it ends first
};

}  // namespace springtide::live::load
