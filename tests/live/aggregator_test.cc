// Sums per second of what processes report, in any order of arrival; and the line of the log.
#include "live/monitor/aggregator.h"

#include <doctest/doctest.h>

#include "live/monitor/log_line.h"

using namespace springtide;
using namespace springtide::live;
using monitor::Aggregator;
using monitor::CompleteSecond;
using monitor::Receipt;
using wire::MonitorRecord;
using wire::ProcessType;

namespace {

constexpr std::int64_t t0 = 1'700'000'000;
constexpr std::int64_t at(double seconds_after_t0) {
  return t0 * second.ns + static_cast<std::int64_t>(seconds_after_t0 * 1e9);
}

// Requests of the second t0 + `number`, and packets since the start.
MonitorRecord report(int number, ProcessType type, std::uint64_t requests,
                     std::uint64_t packets = 0, std::uint64_t identity = 0) {
  MonitorRecord record;
  record.second = static_cast<std::uint64_t>(t0 + number);
  record.type = type;
  record.in_second[wire::in_second::request] = requests;
  record.since_start[wire::since_start::shake_packets] = packets;
  record.since_start[wire::since_start::identity] = identity;
  return record;
}

std::uint64_t requests(const CompleteSecond& second, ProcessType type) {
  REQUIRE(second.of(type));
  return second.of(type)->in_second[wire::in_second::request];
}

std::uint64_t packets(const CompleteSecond& second, ProcessType type) {
  REQUIRE(second.of(type));
  return second.of(type)->since_start[wire::since_start::shake_packets];
}

constexpr auto client = ProcessType::client;
constexpr auto server = ProcessType::server;

}  // namespace

TEST_CASE("a second is complete, with the sums by type, when all streams have reported it") {
  Aggregator sums({.grace = second * 10});
  const auto a = sums.opened(at(0)), b = sums.opened(at(0)), s = sums.opened(at(0));
  sums.receive(a, report(0, client, 10, 1), at(1));
  sums.receive(s, report(0, server, 17, 5), at(1));
  CHECK(sums.take_complete(at(1.1)).empty());
  sums.receive(b, report(0, client, 7, 2), at(1.2));
  const auto complete = sums.take_complete(at(1.2));
  REQUIRE(complete.size() == 1);
  CHECK(complete[0].second == t0);
  CHECK(requests(complete[0], client) == 17);
  CHECK(complete[0].of(client)->reports == 2);
  CHECK(requests(complete[0], server) == 17);
  CHECK(packets(complete[0], client) == 3);
  CHECK(packets(complete[0], server) == 5);
  CHECK(sums.take_complete(at(60)).empty());  // once
}

TEST_CASE("a stream that falls silent holds a second up for the grace, then counts as missing") {
  Aggregator sums({.grace = second * 10});
  const auto a = sums.opened(at(0)), b = sums.opened(at(0));
  sums.receive(a, report(0, client, 10), at(1));
  sums.receive(b, report(0, client, 7), at(1));
  sums.receive(a, report(1, client, 10), at(2));
  CHECK(sums.take_complete(at(2)).size() == 1);
  CHECK(sums.take_complete(at(11.99)).empty());
  const auto complete = sums.take_complete(at(12));
  REQUIRE(complete.size() == 1);
  CHECK(requests(complete[0], client) == 10);
  CHECK(sums.tally().missing == 1);
}

TEST_CASE("a late report is counted and stands in the history, but is not given out again") {
  Aggregator sums({.grace = second * 2});
  const auto a = sums.opened(at(0)), b = sums.opened(at(0));
  sums.receive(b, report(0, client, 1, 1, 77), at(1));
  sums.receive(a, report(0, client, 1), at(1));
  sums.receive(a, report(1, client, 10), at(2));
  CHECK(sums.take_complete(at(5)).size() == 2);
  CHECK(sums.receive(b, report(1, client, 5, 9, 77), at(5)) == Receipt::late);
  CHECK(sums.take_complete(at(6)).empty());
  CHECK(sums.tally().late == 1);
  CHECK(requests(sums.history().at(t0 + 1), client) == 15);
  CHECK(sums.total(client)[wire::in_second::request] == 17);
  sums.receive(a, report(2, client, 1), at(6));
  sums.receive(b, report(2, client, 1, 9, 77), at(6));
  CHECK(packets(sums.take_complete(at(6)).at(0), client) == 9);
}

