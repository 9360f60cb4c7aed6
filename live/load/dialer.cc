#include "live/load/dialer.h"

#include <algorithm>
#include <limits>

namespace springtide::live::load {
namespace {

constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

}  // namespace

Dialer::Dialer(const DialerSpec& spec, std::int64_t begin_ns)
    : spec_(spec),
      gap_ns_(std::max<std::int64_t>(1, static_cast<std::int64_t>(1e9 / spec.per_second))),
      free_ns_(begin_ns),
      again_(static_cast<std::size_t>(std::max(1, spec.reconnect_spread_seconds))) {}

std::optional<std::uint32_t> Dialer::take(std::int64_t now_ns) {
  if (fresh_ < spec_.users) return fresh_++;
  for (std::deque<Again>& queue : again_) {
    if (queue.empty() || queue.front().due_ns > now_ns) continue;
    const std::uint32_t user = queue.front().user;
    queue.pop_front();
    return user;
  }
  return {};
}

std::optional<std::uint32_t> Dialer::next(std::int64_t now_ns) {
  if (stopped_ || pending_ >= spec_.most_pending || free_ns_ > now_ns) return {};
  const auto user = take(now_ns);
  if (!user) return {};
  // What could not begin for a while (a second at most) is caught up with, so that the rate holds.
  free_ns_ = std::max(free_ns_, now_ns - second.ns) + gap_ns_;
  ++pending_;
  return user;
}

void Dialer::lost(std::uint32_t user, std::int64_t now_ns, bool pending) {
  if (pending) --pending_;
  const std::size_t place = (spec_.first_user + user) % again_.size();
  const Duration wait = spec_.reconnect_after + second * static_cast<std::int64_t>(place);
  again_[place].push_back({now_ns + wait.ns, user});
}

std::int64_t Dialer::earliest_due() const {
  if (fresh_ < spec_.users) return 0;
  std::int64_t earliest = never;
  for (const std::deque<Again>& queue : again_)
    if (!queue.empty()) earliest = std::min(earliest, queue.front().due_ns);
  return earliest;
}

std::int64_t Dialer::next_ns(std::int64_t now_ns) const {
  if (stopped_ || pending_ >= spec_.most_pending) return never;
  const std::int64_t due = earliest_due();
  return due == never ? never : std::max({due, free_ns_, now_ns});
}

}  // namespace springtide::live::load
