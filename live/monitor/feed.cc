#include "live/monitor/feed.h"

#include <unistd.h>
#include <utility>

#include "live/net/clock.h"

namespace springtide::live::monitor {

Feed::Feed(const net::Address& monitor, std::int64_t first_unix_second, RecordOf record_of)
    : reporter_(monitor), record_of_(std::move(record_of)), next_(first_unix_second) {}

void Feed::turn() {
  const std::int64_t over = net::unix_ns() / second.ns - delay_seconds;
  for (; next_ <= over; ++next_) reporter_.report(record_of_(next_, next_ == over));
  reporter_.poll();
}

void Feed::end() {
  const std::int64_t now = net::unix_ns() / second.ns;
  for (; next_ <= now; ++next_) reporter_.report(record_of_(next_, next_ == now));
  for (int i = 0; i < 100 && reporter_.connected() && reporter_.waiting() > 0; ++i) {
    usleep(2000);
    reporter_.poll();
  }
}

}  // namespace springtide::live::monitor
