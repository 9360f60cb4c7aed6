// The sockets between the load driver and the reference server of one machine: the loopback device.
//
//   driver process --send--> inbox of the server's socket --> ready list of its worker --> wait
//   driver process <-- ready list <-- inbox of the user's socket <--send-- worker
//
// What is sent is there when the send ends: the kernel carries it over, as far as the receiver's
// ready list, within the sender's system call. Whoever sleeps in a wait is woken then. A socket is
// once in a ready list at most (edge-triggered epoll); what comes after it was told puts it there
// again, though the receiver may take everything at once: then the second look finds nothing.
//
// A user's connection belongs to one worker for good (SO_REUSEPORT: the kernel's hash of the
// addresses; here a draw from a stream of the worker's node). Nothing is lost or delayed otherwise.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <vector>

#include "models/red_packet/backlog.h"

namespace springtide::models::red_packet {

// The ready sockets of one process, in the order in which they became so.
class ReadyList {
 public:
  void tell(std::uint32_t socket, bool& listed) {
    if (!listed) ready_.push_back(socket);
    listed = true;
  }
  std::size_t size() const { return ready_.size(); }
  std::uint32_t take() {
    const std::uint32_t first = ready_.front();
    ready_.pop_front();
    return first;
  }

 private:
  std::deque<std::uint32_t> ready_;
};

// One end of a connection.
struct SocketEnd {
  Backlog::List inbox;
  bool listed = false;  // in the ready list of its process
};

// One side's ends, by user, and the ready lists of its processes.
class Side {
 public:
  Side(std::size_t users, std::size_t processes) : ends_(users), ready_(processes) {}

  void arrive(std::size_t process, const Waiting& message) {
    SocketEnd& end = ends_[message.user];
    unread_.push(end.inbox, message);
    ready_[process].tell(message.user, end.listed);
    ++arrived_;
  }
  // Makes a socket ready without a message (a connection is made).
  void tell(std::size_t process, std::uint32_t user) {
    ready_[process].tell(user, ends_[user].listed);
  }

  std::size_t ready(std::size_t process) const { return ready_[process].size(); }
  std::uint32_t take_ready(std::size_t process) {
    const std::uint32_t user = ready_[process].take();
    ends_[user].listed = false;
    return user;
  }
  std::size_t waiting(std::uint32_t user) const {
    std::size_t n = 0;
    unread_.for_each(ends_[user].inbox, [&](const Waiting&) { ++n; });
    return n;
  }
  Waiting take(std::uint32_t user) { return unread_.pop(ends_[user].inbox); }

  std::int64_t arrived() const { return arrived_; }
  std::int64_t unread() const { return static_cast<std::int64_t>(unread_.size()); }

 private:
  std::vector<SocketEnd> ends_;
  std::vector<ReadyList> ready_;
  Backlog unread_;
  std::int64_t arrived_ = 0;
};

}  // namespace springtide::models::red_packet
