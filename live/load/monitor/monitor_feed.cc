#include "live/load/monitor/monitor_feed.h"

#include <algorithm>

#include "base/time.h"
#include "live/net/clock.h"

namespace springtide::live::load {
namespace {

constexpr std::int64_t delay_seconds = 2;
constexpr std::int64_t slice_seconds = 10;  // as live/load/telemetry.h slices latencies
// Answers to requests of older slices are left out; a request is that late only where the server
// stood still for twenty seconds.
constexpr std::int64_t slices_watched = 3;

void put(wire::Counters& counters, std::size_t index, std::int64_t value) {
  counters[index] = static_cast<std::uint64_t>(std::max<std::int64_t>(value, 0));
}

TotalCounts totals_of(const Load& load) {
  return {.connected = load.total(Count::connected),
          .open_connections = load.counters().open_connections,
          .won = load.total(Count::won),
          .packets_for_you = load.total(Count::packets_for_you),
          .shares_opened = load.total(Count::shares_opened),
          .cents = load.total(Count::amount)};
}

}  // namespace

wire::MonitorRecord record_of(std::int64_t unix_second, const SecondCounts& c,
                              const TotalCounts& total) {
  namespace now = wire::in_second;
  namespace all = wire::since_start;
  wire::MonitorRecord record;
  record.second = static_cast<std::uint64_t>(unix_second);
  record.type = wire::ProcessType::client;
  put(record.in_second, now::login_request, c[Count::logins]);
  put(record.in_second, now::login_response, c[Count::logged_in]);
  put(record.in_second, now::shake_request, c[Count::shakes]);
  put(record.in_second, now::shake_response, c[Count::won] + c[Count::none] + c[Count::overloaded]);
  put(record.in_second, now::packet_for_you, c[Count::packets_for_you]);
  put(record.in_second, now::open_request, c[Count::opens]);
  put(record.in_second, now::open_response, c[Count::shares_opened]);
  // Opens are no requests of the original's clients; see wire/monitor_record.h.
  put(record.in_second, now::request, c[Count::logins] + c[Count::shakes]);
  put(record.in_second, now::response, c[Count::responses]);
  put(record.in_second, now::not_sent, c[Count::not_sent]);
  put(record.in_second, now::won, c[Count::won]);
  put(record.in_second, now::none, c[Count::none]);
  put(record.in_second, now::overload, c[Count::overloaded]);
  put(record.in_second, now::lost, c[Count::lost]);
  put(record.since_start, all::connected, total.connected);
  put(record.since_start, all::disconnected, total.connected - total.open_connections);
  put(record.since_start, all::shake_packets, total.won);
  put(record.since_start, all::shake_cents_received, total.cents);  // of both kinds
  put(record.since_start, all::sent_packets, total.packets_for_you);
  put(record.since_start, all::shares_opened, total.shares_opened);
  return record;
}

void LatencyGrowth::count(const measure::Histogram& histogram, wire::Counters& of_second) {
  namespace now = wire::in_second;
  histogram.for_each_bucket([&](std::int64_t low, std::int64_t high, std::int64_t count) {
    std::int64_t& seen = seen_[low];
    if (count <= seen) return;
    const auto times = static_cast<std::uint64_t>(count - seen);
    seen = count;
    const auto us = static_cast<std::uint64_t>((low + (high - low) / 2) / microsecond.ns);
    of_second[now::latency_first + wire::latency_bucket(us)] += times;
    of_second[now::latency_sum_us] += us * times;
    of_second[now::latency_max_us] = std::max(of_second[now::latency_max_us], us);
  });
}

void MonitorFeed::turn(const Load& load) {
  const std::int64_t zero = load.zero_unix_ns();
  const std::int64_t over = (net::unix_ns() - zero) / second.ns - delay_seconds;
  for (; next_ <= over; ++next_) {
    wire::MonitorRecord record =
        record_of(zero / second.ns + next_, load.in_second(next_), totals_of(load));
    const std::int64_t newest = (next_ + delay_seconds) / slice_seconds;
    for (std::int64_t slice = std::max<std::int64_t>(0, newest - slices_watched + 1);
         next_ == over && slice <= newest; ++slice)
      latencies_[slice].count(load.latency_slice(slice), record.in_second);
    std::erase_if(latencies_,
                  [newest](const auto& one) { return one.first <= newest - slices_watched; });
    reporter_.report(record);
  }
  reporter_.poll();
}

}  // namespace springtide::live::load
