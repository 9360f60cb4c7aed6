#include "models/fleet/resources/fetch_link.h"

#include <algorithm>

#include "base/time.h"

namespace springtide::models::fleet {

FetchLink::FetchLink(std::optional<BitRate> bandwidth)
    : per_second_(bandwidth ? std::max<std::int64_t>(
                                  static_cast<std::int64_t>(bandwidth->bits_per_second / 8), 1)
                            : 0) {}

void FetchLink::pass(std::int64_t fetches, std::int64_t bytes) {
  if (bytes > 0) lots_.push({seconds_, fetches, bytes});
  backlog_ += bytes;
  waiting_ += fetches;
  const std::int64_t can = per_second_ > 0 ? std::min(per_second_, backlog_) : backlog_;
  for (std::int64_t left = can; left > 0;) {
    Lot& lot = lots_.front();
    const std::int64_t now = std::min(left, lot.left);
    left -= now;
    lot.left -= now;
    if (lot.left > 0) continue;
    // Asked within second s, carried within this one: what of its own second was used up counts
    // as no wait.
    const double used =
        per_second_ > 0 ? static_cast<double>(can - left) / static_cast<double>(per_second_) : 0;
    const double waited = static_cast<double>(seconds_ - lot.second - 1) + used;
    waits_.record(std::max<std::int64_t>(Duration::from_seconds(waited).ns, 0), lot.fetches);
    waiting_ -= lot.fetches;
    lots_.pop();
  }
  backlog_ -= can;
  carried_.push_back(can);
  ++seconds_;
}

}  // namespace springtide::models::fleet
