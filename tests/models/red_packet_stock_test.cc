// The stock of red packets: where every packet and every cent of it is.
#include <map>
#include <set>
#include <vector>

#include <doctest/doctest.h>

#include "models/red_packet/packet_stock.h"

namespace springtide::models::red_packet {
namespace {

spec::RedPacketAccess service_of(int sets, std::int64_t queue) {
  spec::RedPacketAccess service;
  service.sets = sets;
  service.packet_queue = queue;
  return service;
}

spec::PacketPool pool_of(spec::PacketPool::Kind kind, double rate, std::int64_t count) {
  spec::PacketPool pool;
  pool.kind = kind;
  pool.rate = Rate{rate};
  pool.count = count;
  return pool;
}

using Kind = spec::PacketPool::Kind;
using Pools = std::map<std::string, spec::PacketPool>;

bool balanced(const PacketStock& stock) {
  return stock.issued_amount() == stock.taken_amount() + stock.shared_amount() +
                                      stock.waiting_amount() + stock.unopened_amount() +
                                      stock.dropped_amount();
}

TEST_CASE("shake packets go round over the SETs, and go on where the last second ended") {
  const Pools pools{{"a", pool_of(Kind::shake, 200, 500)}};
  PacketStock stock(service_of(256, 1000), pools, 1, "s", 100);
  const auto first = stock.issue(0);
  CHECK(first.shake_packets == 200);
  CHECK(!first.exhausted);
  for (std::size_t set = 0; set < 256; ++set) CHECK(stock.take(set).has_value() == (set < 200));
  stock.issue(0);
  for (std::size_t set = 0; set < 256; ++set)
    CHECK(stock.take(set).has_value() == (set >= 200 || set < 144));
  const auto last = stock.issue(0);
  CHECK(last.shake_packets == 100);
  CHECK(last.exhausted);
  CHECK(stock.issued() == 500);
  CHECK(stock.waiting() == 100);
  CHECK(balanced(stock));
}

TEST_CASE("a SET's packets come first in, first out, each once") {
  PacketStock stock(service_of(2, 1000), Pools{{"a", pool_of(Kind::shake, 10, 40)}}, 1, "s", 100);
  std::set<std::uint32_t> taken;
  for (int round = 0; round < 4; ++round) {
    stock.issue(0);
    for (int i = 0; i < 3; ++i)
      for (std::size_t set = 0; set < 2; ++set) {
        const auto packet = stock.take(set);
        REQUIRE(packet.has_value());
        CHECK(packet->id % 2 == set);
        CHECK(taken.insert(packet->id).second);
        if (packet->id >= 2) CHECK(taken.count(packet->id - 2) == 1);
      }
    CHECK(balanced(stock));
  }
  while (const auto packet = stock.take(0)) CHECK(taken.insert(packet->id).second);
  while (const auto packet = stock.take(1)) CHECK(taken.insert(packet->id).second);
  CHECK(taken.size() == 40);
  CHECK(!stock.taken_twice());
  CHECK(stock.taken_amount() == stock.issued_amount());
}

TEST_CASE("a full queue drops silently what counts as issued") {
  PacketStock stock(service_of(4, 3), Pools{{"a", pool_of(Kind::shake, 20, 20)}}, 1, "s", 100);
  const auto issued = stock.issue(0);
  CHECK(issued.shake_packets == 20);
  CHECK(issued.dropped == 8);
  CHECK(stock.waiting() == 12);
  CHECK(stock.issued() == 20);
  CHECK(stock.dropped_amount() > 0);
  CHECK(balanced(stock));
  int taken = 0;
  for (std::size_t set = 0; set < 4; ++set)
    while (stock.take(set)) ++taken;
  CHECK(taken == 12);
  CHECK(balanced(stock));
}

TEST_CASE("a sent packet goes to three recipients' SETs and its box keeps what is not opened") {
  spec::PacketPool pool = pool_of(Kind::sent, 50, 100);
  pool.first_user = 8, pool.last_user = 12;  // of ten SETs only 8, 9, 0 and 1
  PacketStock stock(service_of(10, 1000), Pools{{"a", pool}}, 1, "s", 100);
  const auto issued = stock.issue(0);
  CHECK(issued.sent_packets == 50);
  CHECK(issued.shake_packets == 0);
  CHECK(stock.waiting() == 150);
  CHECK(stock.waiting_amount() == 0);  // copies are no money: it lies in the boxes
  CHECK(stock.unopened_amount() == issued.amount);
  std::map<std::uint32_t, int> copies;
  for (std::size_t set = 0; set < 10; ++set)
    while (const auto packet = stock.take(set)) {
      CHECK((set == 8 || set == 9 || set <= 1));
      CHECK(packet->sent);
      ++copies[packet->id];
    }
  CHECK(copies.size() == 50);
  std::int64_t received = 0;
  for (const auto& [id, n] : copies) {
    CHECK(n == 3);
    for (int share = 0; share < 3; ++share) {
      received += *stock.open(id);
      CHECK(balanced(stock));
    }
    CHECK(!stock.open(id).has_value());
  }
  CHECK(received == issued.amount);
  CHECK(stock.shared_amount() == issued.amount);
  CHECK(!stock.open(4'000'000).has_value());
}

TEST_CASE("random issuing, taking and opening keeps the account to the cent") {
  for (std::uint64_t number = 0; number < 50; ++number) {
    Stream stream(3, "stock", number);
    const int sets = 1 + static_cast<int>(stream.below(20));
    const Pools pools{{"a", pool_of(Kind::shake, 30, 200)}, {"b", pool_of(Kind::sent, 7, 40)}};
    PacketStock stock(service_of(sets, 1 + static_cast<std::int64_t>(stream.below(10))), pools,
                      number, "s", 1000);
    std::vector<std::uint32_t> to_open;
    std::int64_t issued = 0, received = 0, found = 0, pieces = 0;
    for (int i = 0; i < 2000; ++i) {
      if (stream.below(100) == 0) {
        const auto second = stock.issue(stream.below(2));
        issued += second.amount;
        pieces += second.shake_packets + 3 * second.sent_packets - second.dropped;
      } else if (!to_open.empty() && stream.below(2) == 0) {
        received += *stock.open(to_open.back());
        to_open.pop_back();
      } else if (const auto packet = stock.take(stream.below(static_cast<std::uint64_t>(sets)));
                 packet) {
        ++found;
        if (packet->sent)
          to_open.push_back(packet->id);
        else
          received += packet->amount;
      }
      REQUIRE(balanced(stock));
    }
    CHECK(pieces == found + stock.waiting());
    CHECK(stock.issued_amount() == issued);
    CHECK(stock.taken_amount() + stock.shared_amount() == received);
    CHECK(!stock.taken_twice());
  }
}

}  // namespace
}  // namespace springtide::models::red_packet
