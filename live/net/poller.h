// Which of many sockets have something to do: epoll, edge-triggered.
//
//   poller.add(descriptor, token);            once, for reading, writing and hanging up
//   for (const Ready& r : poller.wait(100))   r.token tells whose it is
//
// An edge is told once: who is told must read until less comes than was asked for (or EAGAIN), and
// write until EAGAIN. A descriptor leaves when it is closed. This is the seam at which another
// backend of the kernel would stand; nothing outside knows that it is epoll.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/diagnostic.h"
#include "base/time.h"
#include "live/net/file.h"

namespace springtide::live::net {

struct Ready {
  std::uint64_t token = 0;
  bool readable = false;  // bytes, a connection to accept, an end or an error to be read
  bool writable = false;
  bool hung_up = false;  // the other side will send no more: read until the end
};

class Poller {
 public:
  // `batch`: how many are told at once. Like Go's netpoll, whose twin the simulator has, 128.
  static Result<Poller> make(std::size_t batch = 128);

  // False: the kernel has no room for one more (errno says why).
  bool add(int descriptor, std::uint64_t token);
  // Level-triggered, for reading only: told again as long as there is something (listeners).
  bool add_level(int descriptor, std::uint64_t token);

  // Waits at most `milliseconds` (0: only looks; -1: for ever). The list is valid until the next
  // call; empty when time is over or a signal came.
  std::span<const Ready> wait(int milliseconds);
  // The same to the nanosecond (the process's timer slack permitting: prctl(2)).
  std::span<const Ready> wait(Duration longest);

 private:
  std::span<const Ready> told(int count);

  Poller(File file, std::size_t batch);

  File file_;
  std::vector<std::uint8_t> events_;  // of the kernel's own form
  std::vector<Ready> ready_;
};

}  // namespace springtide::live::net