TEST_CASE("a late report of a second nobody else reported makes it known afterwards") {
  Aggregator sums({.grace = Duration{}});
  const auto a = sums.opened(at(0)), b = sums.opened(at(0));
  sums.receive(a, report(5, client, 10), at(6));
  CHECK(sums.take_complete(at(6)).size() == 1);
  CHECK(sums.receive(b, report(3, server, 4), at(6)) == Receipt::late);
  REQUIRE(sums.history().size() == 2);
  CHECK(requests(sums.history().at(t0 + 3), server) == 4);
  CHECK_FALSE(sums.history().at(t0 + 3).of(client));
}

TEST_CASE("a repeated second is counted once") {
  Aggregator sums({});
  const auto a = sums.opened(at(0));
  CHECK(sums.receive(a, report(1, client, 10), at(2)) == Receipt::counted);
  CHECK(sums.receive(a, report(1, client, 10), at(2)) == Receipt::repeated);
  CHECK(sums.receive(a, report(0, client, 10), at(2)) == Receipt::repeated);
  CHECK(sums.receive(a, report(1, server, 3), at(2)) == Receipt::counted);  // the other type
  const auto complete = sums.take_complete(at(2));
  REQUIRE(complete.size() == 1);
  CHECK(requests(complete[0], client) == 10);
  CHECK(requests(complete[0], server) == 3);
  CHECK(sums.tally().repeated == 2);
}

TEST_CASE("a second far from the clock is left out") {
  Aggregator sums({});
  const auto a = sums.opened(at(0));
  CHECK(sums.receive(a, report(61, client, 1), at(0)) == Receipt::implausible);
  CHECK(sums.receive(a, report(-3601, client, 1), at(0)) == Receipt::implausible);
  CHECK(sums.receive(a, report(-3600, client, 1), at(0)) == Receipt::counted);
  CHECK(sums.receive(a, report(60, client, 1), at(0)) == Receipt::counted);
}

TEST_CASE("a stream that never reports holds nothing up once the grace is over") {
  Aggregator sums({.grace = second * 5});
  const auto a = sums.opened(at(0));
  sums.opened(at(0));
  sums.receive(a, report(0, client, 1), at(1));
  CHECK(sums.take_complete(at(4.9)).empty());
  CHECK(sums.take_complete(at(5)).size() == 1);
  sums.receive(a, report(5, client, 1), at(6));
  CHECK(sums.take_complete(at(6)).size() == 1);
}

TEST_CASE("processes that catch up with old seconds are added up, however old those are") {
  Aggregator sums({.grace = second * 5});
  const auto a = sums.opened(at(200)), b = sums.opened(at(200));
  for (int number = 0; number < 100; ++number) sums.receive(a, report(number, client, 1), at(200));
  CHECK(sums.take_complete(at(200.5)).empty());
  for (int number = 0; number < 100; ++number) sums.receive(b, report(number, client, 2), at(201));
  const auto complete = sums.take_complete(at(201));
  REQUIRE(complete.size() == 100);
  CHECK(requests(complete[0], client) == 3);
  CHECK(sums.tally().late == 0);
}

TEST_CASE("a stream that closes is waited for no longer") {
  Aggregator sums({});
  const auto a = sums.opened(at(0)), b = sums.opened(at(0));
  sums.receive(a, report(0, client, 1), at(1));
  sums.receive(b, report(-1, client, 1), at(1));
  CHECK(sums.take_complete(at(1)).size() == 1);
  sums.closed(b);
  CHECK(sums.take_complete(at(1)).size() == 1);
}

TEST_CASE("until the expected number has reported, a second waits for its grace") {
  Aggregator sums({.grace = second * 5, .expected = 2});
  const auto a = sums.opened(at(0));
  sums.receive(a, report(0, client, 1), at(1));
  CHECK(sums.take_complete(at(1)).empty());
  const auto b = sums.opened(at(2));
  sums.receive(b, report(0, server, 1), at(2));
  CHECK(sums.take_complete(at(2)).size() == 1);
}

