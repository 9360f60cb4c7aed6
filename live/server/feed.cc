#include "live/server/feed.h"

#include "base/time.h"

namespace springtide::live::server {

wire::MonitorRecord record_of(std::int64_t unix_second, const Counts& in_second,
                              const Counts& total) {
  using wire::put;
  namespace now = wire::in_second;
  namespace all = wire::since_start;
  wire::MonitorRecord record;
  record.second = static_cast<std::uint64_t>(unix_second);
  record.type = wire::ProcessType::server;
  const Counts& s = in_second;
  put(record.in_second, now::login_request, s[Count::logins]);
  put(record.in_second, now::shake_request, s[Count::shakes]);
  put(record.in_second, now::open_request, s[Count::opens]);
  put(record.in_second, now::open_response, s[Count::opened]);
  put(record.in_second, now::request, s[Count::requests]);
  put(record.in_second, now::response, s.answers());
  put(record.in_second, now::dropped, s.dropped() + s[Count::unknown_packet]);
  put(record.in_second, now::won, s[Count::shake_packets]);
  put(record.in_second, now::overload, s[Count::overloaded]);
  put(record.in_second, now::sent, s[Count::won] + s[Count::for_you]);
  put(record.since_start, all::connected, total[Count::accepted]);
  put(record.since_start, all::disconnected, total.closed());
  put(record.since_start, all::shake_packets, total[Count::shake_packets]);
  put(record.since_start, all::shake_cents_issued, total[Count::cents_issued_shake]);
  put(record.since_start, all::sent_packets, total[Count::sent_packets]);
  put(record.since_start, all::shares_opened, total[Count::opened]);
  put(record.since_start, all::sent_cents_issued, total[Count::cents_issued_sent]);
  return record;
}

monitor::Feed feed_of(const Server& server, const net::Address& monitor) {
  return {monitor, server.first_second(), [&server](std::int64_t unix_second, bool) {
            return record_of(unix_second, server.in_second(unix_second), server.counters());
          }};
}

}  // namespace springtide::live::server
