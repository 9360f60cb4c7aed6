// Sections about runtimes: a preset, and the constants that may override it (spec/presets.cc).
#include "spec/keys/section_of.h"

namespace springtide::spec {

namespace {

using G = GoRuntime;

void add_scheduler(SectionOf<G>& section) {
  section
      .key("processors", &G::processors, {between(0, 1024)},
           "Ps (GOMAXPROCS); 0: as many as the node has cores")
      .key("run-queue", &G::run_queue, {between(1, 65'536)},
           "goroutines in a P's own ring; when full, half moves to the global queue")
      .key("global-check-ticks", &G::global_check_ticks, {at_least(1)},
           "every so many picks the global queue comes first")
      .key("global-batch", &G::global_batch, {at_least(1)},
           "most that a P takes from the global queue at once")
      .key("preemption-slice", &G::preemption_slice, {positive},
           "a goroutine that runs longer is asked to yield")
      .key("switch-cost", &G::switch_cost, {not_negative}, "from one goroutine to the next")
      .key("thread-wake", &G::thread_wake, {}, "from waking a parked thread to its running")
      .key("monitor-most", &G::monitor_most, {positive},
           "its longest sleep, reached by doubling while nothing happens")
      .key("monitor-poll-after", &G::monitor_poll_after, {positive},
           "the monitor polls the network where nobody did for so long")
      .key("poll-batch", &G::poll_batch, {at_least(1)}, "ready connections taken by one poll")
      .key("timer-pop-cost", &G::timer_pop_cost, {not_negative},
           "taking one due timer off the heap")
      .key("timer-slack", &G::timer_slack, {not_negative},
           "how late the kernel ends a sleep of the timer goroutine")
      .key("timer-garbage", &G::timer_garbage, {not_negative}, "heap that one sleep allocates");
}

void add_collector(SectionOf<G>& section) {
  section
      .key("collect-percent", &G::collect_percent, {between(1, 100'000)},
           "GOGC: how much the heap may grow over what lives")
      .key("least-heap", &G::least_heap, {not_negative}, "no cycle begins below it")
      .key("background-share", &G::background_share, {between(0, 1)},
           "share of the Ps that marks while a cycle runs")
      .key("forced-period", &G::forced_period, {positive},
           "a cycle is forced so long after the last one ended")
      .key("trigger-ratio", &G::trigger_ratio, {between(0, 1)},
           "a cycle begins at this share of the way to the goal: at first")
      .key("trigger-ratio-most", &G::trigger_ratio_most, {between(0, 1)},
           "and at most, as the pacer adapts it")
      .key("mark-rate", &G::mark_rate, {positive}, "heap that one worker scans in a second")
      .key("stack-scan", &G::stack_scan, {not_negative}, "scanning the stack of one goroutine")
      .key("least-assist", &G::least_assist, {not_negative},
           "least scan work of a goroutine that must help")
      .key("stop-latency", &G::stop_latency, {}, "until a P that is to stop has stopped")
      .key("reset-loop", &G::reset_loop, {not_negative},
           "for each goroutine, before the first stop of the world")
      .key("root-check-loop", &G::root_check_loop, {not_negative},
           "for each goroutine, between the two mark phases")
      .key("barrier-loop", &G::barrier_loop, {not_negative},
           "for each goroutine, on one P after the second stop")
      .key("assist-wake", &G::assist_wake, {not_negative},
           "for each goroutine that waits for credit, at the second stop")
      .key("stack", &G::stack, {not_negative}, "smallest stack of a goroutine")
      .key("granularity", &G::granularity, {not_negative},
           "a P runs goroutines that cannot affect each other as one event of up to this "
           "length; 0: one event each, which is exact");
}

}  // namespace

template <>
const Section& section<GoRuntime>() {
  static const Section made = [] {
    SectionOf<G> all("go-runtime", "constants of a Go-like runtime; each overrides the preset's");
    add_scheduler(all);
    add_collector(all);
    return all.defaults_from_elsewhere().done();  // but from the preset
  }();
  return made;
}

template <>
const Section& section<EventLoop>() {
  using E = EventLoop;
  static const Section made =
      SectionOf<E>("event-loop",
                   "processes that each wait for many sockets at once and go through those that "
                   "are ready, on one machine; costs are processor time on one core, as "
                   "bench_loopback measures them")
          .key("workers", &E::workers, {between(0, 1024)},
               "processes of a service, each with its own connections; 0: as many as the node "
               "has cores")
          .key("batch", &E::batch, {at_least(1)}, "ready sockets told by one wait")
          .key("wait", &E::wait, {not_negative}, "of one wait")
          .key("wait-socket", &E::wait_socket, {not_negative}, "and for each socket it tells")
          .key("receive", &E::receive, {not_negative}, "of one system call that receives")
          .key("empty-receive", &E::empty_receive, {not_negative}, "of one that finds nothing")
          .key("send", &E::send, {not_negative},
               "of one system call that sends, with the kernel's work for the receiver")
          .key("wake", &E::wake, {not_negative}, "what a send costs more if its receiver sleeps")
          .key("wake-delay", &E::wake_delay, {},
               "from the end of that send until the receiver runs on an idle core")
          .key("sleep", &E::sleep, {not_negative}, "of going to sleep and coming back")
          .key("timer-delay", &E::timer_delay, {}, "how late a sleep for a given time ends")
          .key("slice", &E::slice, {positive},
               "a process that has run so long gives way to one that waits for a core")
          .key("switch-cost", &E::switch_cost, {not_negative},
               "from one process to another on a core")
          .done();
  return made;
}

template <>
const Section& section<Runtime>() {
  static const Section made =
      SectionOf<Runtime>("runtime",
                         "how a node's processes are scheduled: a preset, and "
                         "constants that override it")
          .selector("preset",
                    {{"threads", nullptr},
                     {"event-loop", &section<EventLoop>()},
                     {"go1.8", &section<GoRuntime>()},
                     {"go1.19", &section<GoRuntime>()}},
                    "where the constants come from")
          .done();
  return made;
}

}  // namespace springtide::spec
