// Processor sharing, exactly: n guests inside share c workers, each is served at the rate
// min(1, c / n), and no time slice is cut.
//
//   attained service of a guest that is always inside:   dA/dt = min(1, c / n)
//
// Who enters at A with service S leaves when A has grown by S, so a heap by A + S holds all that is
// needed, and one timer for its top (Kleinrock, Queueing Systems vol. 2, 4.4). A is an integer of
// 2^-16 ns that starts again whenever nobody is inside, so no rounding decides an order: who
// finishes at one A leaves in the order of arrival.
//
//   serve_until(now); enter(...) or, while someone_leaves(): leave(); then schedule to_arm(now)
//
// min(n, c) count as served, the others as waiting. Limit: 39 hours of attained service in one busy
// period.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/time.h"
#include "measure/histogram.h"

namespace springtide::models::station {

template <typename Guest>
class SharedWorkers {
 public:
  explicit SharedWorkers(std::int64_t workers) : workers_(workers) {}

  std::int64_t inside() const { return static_cast<std::int64_t>(guests_.size()); }
  std::int64_t served() const { return std::min(inside(), workers_); }
  std::int64_t waiting() const { return inside() - served(); }

  // All inside have been served until now. Before every other call of an instant.
  void serve_until(Instant now) {
    if (!guests_.empty()) {
      const auto passed = static_cast<measure::Int128>((now - since_).ns) << fraction_bits;
      attained_ += static_cast<std::int64_t>(passed * served() / inside());
    }
    since_ = now;
  }

  void enter(Duration service, Guest guest) {
    if (guests_.empty()) attained_ = 0;
    SPRINGTIDE_CHECK(service.ns < (longest >> fraction_bits) - (attained_ >> fraction_bits),
                     "a busy period under processor sharing is longer than 39 hours");
    guests_.push_back({attained_ + (service.ns << fraction_bits), arrivals_++, std::move(guest)});
    std::push_heap(guests_.begin(), guests_.end(), later);
  }

  bool someone_leaves() const { return !guests_.empty() && guests_.front().leaves_at <= attained_; }
  Guest leave() {
    std::pop_heap(guests_.begin(), guests_.end(), later);
    Guest guest = std::move(guests_.back().guest);
    guests_.pop_back();
    return guest;
  }

  // The instant of a timer that is still needed; never: none. One that turns out too early (more
  // have come since) only arms the next.
  Instant to_arm(Instant now) {
    if (guests_.empty()) return Instant::never();
    const auto missing = static_cast<measure::Int128>(guests_.front().leaves_at - attained_);
    const measure::Int128 rate = static_cast<measure::Int128>(served()) << fraction_bits;
    const auto wait = static_cast<std::int64_t>((missing * inside() + rate - 1) / rate);
    const Instant due = now + Duration{std::max<std::int64_t>(wait, 0)};
    if (due >= armed_) return Instant::never();
    return armed_ = due;
  }
  // A timer has come.
  void timer(Instant now) {
    if (now == armed_) armed_ = Instant::never();
  }

  // All inside are gone.
  void clear() { guests_.clear(); }

  template <typename Visitor>
  void for_each(Visitor&& visit) const {
    for (const Place& place : guests_) visit(place.guest);
  }

 private:
  static constexpr int fraction_bits = 16;
  static constexpr std::int64_t longest = std::int64_t{1} << 62;

  struct Place {
    std::int64_t leaves_at = 0;  // attained service, 2^-16 ns
    std::uint64_t number = 0;    // in order of arrival
    Guest guest;
  };
  static bool later(const Place& x, const Place& y) {
    return x.leaves_at != y.leaves_at ? x.leaves_at > y.leaves_at : x.number > y.number;
  }

  std::int64_t workers_;
  std::vector<Place> guests_;         // a heap, the first leaves next
  std::int64_t attained_ = 0;         // 2^-16 ns
  Instant since_{};                   // attained_ is of this instant
  Instant armed_ = Instant::never();  // the earliest timer under way
  std::uint64_t arrivals_ = 0;
};

}  // namespace springtide::models::station
