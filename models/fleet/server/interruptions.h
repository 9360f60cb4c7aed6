// What keeps the cores of a server from serving requests: cycles of the collector of its Go
// runtime, and standstills. Between two of its instants the cores simply serve.
//
//        due        resetting     stop 1        marking          finishing    stop 2
//   ------|----------------------|#######|m m m m m m m m m m m|---------------|#######|---->
//          one core walks over            every core without a   one core walks         one core
//          the goroutines                 request marks          over them again        removes
//                                                                                       barriers
// Follows the cycle of go_runtime/machine_collector.h, whose constants and pacer (Collector) it
// uses; the scheduler below it is left out:
//   - A stop begins when every core has ended what it serves; it lasts as long as the slowest
//     core needs to stop (stop_latency, drawn for each core that was not idle).
//   - While marking, `background_share` of the cores serve nobody. The others mark in pieces of
//     100 us where nobody waits, so a request waits for the end of a piece. Cores never idle:
//     marking ends when what they have not spent on requests is all the work there was.
//   - Assists are left out: a request allocates a few bytes, and the credit of background marking
//     pays for them (collector.h).
//   - A cycle that the heap makes due begins at the end of the block of requests in which the heap
//     reached its trigger.
//
// Instants are ns of true time.
#pragma once

#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "base/random.h"
#include "models/fleet/server/cores.h"
#include "models/go_runtime/collector.h"
#include "models/go_runtime/program.h"
#include "spec/scenario.h"

namespace springtide::models::fleet {

struct RuntimeSpec {
  std::uint64_t seed = 1;
  std::uint32_t server = 0;  // its number, for streams
  bool collects = true;      // false: a plain thread pool
  spec::GoRuntime go;
  std::int64_t cores = 1;
  std::int64_t goroutines = 0;                      // at the start
  std::int64_t live_heap = 0, scanned_heap = 0;     // bytes, at the start
  std::int64_t static_scanned = 0;                  // of it, what only globals reach
  std::vector<std::pair<Instant, Instant>> stills;  // sorted; the machine does nothing
};

class Interruptions {
 public:
  explicit Interruptions(const RuntimeSpec& spec);

  // A request that would start before this needs nothing of this class. While marking: never.
  std::int64_t next() const {
    return phase_ == Phase::marking ? std::numeric_limits<std::int64_t>::min() : change();
  }

  bool marking() const { return phase_ == Phase::marking; }

  // When a request that is ready at `ready` starts, after everything that comes before; then
  // occupy() is called with its end. Requests come in the order in which they start.
  std::int64_t start(Cores& cores, std::int64_t ready);
  void occupy(Cores& cores, std::int64_t start, std::int64_t end);

  // Requests have allocated; it is `now`.
  void allocate(std::int64_t bytes, std::int64_t now);
  // Connections come (or go, below zero), each with a goroutine and its heap.
  void connect(std::int64_t connections, std::int64_t live_bytes, std::int64_t scanned_bytes);

  // All that is due before `until` happens, though no request asks.
  void advance(Cores& cores, std::int64_t until);

  // What the runtime itself has spent of the cores, until it is taken.
  struct Spent {
    std::int64_t from = 0, to = 0, core_ns = 0;
    bool marking = true;
    static void state(auto& self, auto& bytes) {
      bytes(self.from, self.to, self.core_ns, self.marking);
    }
  };
  std::vector<Spent> take_spent() { return std::exchange(spent_, {}); }
  std::vector<go::Cycle> take_cycles() { return std::exchange(cycles_, {}); }
  const go::Collector& collector() const { return collector_; }

  // For checkpoints (base/bytes.h): of the same server.
  static void state(auto& self, auto& bytes) {
    bytes(self.goroutines_, self.collector_, self.still_, self.phase_, self.forced_, self.next_,
          self.next_still_, self.numbered_, self.began_, self.pauses_, self.marking_began_,
          self.mark_work_, self.served_work_, self.marking_free_, self.chosen_, self.stops_,
          self.spent_, self.cycles_);
    bytes.require(self.phase_ <= Phase::finishing);
    bytes.require(self.phase_ != Phase::marking || !self.marking_free_.empty());
    bytes.require(self.still_ < self.stills_.size() || self.next_still_ == never);
  }

 private:
  enum class Phase : std::uint8_t { off, resetting, marking, finishing };
  static constexpr std::int64_t piece_ns = 100'000;  // idleCheckThreshold: about 100 us
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

  std::int64_t change() const { return next_still_ < next_ ? next_still_ : next_; }
  void pass(Cores& cores);
  void stand_still(Cores& cores);
  void begin_cycle(Cores& cores);
  void begin_marking(Cores& cores);
  void end_marking(Cores& cores);
  void end_cycle(Cores& cores);
  std::int64_t earliest_while_marking(std::int64_t ready);
  std::int64_t stop(Cores& cores, std::int64_t at);
  std::int64_t slowest_of(std::size_t cores);
  std::int64_t one_core(Cores& cores, std::int64_t at, Duration each);
  void settle_pacer(const RuntimeSpec& spec);

  spec::GoRuntime go_;
  std::uint64_t seed_;
  std::uint32_t server_;
  bool collects_;
  std::int64_t cores_, goroutines_;
  go::Collector collector_;
  std::vector<std::pair<Instant, Instant>> stills_;
  std::size_t still_ = 0;  // which is next

  Phase phase_ = Phase::off;
  bool forced_ = true;
  std::int64_t next_ = never, next_still_ = never;
  std::int64_t numbered_ = 0;  // cycles begun
  std::int64_t began_ = 0, pauses_ = 0, marking_began_ = 0;
  std::int64_t mark_work_ = 0, served_work_ = 0;  // core ns since marking began
  std::vector<std::int64_t> marking_free_;        // of the cores that serve while marking
  std::size_t chosen_ = 0;
  Stream stops_;

  std::vector<Spent> spent_;
  std::vector<go::Cycle> cycles_;
};

}  // namespace springtide::models::fleet
