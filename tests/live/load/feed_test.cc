// What the driver tells a monitor.
#include "live/load/monitor/feed.h"

#include <doctest/doctest.h>

using namespace springtide;
using namespace springtide::live;
using load::Count;

namespace {

std::int64_t& at(load::SecondCounts& counts, Count count) {
  return counts.values[static_cast<std::size_t>(count)];
}

}  // namespace

TEST_CASE("the driver's counts of a second stand where the original's clients put them") {
  load::SecondCounts counts{};
  for (std::size_t i = 0; i < counts.values.size(); ++i)
    counts.values[i] = static_cast<std::int64_t>(100 + i);
  const auto record = load::record_of(1'700'000'000, counts,
                                      {.connected = 50,
                                       .open_connections = 40,
                                       .won = 7,
                                       .packets_for_you = 8,
                                       .shares_opened = 9,
                                       .cents = 1595});
  namespace now = wire::in_second;
  namespace all = wire::since_start;
  CHECK(record.second == 1'700'000'000);
  CHECK(record.type == wire::ProcessType::client);
  const auto is = [&](std::size_t index, std::int64_t value) {
    CHECK(record.in_second[index] == static_cast<std::uint64_t>(value));
  };
  is(now::request, at(counts, Count::logins) + at(counts, Count::shakes));
  is(now::shake_request, at(counts, Count::shakes));
  is(now::open_request, at(counts, Count::opens));
  is(now::response, at(counts, Count::responses));
  is(now::won, at(counts, Count::won));
  is(now::none, at(counts, Count::none));
  is(now::overload, at(counts, Count::overloaded));
  is(now::lost, at(counts, Count::lost) + at(counts, Count::timed_out));
  is(now::not_sent, at(counts, Count::not_sent));
  CHECK(record.since_start[all::connected] == 50);
  CHECK(record.since_start[all::disconnected] == 10);
  CHECK(record.since_start[all::shake_packets] == 7);
  CHECK(record.since_start[all::shake_cents_received] == 1595);
}

TEST_CASE("latencies are told once, in the second in which they were recorded") {
  namespace now = wire::in_second;
  measure::Histogram histogram;
  load::LatencyGrowth growth;
  histogram.record(300'000, 5);  // ns
  wire::Counters first{};
  growth.count(histogram, first);
  CHECK(first[now::latency_first + wire::latency_bucket(300)] == 5);
  CHECK(first[now::latency_sum_us] >= 5 * 299);
  CHECK(first[now::latency_sum_us] <= 5 * 301);
  histogram.record(300'000, 2);
  histogram.record(70'000'000);
  wire::Counters second_one{};
  growth.count(histogram, second_one);
  CHECK(second_one[now::latency_first + wire::latency_bucket(300)] == 2);
  CHECK(second_one[now::latency_first + wire::latency_bucket(70'000)] == 1);
  CHECK(second_one[now::latency_max_us] == doctest::Approx(70'000).epsilon(0.001));
  wire::Counters nothing{};
  growth.count(histogram, nothing);
  CHECK(nothing == wire::Counters{});
}
