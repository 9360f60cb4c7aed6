// All back ends of a fleet together, fed by the winners of all its servers.
//
//   server 0: w   w  w                                open --> red-packet --> payment
//   server 1:   w      w   --> one order of time -->  credit --> payment
//   ...                                               share x 10 --> message
//
// The order of winners is total: instant, then server, then the order in which the server gave its
// packets away. Time goes on in spans; within one, back ends are worked off in the order of the
// plan. How time is cut into spans changes nothing.
//
// Every packet may be handed on once: the back ends remember which were (one bit a packet), as the
// security system beside the original did, and count who comes twice.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/time.h"
#include "measure/histogram.h"
#include "measure/record.h"
#include "measure/series.h"
#include "models/fleet/backends/back_end.h"
#include "models/fleet/backends/back_ends_plan.h"
#include "models/fleet/backends/time_order.h"
#include "models/fleet/backends/winner.h"

namespace springtide::models::fleet {

// Of one operation.
struct OperationCounts {
  std::int64_t offered = 0, done = 0, refused = 0;  // the rest is inside
  measure::Histogram latency;                       // of those done, from winning, ns
  static void state(auto& self, auto& bytes) {
    bytes(self.offered, self.done, self.refused, self.latency);
  }
};

class BackEnds {
 public:
  // `stands_for`: by server, how often each of its winners counts; those not named: once.
  BackEnds(BackEndsPlan plan, std::uint64_t seed, std::vector<std::int64_t> stands_for = {});

  // The winners of one server; not before the instant that time has reached. Any order.
  void take(std::uint32_t server, std::span<const Winner> winners);

  // All that happens before `until`; winners of instants before it have all been taken.
  void advance(Instant until);

  // Goes on until all is done, at most to `limit`; returns when it was.
  Instant drain(Instant limit);

  Instant reached() const { return {reached_}; }
  const BackEndsPlan& plan() const { return plan_; }
  const std::vector<BackEnd>& back_ends() const { return back_ends_; }
  const std::vector<OperationCounts>& operations() const { return operations_; }
  std::int64_t handed_on(std::size_t pool) const { return pools_[pool].handed_on; }
  std::int64_t twice(std::size_t pool) const { return pools_[pool].twice; }
  // By operation, at `reached`, by looking at all that is kept: what is neither done nor refused.
  std::vector<std::int64_t> inside() const;

  // For checkpoints (base/bytes.h): of the same plan.
  static void state(auto& self, auto& bytes) {
    bytes.each(self.back_ends_);
    bytes.each(self.operations_);
    bytes.each(self.pools_);
    bytes.each(self.coming_);
    bytes(self.ending_, self.winners_, self.reached_);
    bytes.require(self.visits_are_of_plan());
  }

 private:
  struct PoolState {
    std::vector<bool> seen;
    std::int64_t handed_on = 0, twice = 0;
    static void state(auto& self, auto& bytes) {
      const std::size_t packets = self.seen.size();
      bytes(self.seen, self.handed_on, self.twice);
      bytes.require(self.seen.size() == packets);
    }
  };
  void advance_span(std::int64_t until);
  void set_off(std::int64_t until);
  void set_off(const Visit& winner);
  void gather(std::uint32_t back_end, std::int64_t until);
  void work(std::uint32_t back_end, std::int64_t until);
  void count_done(std::int64_t until);
  bool visits_are_of_plan() const;

  BackEndsPlan plan_;
  std::vector<BackEnd> back_ends_;
  std::vector<std::vector<std::uint32_t>> steps_of_;  // by back end, ascending
  std::vector<std::vector<Visit>> coming_;            // by step, unsorted
  std::vector<Visit> ending_;                         // in service at their last back end
  std::vector<OperationCounts> operations_;
  std::vector<PoolState> pools_;
  // Not yet set off, and those of one span: `won` is server << 32 | packet, `step` the pool.
  std::vector<Visit> winners_, due_;
  std::vector<Visit> visits_, departures_;  // of one back end in one span
  TimeOrder order_;
  std::int64_t reached_ = 0;
  std::vector<std::int64_t> stands_for_;
};

}  // namespace springtide::models::fleet
