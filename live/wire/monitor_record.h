// What a process tells the monitor about one second: 976 bytes over TCP, all big-endian.
//
//   0        8        16                    496                   976
//   | second | type   | 60 counters of it   | 60 since the start   |      u64 each
//
// second: unix time, by the clock of the process. type: 0 clients, 1 a server. The form and the
// counters up to 33 are those of the original (its monitor listened on port 8002); programs written
// by others send and read it. Sums are over processes: every counter is a count that adds up,
// except number 59.
//
// Counters from 12 and 40 on that are marked "ours" are unused, and zero, in the original: a
// process that leaves them zero is understood just as well. Latencies are counted in buckets so
// that they add up like everything else; only clients know them.
//
// Left out: any frame around the record, any answer. A stream is records back to back, and a
// reader that loses its place cannot find it again; check_head() tells a foreign stream early.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace springtide::live::wire {

inline constexpr std::size_t counters = 60;
inline constexpr std::size_t monitor_record_bytes = 8 + 8 + 2 * counters * 8;
inline constexpr std::size_t monitor_record_head_bytes = 16;  // second and type
static_assert(monitor_record_bytes == 976);

enum class ProcessType : std::uint64_t { client = 0, server = 1 };

using Counters = std::array<std::uint64_t, counters>;

// A difference of two counts that were not read at one instant may be negative: then it is zero.
inline void put(Counters& all, std::size_t index, std::int64_t value) {
  all[index] = value < 0 ? 0 : static_cast<std::uint64_t>(value);
}

// Indices of the counters of one second. 0..6 count messages by their command: a server counts
// what it reads, a client what it reads, and opens (5) that it sends.
namespace in_second {
inline constexpr std::size_t login_request = 0;  // a client may count what it sends (ours does)
inline constexpr std::size_t login_response = 1;
inline constexpr std::size_t shake_request = 2;  // a client may count what it sends (ours does)
inline constexpr std::size_t shake_response = 3;
inline constexpr std::size_t packet_for_you = 4;  // a sent packet, told to a recipient
inline constexpr std::size_t open_request = 5;
inline constexpr std::size_t open_response = 6;
inline constexpr std::size_t request = 10;  // client: sent (the original's: no opens); server: read
inline constexpr std::size_t response = 11;  // client: read; server: ours counts what it writes
inline constexpr std::size_t dropped = 12;   // ours, server: found a queue full, no answer
inline constexpr std::size_t not_sent = 13;  // ours, client: due by the plan, but skipped
inline constexpr std::size_t won = 14;   // client: answers with a packet; server: packets issued
inline constexpr std::size_t none = 15;  // client: answers "none"
inline constexpr std::size_t all_gone = 16;  // unused
inline constexpr std::size_t overload = 17;  // client: answers "overload"; server: refused (ours)
inline constexpr std::size_t sent = 18;      // server: packets handed to a shake
inline constexpr std::size_t lost =
    19;  // ours, client: requests lost with a connection, or timed out
inline constexpr std::size_t latency_first = 40;   // ours: latency_buckets counters, see below
inline constexpr std::size_t latency_sum_us = 58;  // ours: sum of all latencies, microseconds
inline constexpr std::size_t latency_max_us = 59;  // ours: the largest one; combined by maximum
}  // namespace in_second

// Indices of the counters since the start of the process.
namespace since_start {
inline constexpr std::size_t connected = 20;      // connections opened (ours; zero in the original)
inline constexpr std::size_t disconnected = 21;   // and closed again, whoever did it
inline constexpr std::size_t shake_packets = 22;  // server: issued; client: received
inline constexpr std::size_t shake_packets_received = 23;  // unused: a client counts under 22
inline constexpr std::size_t shake_cents_issued = 24;
inline constexpr std::size_t shake_cents_received = 25;
inline constexpr std::size_t sent_packets = 30;   // server: issued; client: told about
inline constexpr std::size_t shares_opened = 31;  // shares of sent packets, given or received
inline constexpr std::size_t sent_cents_issued = 32;
inline constexpr std::size_t sent_cents_received = 33;
// Ours: a number that this process shares with no other, so that one that connects again is known
// to be the same and is not counted twice. 0: unknown. Never added up.
inline constexpr std::size_t identity = 59;
}  // namespace since_start

// Latencies from the intended instant. Bucket i holds what is at most latency_bounds_us[i] and
// above the bound before it; the last bucket holds what is above all bounds.
inline constexpr std::size_t latency_buckets = 18;
inline constexpr std::array<std::uint64_t, latency_buckets - 1> latency_bounds_us = {
    50,     100,     200,     500,     1'000,     2'000,     5'000,     10'000,    20'000,
    50'000, 100'000, 200'000, 500'000, 1'000'000, 2'000'000, 5'000'000, 10'000'000};
std::size_t latency_bucket(std::uint64_t latency_us);

// Counts one latency into the counters of its second.
void count_latency(Counters& of_second, std::uint64_t latency_us);

struct MonitorRecord {
  std::uint64_t second = 0;  // unix time
  ProcessType type = ProcessType::client;
  Counters in_second{}, since_start{};
  bool operator==(const MonitorRecord&) const = default;
};

using MonitorRecordBytes = std::array<std::byte, monitor_record_bytes>;
MonitorRecordBytes encode(const MonitorRecord& record);

// Of exactly monitor_record_bytes; nothing where check_head or check_counters finds a fault.
std::optional<MonitorRecord> decode(std::span<const std::byte> bytes);

// What makes these first 16 bytes no record, in one sentence; nothing where they may be one.
// Any type but 0 and 1 is malformed (the original's monitor took all others for servers).
std::optional<std::string> check_head(std::span<const std::byte> head);

// The same for the counters of a whole record: the original's are signed, so none reaches 2^63.
std::optional<std::string> check_counters(std::span<const std::byte> bytes);

}  // namespace springtide::live::wire
