// A carrier's link of one site, over which users fetch the resources that they lack at a cue. It
// carries bytes first come, first served at its bandwidth, followed second by second; the rest
// waits.
//
//   asked in a second --> | backlog | --> carried: at most the bandwidth
//
// A second is one lot: what is asked in it counts as asked at its end, and is there for the users
// from the end of the second in which its last byte is carried.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/quantity.h"
#include "measure/histogram.h"
#include "sim/fifo.h"

namespace springtide::models::fleet {

class FetchLink {
 public:
  explicit FetchLink(std::optional<BitRate> bandwidth = {});  // none: infinite

  // One second after the other: `fetches` resources are asked, `bytes` in all.
  void pass(std::int64_t fetches, std::int64_t bytes);

  // What was asked in seconds before this one is there.
  std::int64_t served_before() const { return lots_.empty() ? seconds_ : lots_.front().second; }

  std::int64_t seconds() const { return seconds_; }
  std::int64_t backlog() const { return backlog_; }  // bytes
  std::int64_t fetches_waiting() const { return waiting_; }
  const std::vector<std::int64_t>& carried() const { return carried_; }  // bytes by second
  // Of each fetch that is there: from the end of its second until the last byte of its lot is
  // carried, ns.
  const measure::Histogram& waits() const { return waits_; }

  // For checkpoints (base/bytes.h): of the same bandwidth.
  static void state(auto& self, auto& bytes) {
    bytes(self.lots_, self.seconds_, self.backlog_, self.waiting_, self.carried_, self.waits_);
    std::int64_t left = 0;
    for (std::size_t i = 0; i < self.lots_.size(); ++i) left += self.lots_[i].left;
    bytes.require(left == self.backlog_);
  }

 private:
  struct Lot {
    std::int64_t second = 0, fetches = 0;
    std::int64_t left = 0;  // bytes of it, not yet carried
    static void state(auto& self, auto& bytes) { bytes(self.second, self.fetches, self.left); }
  };

  std::int64_t per_second_;  // bytes; 0: infinite
  sim::Fifo<Lot> lots_;
  std::int64_t seconds_ = 0, backlog_ = 0, waiting_ = 0;
  std::vector<std::int64_t> carried_;
  measure::Histogram waits_;
};

}  // namespace springtide::models::fleet
