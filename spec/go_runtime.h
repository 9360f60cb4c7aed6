// The constants of a Go-like runtime: scheduler, timers, network poller, garbage collector.
//
// Every member is a key of "runtimes" in a scenario (spec/keys/sections/runtime.cc) and has a row
// in spec/presets.cc with its value for each preset and the source of that value. Costs are
// processor time on one core of the machine that the preset speaks of.
#pragma once

#include <cstdint>

#include "base/distribution.h"
#include "base/quantity.h"
#include "base/time.h"

namespace springtide::spec {

struct GoRuntime {
  // Scheduler.
  std::int64_t processors = 0;           // Ps (GOMAXPROCS); 0: the node's cores
  std::int64_t run_queue = 256;          // goroutines in a P's ring
  std::int64_t global_check_ticks = 61;  // every so many picks the global queue comes first
  std::int64_t global_batch = 128;       // most that a P takes from it at once
  Duration preemption_slice{};           // a goroutine that runs longer is asked to yield
  Duration switch_cost{};                // from one goroutine to the next on a P
  Distribution thread_wake;              // from waking a parked thread to its running

  // Monitor thread and network poller.
  Duration monitor_most{};        // longest sleep of the monitor, reached while nothing happens
  Duration monitor_poll_after{};  // polls the network where nobody did for so long
  std::int64_t poll_batch = 128;  // ready connections taken by one poll

  // Timers.
  Duration timer_pop_cost{};  // taking one due timer off the heap and readying its owner
  Duration timer_slack{};     // how late the kernel ends a sleep of the timer goroutine
  Bytes timer_garbage{};      // allocated by one sleep

  // Garbage collector.
  std::int64_t collect_percent = 100;  // GOGC: the next goal is live heap x (1 + percent/100)
  Bytes least_heap{};                  // no cycle below it
  Probability background_share{};      // of the Ps, for dedicated mark workers
  Duration forced_period{};            // since the last cycle ended
  Probability trigger_ratio{},
      trigger_ratio_most{};    // growth over the marked heap that starts a
                               // cycle, as a share of collect_percent: first and largest
  Bytes mark_rate{};           // bytes a second that one worker scans
  Duration stack_scan{};       // one goroutine's stack
  Bytes least_assist{};        // scan work of one assist
  Distribution stop_latency;   // until a P that is to stop has stopped
  Duration reset_loop{};       // per goroutine, before the first stop of the world
  Duration root_check_loop{};  // per goroutine, between mark 1 and mark 2
  Duration barrier_loop{};     // per goroutine, on one P after the second stop
  Duration assist_wake{};      // per goroutine that waits for credit at the second stop
  Bytes stack{};               // smallest stack of a goroutine

  // The simulation's own: a P runs goroutines that cannot affect each other as one event of up to
  // this length; 0: one event each, which is exact.
  Duration granularity{};
};

}  // namespace springtide::spec
