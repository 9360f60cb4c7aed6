// Where and how this process runs, as far as it may say so itself.
//
//   processor 0: driver 0, worker 0, driver 2, worker 2 ...    a connection's two ends on the same
//   processor 1: driver 1, worker 1, driver 3, worker 3 ...    processor: nothing of it moves
//
// On loopback the sender does the receiver's work in the kernel. With both on one processor that
// finds the connection in its cache, wakes nobody elsewhere, and what arrives together is read
// together, because the receiver runs when the sender has done.
#pragma once

#include "base/time.h"

namespace springtide::live::net {

// How many processors this process may use: at least 1.
int processors();

// The processor of the `number`-th of many processes that are dealt out to all of them.
int processor_of(int number);

// Stays on this processor from now on. False: it may not.
bool stay_on(int processor);

// Wakes when asked to, and not up to 50 us later; and asks the scheduler for turns as short as
// this: who asks for less has its turn sooner (Linux 6.12; earlier kernels change nothing).
void be_punctual(Duration turn);

}  // namespace springtide::live::net
