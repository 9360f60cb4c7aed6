// What users have had goes with them to another server.
#include "models/fleet/server/stock.h"

#include <doctest/doctest.h>

namespace springtide::models::fleet {
namespace {

// More packets than anybody asks for; one for each user.
Stock stock_of(std::int64_t server) {
  spec::PacketPool pool;
  pool.kind = spec::PacketPool::Kind::seed;
  pool.count = 10'000;
  pool.rate = Rate{1000};
  pool.sponsors = 2;
  pool.per_user = 1;
  return Stock({{"wave", pool}}, 1, server, 2, Duration{});
}

bool wins(Stock& stock, std::uint32_t user) {
  stock.answer(user, second.ns);
  return !stock.take_winners().empty();
}

workload::Group every_second_from(std::uint32_t first, std::uint32_t count) {
  workload::Group group;
  group.count = count;
  group.local_first = first;
  group.local_stride = 2;
  return group;
}

TEST_CASE("who moves takes along what it has had, and nothing of who was there before") {
  Stock lost = stock_of(0), other = stock_of(1);
  REQUIRE(wins(lost, 5));
  REQUIRE_FALSE(wins(lost, 5));
  REQUIRE(wins(other, 102));  // and is gone before the group comes
  ByteWriter bytes;
  lost.pack(every_second_from(3, 4), bytes);  // users 3 5 7 9
  ByteReader in(bytes.bytes());
  REQUIRE(other.unpack(100, 4, in));
  CHECK(in.done());
  CHECK(wins(other, 100));
  CHECK_FALSE(wins(other, 101));
  CHECK(wins(other, 102));
  CHECK(wins(other, 103));
}

TEST_CASE("a server that all have left forgets what they had") {
  Stock lost = stock_of(0);
  REQUIRE(wins(lost, 5));
  REQUIRE_FALSE(wins(lost, 5));
  lost.forget_users();
  CHECK(wins(lost, 5));  // somebody else now
}

TEST_CASE("bytes that are not of such a group are refused") {
  Stock lost = stock_of(0), other = stock_of(1);
  REQUIRE(wins(lost, 9));
  ByteWriter bytes;
  lost.pack(every_second_from(3, 4), bytes);
  ByteReader cut(std::span(bytes.bytes()).first(bytes.bytes().size() - 1));
  CHECK_FALSE(other.unpack(100, 4, cut));
  ByteReader smaller(bytes.bytes());
  CHECK_FALSE(other.unpack(100, 3, smaller));
}

}  // namespace
}  // namespace springtide::models::fleet
