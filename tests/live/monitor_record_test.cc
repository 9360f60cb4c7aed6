// The 976 bytes by which processes tell the monitor about a second.
#include "live/wire/monitor_record.h"

#include <cstring>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "live/monitor/record_stream.h"

using namespace springtide::live;
using wire::MonitorRecord;

namespace {

MonitorRecord numbered_record() {
  MonitorRecord record;
  record.second = 0x58CBA2C2;  // 2017-03-17 08:50:10 UTC
  record.type = wire::ProcessType::server;
  for (std::size_t i = 0; i < wire::counters; ++i) {
    record.in_second[i] = i;
    record.since_start[i] = 0x0102030405060700 + i;
  }
  return record;
}

std::vector<std::byte> bytes_of(std::string_view text) {
  std::vector<std::byte> bytes(text.size());
  std::memcpy(bytes.data(), text.data(), text.size());
  return bytes;
}

using Seen = std::vector<MonitorRecord>;
monitor::RecordStream::Visit into(Seen& seen) {
  return [&seen](const MonitorRecord& record) {
    seen.push_back(record);
    return std::optional<std::string>();
  };
}

}  // namespace

TEST_CASE("a record is these 976 bytes") {
  const auto bytes = wire::encode(numbered_record());
  REQUIRE(bytes.size() == 976);
  const auto expect = [&bytes](std::size_t at, std::string_view text) {
    const auto expected = bytes_of(text);
    CHECK(std::equal(expected.begin(), expected.end(), bytes.begin() + at));
  };
  using namespace std::string_view_literals;
  expect(0, "\0\0\0\0\x58\xcb\xa2\xc2"sv);
  expect(8, "\0\0\0\0\0\0\0\x01"sv);
  expect(16, "\0\0\0\0\0\0\0\0"sv);
  expect(16 + 59 * 8, "\0\0\0\0\0\0\0\x3b"sv);
  expect(16 + 60 * 8, "\x01\x02\x03\x04\x05\x06\x07\0"sv);
  expect(16 + 119 * 8, "\x01\x02\x03\x04\x05\x06\x07\x3b"sv);
}

TEST_CASE("what is encoded is decoded again") {
  const MonitorRecord record = numbered_record();
  const auto decoded = wire::decode(wire::encode(record));
  REQUIRE(decoded);
  CHECK(*decoded == record);
}

TEST_CASE("records come out of pieces of any size") {
  MonitorRecord first = numbered_record(), second = first;
  second.second += 1;
  std::vector<std::byte> stream;
  for (const MonitorRecord& record : {first, second})
    for (const std::byte byte : wire::encode(record)) stream.push_back(byte);
  for (const std::size_t piece : {1, 7, 15, 16, 17, 975, 976, 977, 1952}) {
    monitor::RecordStream records;
    Seen seen;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      const std::size_t size = std::min(piece, stream.size() - at);
      CHECK_FALSE(records.feed(std::span(stream).subspan(at, size), into(seen)));
    }
    CHECK(seen == Seen{first, second});
    CHECK(records.partial() == 0);
  }
}

TEST_CASE("a stream of something else is told by its first 16 bytes") {
  for (const std::string_view foreign :
       {"GET / HTTP/1.1\r\nHost: x\r\n", "\x16\x03\x01\x02\x01\x01\x01\xfc\x03\x03 0123456789",
        "SSH-2.0-OpenSSH_9.2"}) {
    monitor::RecordStream records;
    Seen seen;
    CHECK(records.feed(bytes_of(foreign), into(seen)));
    CHECK(seen.empty());
  }
}

TEST_CASE("each fault of a record is told, and what was whole before it counts") {
  const MonitorRecord good = numbered_record();
  const auto fault_of = [&good](std::size_t at, std::uint8_t value) {
    auto bytes = wire::encode(good);
    bytes[at] = std::byte{value};
    CHECK_FALSE(wire::decode(bytes));
    monitor::RecordStream records;
    Seen seen;
    CHECK_FALSE(records.feed(wire::encode(good), into(seen)));
    const auto fault = records.feed(bytes, into(seen));
    CHECK(seen.size() == 1);
    CHECK(records.feed(wire::encode(good), into(seen)) == fault);  // malformed for good
    CHECK(seen.size() == 1);
    return fault.value_or("no fault");
  };
  CHECK(fault_of(0, 1) == "the first 8 bytes are no unix second, received 0x0100000058cba2c2");
  CHECK(fault_of(15, 2) == "the type must be 0 (client) or 1 (server), received 2");
  CHECK(fault_of(16 + 8 * 3, 0x80) == "counter 3 of the second is 2^63 or more");
  CHECK(fault_of(16 + 8 * 119, 0xff) == "counter 59 since the start is 2^63 or more");
}

TEST_CASE("a latency is counted in the bucket whose bound it does not pass") {
  CHECK(wire::latency_bucket(0) == 0);
  CHECK(wire::latency_bucket(50) == 0);
  CHECK(wire::latency_bucket(51) == 1);
  CHECK(wire::latency_bucket(10'000'000) == 16);
  CHECK(wire::latency_bucket(10'000'001) == 17);
  wire::Counters counters{};
  wire::count_latency(counters, 60);
  wire::count_latency(counters, 55);
  CHECK(counters[wire::in_second::latency_first + 1] == 2);
  CHECK(counters[wire::in_second::latency_sum_us] == 115);
  CHECK(counters[wire::in_second::latency_max_us] == 60);
}
