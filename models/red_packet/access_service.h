// What an access server decides, whatever runtime carries it: the limit of a second, which SET and
// box has room, which packet a shake gets, and the counters by the second of the server's clock, as
// the original monitor kept them.
//
//   request --read()--> "overload" | login answer | SET
//   SET:  admit() ... leave()          a bounded number between the two; dropped silently above it
//   shake --serve()--> packet | packet for you | nothing        open --admit_open()--> box
//   box:  open() --> share
//
// Where requests wait between these calls, what a call costs and who makes it belongs to the
// runtimes: access_server.h (goroutines), event_loop/loop_server.h (processes with one loop each).
// A user belongs to SET user mod `sets`. Instants are true time.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "measure/histogram.h"
#include "measure/series.h"
#include "models/red_packet/backlog.h"
#include "models/red_packet/packet_stock.h"
#include "policy/second_limit.h"
#include "spec/scenario.h"

namespace springtide::models::red_packet {

struct AccessCounts {  // by the second of the server's clock
  measure::SecondCounter requests, logins, shakes, opens, responses, won, none, overloaded, dropped,
      shake_packets_issued, sent_packets_issued, shares_opened, accepted, packets_dropped,
      pure_acks_sent, packets_sent, bytes_sent, amount_issued;
};

class AccessService {
 public:
  AccessService(const spec::RedPacketAccess& service,
                const std::map<std::string, spec::PacketPool>& pools, std::uint64_t seed,
                const std::string& name, std::uint32_t population, Duration clock_offset);

  // A request has been read at `at`; what becomes of it.
  enum class Read { answer_login, refuse, to_set };
  Read read(const Waiting& request, Instant at);

  std::size_t set_of(std::uint32_t user) const { return user % set_lengths_.size(); }
  bool admit(const Waiting& request, Instant at);  // false: dropped
  void leave(std::size_t set, Instant since, Instant at);

  struct Answer {
    Message message;
    std::uint32_t value = 0;
  };
  Answer serve_shake(std::size_t set, Instant at);

  std::optional<std::size_t> admit_open(const Waiting& request, Instant at);  // which box
  // Leaves its box; nothing: an unknown packet, which is dropped.
  std::optional<Answer> open(const Waiting& request, Instant at);

  PacketStock::Issued issue(std::size_t pool, Instant at);

  const spec::RedPacketAccess& spec() const { return service_; }
  AccessCounts& counts() { return counts_; }
  const AccessCounts& counts() const { return counts_; }
  const PacketStock& stock() const { return stock_; }
  const std::vector<std::uint32_t>& longest_set_queue() const { return longest_set_queue_; }
  const measure::Histogram& reading_delay() const { return reading_delay_; }
  const measure::Histogram& set_delay() const { return set_delay_; }
  std::int64_t dropped_opens() const { return dropped_opens_; }
  Instant by_clock(Instant at) const { return at + clock_offset_; }
  std::int64_t clock_second(Instant at) const { return by_clock(at).ns / second.ns; }

 private:
  spec::RedPacketAccess service_;
  Duration clock_offset_;
  std::vector<std::int64_t> set_lengths_, box_lengths_;
  PacketStock stock_;
  policy::SecondLimit limit_;
  AccessCounts counts_;
  std::int64_t dropped_opens_ = 0;
  std::vector<std::uint32_t> longest_set_queue_;  // by second
  measure::Histogram reading_delay_, set_delay_;  // arrival to read, put to taken
};

}  // namespace springtide::models::red_packet