TEST_CASE("seconds that nobody reported are left out, all others come in order") {
  Aggregator sums({});
  const auto a = sums.opened(at(0));
  for (const int number : {3, 4, 7}) sums.receive(a, report(number, client, 1), at(8));
  const auto complete = sums.take_complete(at(8));
  REQUIRE(complete.size() == 3);
  CHECK(complete[0].second == t0 + 3);
  CHECK(complete[2].second == t0 + 7);
}

TEST_CASE("a process with an identity is the same when it connects again, and stays in the sums") {
  Aggregator sums({});
  const auto a = sums.opened(at(0));
  sums.receive(a, report(0, client, 1, 100, 9), at(1));
  CHECK(packets(sums.take_complete(at(1)).at(0), client) == 100);
  sums.closed(a);
  const auto again = sums.opened(at(1)), other = sums.opened(at(1));
  sums.receive(again, report(1, client, 1, 130, 9), at(2));
  sums.receive(other, report(1, client, 1, 5), at(2));
  CHECK(packets(sums.take_complete(at(2)).at(0), client) == 135);
  sums.closed(again);
  sums.receive(other, report(2, client, 1, 6), at(3));
  CHECK(packets(sums.take_complete(at(3)).at(0), client) == 136);
}

TEST_CASE("a process without an identity leaves the sums with its stream") {
  Aggregator sums({});
  for (int number = 0; number < 3; ++number) {  // connects for each report
    const auto stream = sums.opened(at(number + 1));
    sums.receive(stream, report(number, client, 1, 100), at(number + 1));
    sums.closed(stream);
    CHECK(packets(sums.take_complete(at(number + 1)).at(0), client) == 100);
  }
}

TEST_CASE("the largest latency is that of all processes, counters stop at the largest number") {
  Aggregator sums({});
  const auto a = sums.opened(at(0)), b = sums.opened(at(0));
  MonitorRecord one = report(0, client, (std::uint64_t{1} << 63) - 1);
  one.in_second[wire::in_second::latency_max_us] = 900;
  MonitorRecord two = one;
  two.in_second[wire::in_second::latency_max_us] = 700;
  sums.receive(a, one, at(1));
  sums.receive(b, two, at(1));
  const auto complete = sums.take_complete(at(1));
  CHECK(complete.at(0).of(client)->in_second[wire::in_second::latency_max_us] == 900);
  wire::Counters counters{};
  counters[0] = ~std::uint64_t{0};
  monitor::add_second(counters, counters);
  CHECK(counters[0] == ~std::uint64_t{0});
}

TEST_CASE("the history keeps the newest seconds and counts the others") {
  Aggregator sums({.history = 3});
  const auto a = sums.opened(at(0));
  for (int number = 0; number < 5; ++number)
    sums.receive(a, report(number, client, 1), at(number + 1));
  CHECK(sums.take_all().size() == 5);
  CHECK(sums.history().begin()->first == t0 + 2);
  CHECK(sums.history().size() == 3);
  CHECK(sums.tally().forgotten == 2);
  CHECK(sums.total(client)[wire::in_second::request] == 5);
}

TEST_CASE("the line of the log is the original's, byte for byte") {
  monitor::Sums sums;
  for (std::size_t i = 0; i < wire::counters; ++i) {
    sums.in_second[i] = 100 + i;
    sums.since_start[i] = 1000 + i;
  }
  CHECK(monitor::log_line(1489741506, server, sums) ==
        "1489741506 1 Request: 110 Response: 111 GetHongbao: 114 NoHongbao: 115 AllHongbao: 116 "
        "OverLoad: 117 yaohongbao: 1022/1023 1024 1025 fahongbao:1030/1031 1032 1033 detail 100 "
        "101 102 103 104 105 106 ");
  CompleteSecond second;
  second.second = 7;
  second.of_type[1] = monitor::Sums{};
  CHECK(monitor::log_lines(second) ==
        "7 1 Request: 0 Response: 0 GetHongbao: 0 NoHongbao: 0 AllHongbao: 0 OverLoad: 0 "
        "yaohongbao: 0/0 0 0 fahongbao:0/0 0 0 detail 0 0 0 0 0 0 0 \n");
}
