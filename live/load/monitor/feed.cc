#include "live/load/monitor/feed.h"

#include <algorithm>
#include <map>

#include "base/time.h"

namespace springtide::live::load {
namespace {

// Answers to requests of older slices are left out; a slice is 10 s at least, so a request is that
// late only where the server stood still for twenty seconds.
constexpr std::int64_t slices_watched = 3;

TotalCounts totals_of(const Load& load) {
  return {.connected = load.total(Count::connected),
          .open_connections = load.counters().open_connections,
          .won = load.total(Count::won),
          .packets_for_you = load.total(Count::packets_for_you),
          .shares_opened = load.total(Count::shares_opened),
          .cents = load.total(Count::amount)};
}

// The latencies that were recorded since it was last asked.
class RecentLatencies {
 public:
  void count(const Load& load, std::int64_t second_of_run, wire::Counters& of_second) {
    const std::int64_t newest = second_of_run * second.ns / load.slice().ns;
    for (std::int64_t slice = std::max<std::int64_t>(0, newest - slices_watched + 1);
         slice <= newest; ++slice)
      by_slice_[slice].count(load.latency_slice(slice), of_second);
    std::erase_if(by_slice_,
                  [newest](const auto& one) { return one.first <= newest - slices_watched; });
  }

 private:
  std::map<std::int64_t, LatencyGrowth> by_slice_;
};

}  // namespace

wire::MonitorRecord record_of(std::int64_t unix_second, const SecondCounts& c,
                              const TotalCounts& total) {
  using wire::put;
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
  put(record.in_second, now::lost, c[Count::lost] + c[Count::timed_out]);
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

monitor::Feed feed_of(const Load& load, const net::Address& monitor) {
  const std::int64_t zero = load.zero_unix_ns() / second.ns;
  return {
      monitor, zero,
      [&load, zero, latencies = RecentLatencies()](std::int64_t unix_second, bool newest) mutable {
        auto record = record_of(unix_second, load.in_second(unix_second - zero), totals_of(load));
        const std::int64_t now = unix_second - zero + monitor::Feed::delay_seconds;
        if (newest) latencies.count(load, now, record.in_second);
        return record;
      }};
}

}  // namespace springtide::live::load
