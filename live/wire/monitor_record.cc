#include "live/wire/monitor_record.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"

namespace springtide::live::wire {
namespace {

// 1970 + 1 day .. the year 9999: text, TLS and HTTP openings read as a far later second.
constexpr std::uint64_t least_second = 86'400;
constexpr std::uint64_t largest_second = 253'402'300'799;
constexpr std::uint64_t largest_counter = (std::uint64_t{1} << 63) - 1;

void put(std::byte* to, std::uint64_t value) {
  for (int i = 7; i >= 0; --i, value >>= 8) to[i] = static_cast<std::byte>(value & 0xff);
}

std::uint64_t get(const std::byte* from) {
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = value << 8 | std::to_integer<std::uint64_t>(from[i]);
  return value;
}

}  // namespace

std::size_t latency_bucket(std::uint64_t latency_us) {
  const auto bound =
      std::lower_bound(latency_bounds_us.begin(), latency_bounds_us.end(), latency_us);
  return static_cast<std::size_t>(bound - latency_bounds_us.begin());
}

void count_latency(Counters& of_second, std::uint64_t latency_us) {
  ++of_second[in_second::latency_first + latency_bucket(latency_us)];
  of_second[in_second::latency_sum_us] += latency_us;
  of_second[in_second::latency_max_us] = std::max(of_second[in_second::latency_max_us], latency_us);
}

MonitorRecordBytes encode(const MonitorRecord& record) {
  MonitorRecordBytes bytes;
  std::byte* to = bytes.data();
  put(to, record.second);
  put(to + 8, static_cast<std::uint64_t>(record.type));
  to += monitor_record_head_bytes;
  for (const std::uint64_t counter : record.in_second) put(to, counter), to += 8;
  for (const std::uint64_t counter : record.since_start) put(to, counter), to += 8;
  return bytes;
}

std::optional<std::string> check_head(std::span<const std::byte> head) {
  SPRINGTIDE_CHECK(head.size() >= monitor_record_head_bytes, "a head of 16 bytes");
  const std::uint64_t second = get(head.data()), type = get(head.data() + 8);
  if (second < least_second || second > largest_second)
    return fmt::format("the first 8 bytes are no unix second, received {:#018x}", second);
  if (type > 1) return fmt::format("the type must be 0 (client) or 1 (server), received {}", type);
  return std::nullopt;
}

std::optional<std::string> check_counters(std::span<const std::byte> bytes) {
  SPRINGTIDE_CHECK(bytes.size() == monitor_record_bytes, "a record of 976 bytes");
  for (std::size_t i = 0; i < 2 * counters; ++i)
    if (get(bytes.data() + monitor_record_head_bytes + 8 * i) > largest_counter)
      return fmt::format("counter {}{} is 2^63 or more", i % counters,
                         i < counters ? " of the second" : " since the start");
  return std::nullopt;
}

std::optional<MonitorRecord> decode(std::span<const std::byte> bytes) {
  SPRINGTIDE_CHECK(bytes.size() == monitor_record_bytes, "a record of 976 bytes");
  if (check_head(bytes) || check_counters(bytes)) return std::nullopt;
  MonitorRecord record;
  record.second = get(bytes.data());
  record.type = static_cast<ProcessType>(get(bytes.data() + 8));
  const std::byte* from = bytes.data() + monitor_record_head_bytes;
  for (std::uint64_t& counter : record.in_second) counter = get(from), from += 8;
  for (std::uint64_t& counter : record.since_start) counter = get(from), from += 8;
  return record;
}

}  // namespace springtide::live::wire
