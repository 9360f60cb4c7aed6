// The constants of a Go runtime, as a scenario may override them. The values here are the preset
// "go1.8"; the sources are files of the Go repository at its state of 26 January 2017 (the day of
// go1.8rc3) unless said otherwise. "Fitted" values were chosen on the 30 k phase of the 2017 test
// (docs/validation.md says how); "assumed" ones have no measurement behind them.
#pragma once

#include <cstdint>

#include "base/distribution.h"
#include "base/quantity.h"
#include "base/time.h"

namespace springtide::spec {

struct GoRuntime {
  // --- Scheduler (src/runtime/proc.go) ---
  std::int64_t local_queue = 256;       // runtime2.go, p.runq
  std::int64_t global_check_every = 61; // schedule(): every 61st tick the global queue first
  std::int64_t global_take_limit = 128; // globrunqget: at most half a local queue
  std::int64_t poll_batch = 128;        // netpoll_epoll.go: events per epoll_wait
  Duration time_slice{10'000'000};    // forcePreemptNS
  Duration monitor_interval_low{20'000};      // sysmon: 20 us
  Duration monitor_interval_high{10'000'000}; // sysmon: doubles to 10 ms after 50 idle rounds
  Duration switch_cost{200};            // one goroutine switch: 90-145 ns measured on current
                                        // hardware (FACTS 6), doubled for a 2007 processor
  Distribution thread_wake{Lognormal{Duration{40'000}, Duration{400'000}}};  // futex wake-up of a
                                        // parked thread, 30-100 us on a virtual machine; assumed
  // --- Timers (src/runtime/time.go) ---
  Duration timer_fire{600};             // pop, unlock, ready, lock: 0.5-0.7 us (computed)
  Duration timer_slack{50'000};         // Linux default for a futex time-out (prctl PR_SET_TIMERSLACK)
  Bytes timer_allocation{64};           // new(timer): 56 bytes in the 64-byte class
  // --- Collector (src/runtime/mgc.go, mgcmark.go) ---
  std::int64_t gc_percent = 100;        // GOGC
  Probability dedicated_share{0.25};    // gcGoalUtilization
  Duration forced_period{120'000'000'000};  // forcegcperiod, since the END of the last cycle
  Bytes heap_minimum{4'194'304};        // heapminimum
  Probability trigger_ratio_initial{0.875};
  Probability trigger_ratio_limit{0.95};
  Bytes assist_minimum{65'536};         // gcOverAssistWork
  Bytes credit_flush{2'000};            // gcCreditSlack
  Duration mark_time_per_megabyte{10'000'000};  // one worker, per 1e6 bytes of scan work; fitted
  Duration stack_scan{5'000};           // one goroutine: 2-4 us cold on an old Xeon; fitted
  Duration reset_loop{25};              // per goroutine, gcResetMarkState (golang/go#14420)
  Duration root_check_loop{25};         // per goroutine, gcMarkRootCheck between mark 1 and mark 2
  Duration barrier_loop{100};           // per goroutine, gcTryRemoveAllStackBarriers, one P
  Duration assist_wake{100};            // per goroutine parked in an assist, at mark termination
  Distribution stop_latency{Lognormal{Duration{30'000}, Duration{300'000}}};  // until a P that must
                                        // stop has stopped (its thread may be descheduled)
  Bytes stack_minimum{2'048};           // _StackMin
  // --- The simulation's own ---
  Duration granularity{50'000};         // a P runs goroutines that cannot affect each other in
                                        // batches up to this long; 0: one event each (exact)
};

}  // namespace springtide::spec
