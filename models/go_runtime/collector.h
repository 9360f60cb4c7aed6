// The concurrent collector of Go 1.8 as a pacer and a stock of work (src/runtime/mgc.go,
// mgcmark.go). It knows no Ps and no clock: the machine asks it how long a piece of work takes.
//
//   off --start--> marking: root jobs (one stack a goroutine) -> heap work -> off
//
// Work is counted in bytes scanned. Scanning a goroutine's stack reveals that goroutine's share of
// the heap; heap that only globals reach is revealed at the start. Scanning stacks earns nobody
// any credit (mgcmark.go notes that assists should get credit for it, and leaves it at that).
//
//   assist ratio  = (heap to scan - scanned) / (goal - live)                  revise()
//   an allocation in debt takes background credit, else marks at least `least_assist`, else
//   waits in line until background marking has paid its debt                  gcAssistAlloc()
//   next trigger  = marked (1 + r);  r += (1 - r - u/0.25 (live/marked - 1 - r)) / 2   endCycle()
#pragma once

#include <cstdint>
#include <vector>

#include "base/time.h"
#include "models/go_runtime/run_queue.h"
#include "spec/go_runtime.h"

namespace springtide::models::go {

class Collector {
 public:
  Collector(const spec::GoRuntime& constants, std::int64_t processors);

  // --- The heap, as the program tells it ---
  void grow(std::int64_t live_bytes, std::int64_t scanned_bytes);
  void set_static_scan(std::int64_t bytes) { static_scan_ = bytes; }
  bool allocate(std::int64_t bytes) {  // garbage soon; true: the heap has reached the trigger
    heap_live_ += bytes;
    return heap_live_ >= trigger_;
  }
  // How many bytes may be allocated before a cycle is due.
  std::int64_t room() const { return trigger_ - heap_live_ - 1; }
  bool at_trigger() const { return heap_live_ >= trigger_; }
  std::int64_t heap_live() const { return heap_live_; }
  std::int64_t goal() const { return goal_; }
  std::int64_t cycles() const { return cycles_; }

  // --- A cycle ---
  bool marking() const { return marking_; }
  void start_cycle(std::int64_t goroutines, Instant now);
  void end_cycle(Instant now);
  bool has_work() const { return roots_ > 0 || revealed_ > 0; }
  std::int64_t dedicated_wanted() const { return dedicated_; }
  // The rest of the background share, below one P: 1/4 on one P, 1/2 on two, 0 on four and eight.
  double fractional_wanted() const {
    return constants_.background_share.value * static_cast<double>(processors_) -
           static_cast<double>(dedicated_);
  }

  // A piece of background work of at most about `limit`; zero where there is none. Heap work is
  // paid out as credit, first to those in line: they are appended to `woken`.
  Duration drain(Duration limit, std::vector<Goroutine>& woken);

  // All background work that is left, done at once by one worker; nobody waits in line.
  Duration drain_all();

  enum class Debt { none, marked, waits };
  struct Assist {
    Debt debt = Debt::none;
    Duration busy{};
  };
  // What an allocation of `bytes` by `g` costs it. Without a cycle: nothing.
  Assist allocate_in_cycle(Goroutine g, std::int64_t bytes);
  Assist settle(Goroutine g);  // for one that waited: again in debt?

  // Those still in line at the end of the cycle, first come first.
  std::vector<Goroutine> release_waiting();

  // For checkpoints (base/bytes.h): of a collector of the same constants. Nobody may wait in line.
  static void state(auto& self, auto& bytes) {
    bytes.require(self.line_.empty());
    bytes(self.live_, self.scanned_, self.static_scan_, self.heap_live_, self.heap_marked_,
          self.trigger_, self.goal_, self.trigger_ratio_, self.marking_, self.cycles_, self.roots_,
          self.revealed_, self.hidden_, self.goroutines_, self.expected_, self.done_,
          self.allocated_before_, self.background_credit_, self.live_at_start_, self.began_,
          self.assisted_, self.credit_);
  }

 private:
  double assist_ratio() const;  // scan work per byte allocated
  Duration mark_time(std::int64_t bytes) const;
  void pay(std::int64_t bytes, std::vector<Goroutine>& woken);
  std::int64_t& credit_of(Goroutine g);

  spec::GoRuntime constants_;
  std::int64_t processors_, dedicated_;
  std::int64_t live_ = 0, scanned_ = 0;  // reachable heap, and what of it is scanned
  std::int64_t static_scan_ = 0;         // of `scanned_`, what only globals reach
  std::int64_t heap_live_ = 0, heap_marked_, trigger_, goal_;
  double trigger_ratio_;

  bool marking_ = false;
  std::int64_t cycles_ = 0;
  std::int64_t roots_ = 0, revealed_ = 0, hidden_ = 0, goroutines_ = 0;
  std::int64_t expected_ = 0, done_ = 0, allocated_before_ = 0, background_credit_ = 0;
  std::int64_t live_at_start_ = 0;
  Instant began_{};
  Duration assisted_{};
  std::vector<std::int64_t> credit_;  // bytes a goroutine may allocate without assisting
  GoroutineRing line_;                // waiting for credit
};

}  // namespace springtide::models::go
