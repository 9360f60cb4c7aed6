// What a server has read, by second of its own clock: as the monitor of 2017 kept its counts, and
// by which the limit of a second is kept.
#include <utility>

#include "models/fleet/server/server.h"

namespace springtide::models::fleet {

void Server::begin_clock_second(std::int64_t number) {
  current_ = {};
  current_.second = number;
  reported_ = current_;
  current_ends_ = (number + 1) * second.ns - spec_.clock_offset.ns;
}

// What came since it was last told.
void Server::report_clock_second() {
  ServedSecond news = current_;
  news.logins -= reported_.logins;
  news.requests -= reported_.requests + news.logins;
  news.refused -= reported_.refused;
  news.dropped -= reported_.dropped;
  news.other_ns -= reported_.other_ns;
  news.busy_ns = (news.requests - news.refused - news.dropped) * to_answer_ +
                 news.refused * to_refusal_ + news.dropped * to_read_ + news.logins * to_login_ +
                 news.other_ns;
  reported_ = current_;
  if (news.requests + news.logins > 0 || news.other_ns != 0) served_.push_back(news);
}

std::vector<ServedSecond> Server::take_served() {
  report_clock_second();
  return std::exchange(served_, {});
}

// Something is read at an instant, perhaps of another second of the clock.
void Server::turn_clock(std::int64_t read_at) {
  if (read_at < current_ends_) return;
  report_clock_second();
  begin_clock_second((read_at + spec_.clock_offset.ns) / second.ns);
}

}  // namespace springtide::models::fleet
