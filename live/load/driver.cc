#include "live/load/driver.h"

#include <algorithm>
#include <cerrno>
#include <limits>

#include "live/net/clock.h"
#include "live/net/placement.h"

namespace springtide::live::load {
namespace {

constexpr std::int64_t tenth = 100'000'000;  // ns
constexpr int sends_a_round = 256, connects_a_round = 64;

}  // namespace

Driver::Driver(const DriverSpec& spec, std::unique_ptr<net::Streams> streams, const Orders& orders,
               const Telemetry::Part& telemetry)
    : spec_(spec),
      orders_(orders),
      telemetry_(telemetry),
      plan_(spec.plan, spec.process),
      users_(spec.dialer.users),
      dialer_(spec.dialer, net::monotonic_ns()),
      streams_(std::move(streams)),
      zero_(orders.zero_ns),
      unix_offset_(orders.unix_offset_ns) {}

int Driver::run(net::StopRequest& stop) {
  net::be_punctual(microsecond * 100);
  std::int64_t now = net::monotonic_ns();
  while (!over(now)) {
    const std::int64_t round_began = now;
    if (now >= next_tenth_) every_tenth_of_a_second(now, stop);
    connect_some(now);
    send_due(now);
    write_out();
    wait_and_read(round_began);
    write_out();
    now = net::monotonic_ns();
  }
  finish(now);
  return 0;
}

bool Driver::over(std::int64_t now) {
  if (stop_) return true;
  if (plan_begin_ == 0) return false;
  const std::int64_t end = monotonic_of(spec_.plan.end);
  if (now < end) return false;
  dialer_.stop();
  const bool all_sent = plan_.finished() && keeping_ == 0;
  return now >= end + spec_.drain.ns || (all_sent && telemetry_.state->outstanding == 0);
}

void Driver::every_tenth_of_a_second(std::int64_t now, net::StopRequest& stop) {
  next_tenth_ = now + tenth;
  take_orders();
  give_up_some(now);
  if (stop.requested()) stop_ = true;
  const std::int64_t used = net::processor_ns();
  count(Count::processor_ns, now, used - processor_before_);
  processor_before_ = used;
}

void Driver::take_orders() {
  if (read_of(orders_.stop) != 0) stop_ = true;
  plan_begin_ = read_of(orders_.plan_begin_ns);
  const std::int64_t changes =
      std::atomic_ref(const_cast<std::int64_t&>(orders_.changes)).load(std::memory_order_acquire);
  for (; changes_taken_ < changes; ++changes_taken_) {
    const RateChange& change = orders_.change[static_cast<std::size_t>(changes_taken_)];
    plan_.change_rate(change.from_second, change.per_second);
  }
}

// A tenth of the users each time, so each of them once a second.
void Driver::give_up_some(std::int64_t now) {
  for (std::uint32_t left = (users_.size() + 9) / 10; left > 0; --left) {
    if (looked_at_ >= users_.size()) looked_at_ = 0;
    const std::uint32_t user = looked_at_++;
    while (users_.expire(user, now - spec_.patience.ns)) {
      count(Count::timed_out, now);
      add_to(telemetry_.state->outstanding, std::int64_t{-1});
    }
  }
}

void Driver::connect_some(std::int64_t now) {
  for (int i = 0; i < connects_a_round; ++i) {
    const auto user = dialer_.next(now);
    if (!user) return;
    connect(*user, now);
  }
}

void Driver::send_due(std::int64_t now) {
  if (plan_begin_ == 0) return;
  for (int i = 0; i < sends_a_round; ++i) {
    // A second is looked at when it begins: up to then its rate may change.
    const std::int64_t plan_second = (spec_.plan.from.ns + now - plan_begin_) / second.ns;
    const Due* due = now < plan_begin_ ? nullptr : plan_.peek(plan_second);
    if (!due) return;
    const std::int64_t intended = monotonic_of(due->intended);
    if (intended > now) return;
    const std::uint32_t user = due->user;
    plan_.pop();
    send_planned(user, intended);
  }
}

std::int64_t Driver::next_work(std::int64_t now) {
  std::int64_t next = std::min(next_tenth_, dialer_.next_ns(now));
  if (plan_begin_ == 0) return next;
  if (now < plan_begin_) return std::min(next, plan_begin_);
  const std::int64_t plan_second = (spec_.plan.from.ns + now - plan_begin_) / second.ns;
  if (const Due* due = plan_.peek(plan_second)) return std::min(next, monotonic_of(due->intended));
  return plan_.finished() ? next
                          : std::min(next, monotonic_of(Instant{(plan_second + 1) * second.ns}));
}

void Driver::wait_and_read(std::int64_t round_began) {
  telemetry_.state->round.record(net::monotonic_ns() - round_began);
  std::int64_t now = net::monotonic_ns();
  const std::int64_t earliest = round_began + spec_.round.ns;
  if (now < earliest) {
    net::sleep_until(earliest);
    now = net::monotonic_ns();
  }
  const std::int64_t wait = std::max<std::int64_t>(0, next_work(now) - now);
  streams_->wait(Duration{wait}, *this);
}

void Driver::finish(std::int64_t now) {
  ProcessState& state = *telemetry_.state;
  if (plan_begin_ != 0 && now >= plan_begin_) {
    const std::int64_t plan_second = (spec_.plan.from.ns + now - plan_begin_) / second.ns;
    for (const Due* due; (due = plan_.peek(plan_second)) && monotonic_of(due->intended) <= now;) {
      add_to(state.planned, std::int64_t{1});
      add_to(state.not_sent_behind, std::int64_t{1});
      count(Count::not_sent, monotonic_of(due->intended));
      plan_.pop();
    }
  }
  for (std::uint32_t user = 0; user < users_.size(); ++user) {
    if (users_[user].socket < 0) continue;
    const Users::Waiting waiting = users_.forget(user);
    add_to(state.in_flight_at_end, waiting.sent);
    add_to(state.not_sent_kept, waiting.unsent);
    count(Count::not_sent, now, waiting.unsent);
  }
  count(Count::processor_ns, now, net::processor_ns() - processor_before_);
  // All is told. The connections are closed by leaving the process, which takes its time where a
  // million of them end at once.
  add_to(state.ended, std::int64_t{1});
}

}  // namespace springtide::live::load
