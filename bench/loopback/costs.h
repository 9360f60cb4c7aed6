// What the steps of an event loop over loopback sockets cost on this machine, each measured apart
// from any server or driver: what a model of them has to be told (spec/event_loop.h). Nanoseconds;
// medians over many repetitions, so that other work on the machine disturbs little.
#pragma once

#include <cstdint>

namespace springtide::bench {

struct SystemCalls {
  double send = 0, receive = 0, empty_receive = 0;
  double wait = 0, wait_socket = 0;  // a wait that tells n sockets: wait + n wait_socket
};
// Of `pairs` connections (1000 or more), both ends in this process, used far from one another.
SystemCalls measure_system_calls(int pairs);

struct Quantiles {
  double p50 = 0, p99 = 0;
};

struct Waking {
  double wake = 0;   // what a send costs more if its receiver sleeps in a wait
  Quantiles delay;   // from the end of that send until the receiver is back from its wait
  double sleep = 0;  // processor time of the receiver for going to sleep and coming back
};
Waking measure_waking(const SystemCalls& calls);

Quantiles measure_timer_delay();  // how late a sleep of 150 us ends
double measure_slice();           // of two processes that both want one core
double measure_switch();          // between two processes on one core

struct OwnWork {                 // besides system calls
  double read = 0, serve = 0;    // of the server: one request to its SET; one shake answered
  double send = 0, receive = 0;  // of the driver: one request, one answer
};
OwnWork measure_own_work();

double median(double* values, int count);  // sorts them
}  // namespace springtide::bench
