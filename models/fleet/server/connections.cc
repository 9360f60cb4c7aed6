// Users who come to a server during the night, and the end of a server that is lost.
//
// A user who is let in costs what it costs on the detailed road: a connection is accepted
// (login_segment), the login read and answered. It waits for a core like a request, in the order of
// arrival; it counts for the limit of the clock second, but is never refused. Left out: the frames
// of a connection on the network card, and their loss.
#include <algorithm>

#include "models/fleet/server/server.h"

namespace springtide::models::fleet {

void Server::expect_logins(std::int64_t second, std::span<const workload::Shake> connected) {
  forget_logins();
  for (const workload::Shake shake : connected) logins_.push_back(shake.instant(second).ns);
  std::sort(logins_.begin(), logins_.end());
}

// With their memory: all servers of a city have them at once.
void Server::forget_logins() {
  if (!logins_.empty()) std::vector<std::int64_t>().swap(logins_);
  next_login_ = 0;
}

// All that arrive up to an instant.
void Server::log_in_until(std::int64_t at) {
  const std::int64_t first = static_cast<std::int64_t>(next_login_);
  for (; next_login_ < logins_.size() && logins_[next_login_] <= at; ++next_login_) {
    const std::int64_t start = interruptions_.start(cores_, logins_[next_login_]);
    turn_clock(start + to_read_);
    ++current_.requests;
    ++current_.logins;
    interruptions_.occupy(cores_, start, start + to_login_);
  }
  const std::int64_t count = static_cast<std::int64_t>(next_login_) - first;
  if (count > 0)
    interruptions_.connect(count, count * spec_.service.heap_per_connection.count,
                           count * spec_.service.scanned_per_connection.count);
}

// Of a core that is busy until `free`, what it has still to do at work of one length each; one that
// a collector holds counts as busy.
std::int64_t Server::go_down(std::int64_t second, std::int64_t connections) {
  const std::int64_t at = second * springtide::second.ns;
  std::int64_t lost = 0;
  for (std::size_t i = 0; i < cores_.count(); ++i)
    lost += (std::max<std::int64_t>(cores_.at(i) - at, 0) + to_answer_ - 1) / to_answer_;
  stock_.go_down(at);
  cores_ = Cores(spec_.runtime.cores);
  cores_.hold_all(at);
  interruptions_.connect(-connections, -connections * spec_.service.heap_per_connection.count,
                         -connections * spec_.service.scanned_per_connection.count);
  return lost;
}

}  // namespace springtide::models::fleet
