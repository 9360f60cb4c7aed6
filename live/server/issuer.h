// Who issues red packets: one process, by orders of the scenario and of whoever controls the run.
//
// From the instant at which an order begins, `rate` packets are pushed at once at each whole second
// of the clock until `count` have been: the burst at the boundary of the original. Shake packets go
// round the SETs, one after the other, across seconds and orders. Of a sent packet the record is
// made first, then each of three recipients' SETs gets a copy; the recipients are uniform on
// [first_user, last_user) and may coincide. A full packet queue drops what it gets, silently but
// counted, after it was counted as issued. The model's twin is models/red_packet/packet_stock.h.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "base/random.h"
#include "live/net/process.h"
#include "live/server/counts.h"
#include "live/server/packet_store.h"
#include "live/shared/memory.h"
#include "spec/scenario.h"

namespace springtide::live::server {

struct Order {
  spec::PacketPool::Kind kind = spec::PacketPool::Kind::shake;
  std::int64_t begin_unix_ns = 0;
  std::int64_t rate = 0;  // packets each second
  std::int64_t count = 0;
  std::int64_t amount_low = 10, amount_high = 309;  // cents, both included
  std::uint32_t first_user = 0, last_user = 0;      // of recipients: [first, last)
  std::array<char, 64> name{};                      // of its random streams
};

// Orders on their way to the issuer: one writer, one reader, in shared memory.
class OrderBook {
 public:
  static Result<OrderBook> make(std::size_t capacity = 4096);
  bool post(const Order& order) const;  // false: `capacity` orders have been posted
  std::vector<Order> collect(std::size_t already) const;  // all after the first `already`

 private:
  shared::Memory<Order> orders_;
  shared::Memory<std::atomic<std::size_t>> posted_;
};

class Issuer {
 public:
  Issuer(const PacketStore& store, const OrderBook& orders, const Book& book, std::uint64_t seed);

  // Takes new orders and issues what is due at this instant. Call at each whole second, and never
  // twice in one.
  void issue(std::int64_t unix_ns);
  // Does so by the clock until asked to end.
  int run(net::StopRequest& stop);

 private:
  struct Running {
    Order order;
    std::int64_t left = 0;
    Stream amounts, recipients;
  };
  void issue_one(Running& running, std::int64_t unix_second);
  void issue_shake(std::uint32_t amount, std::int64_t unix_second);
  void issue_sent(Running& running, std::uint32_t amount, std::int64_t unix_second);

  const PacketStore& store_;
  const OrderBook& orders_;
  const Book& book_;
  std::uint64_t seed_;
  std::size_t collected_ = 0;
  std::vector<Running> running_;
  std::uint32_t next_shake_packet_ = first_shake_packet;
  std::size_t next_set_ = 0;
};

}  // namespace springtide::live::server
