// Time-outs: a ring for each distinct length, of which only the first is known to the engine.
//
//   lane 750 ms:  [ due 10.2 | due 10.3 | due 10.3 | ... ]     all who arm a lane wait equally
//   long,
//                   ^ one event                                so they stand in order by themselves
//
// Most of those who wait are answered before they are due: their handles have become stale, and
// they are passed over for the price of looking.
#pragma once

#include <vector>

#include "models/chain/site/site.h"

namespace springtide::models::chain {

class Lanes {
 public:
  explicit Lanes(Site& site) : site_(site), waiting_(site.plan.lanes.size()) {}

  void arm(std::uint32_t lane, Handle call) {
    sim::Fifo<Waiting>& ring = waiting_[lane];
    const Instant due = site_.mail.now() + site_.plan.lanes[lane].length;
    if (ring.empty()) site_.mail.at(due, What::lane, lane, 0);
    ring.push({due, call});
  }

  // The next call of the lane that is due now and still waits; none: the engine has been told when
  // to ask again.
  Handle next_due(std::uint32_t lane) {
    sim::Fifo<Waiting>& ring = waiting_[lane];
    while (!ring.empty()) {
      const Waiting& first = ring.front();
      const bool alive = site_.calls.find(first.call) != nullptr;
      if (alive && first.due > site_.mail.now()) {
        site_.mail.at(first.due, What::lane, lane, 0);
        return {};
      }
      const Handle call = ring.pop().call;
      if (alive) return call;
    }
    return {};
  }

 private:
  struct Waiting {
    Instant due;
    Handle call;
  };

  Site& site_;
  std::vector<sim::Fifo<Waiting>> waiting_;
};

}  // namespace springtide::models::chain
