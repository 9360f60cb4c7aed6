// The constants of a machine whose processes each run one loop: wait for many sockets at once, go
// through those that are ready, wait again. The reference server and the load driver of live/ are
// such processes, and their sockets are joined by the loopback device of that machine.
//
// Every member is a key of a runtime with the preset "event-loop". Costs are processor time on one
// core. bench_loopback measures them on the machine it runs on and prints them as an overlay; the
// defaults here are assumed, of the right order.
#pragma once

#include <cstdint>

#include "base/distribution.h"
#include "base/time.h"

namespace springtide::spec {

struct EventLoop {
  std::int64_t workers = 0;  // processes of a service; 0: the node's cores
  std::int64_t batch = 128;  // sockets told by one wait
  Duration wait{400};        // one call of epoll_wait that does not sleep
  Duration wait_socket{40};  // of it, for each socket told
  Duration receive{900};     // one recv that gets something
  Duration empty_receive{200};
  Duration send{4'000};  // one send, with all that the kernel does for the receiver
  // Sleeping and waking.
  Duration wake{1'000};  // what a send costs more if its receiver sleeps
  Distribution wake_delay{Constant{microsecond * 5}};  // from there until the sleeper runs
  Duration sleep{2'000};  // of the sleeper: leaving its core and coming back
  Distribution timer_delay{Constant{microsecond * 50}};  // how late a sleep ends
  // Sharing cores.
  Duration slice = millisecond * 3;  // a process that has run so long gives way to one that waits
  Duration switch_cost{1'000};       // from one process to another on a core
};

// The load driver, where the clients' node has such a runtime: processes that send by the plan.
struct LoadDriver {
  std::int64_t processes = 1;
  Duration round = microsecond * 200;  // at most one round of the loop in this time
  Duration send_segment{400};          // of one request, besides the system call
  Duration receive_segment{400};       // of one answer, besides the system call
};

}  // namespace springtide::spec
