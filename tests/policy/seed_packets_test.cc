#include "policy/seed_packets.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "base/bytes.h"
#include "base/random.h"

namespace springtide::policy {
namespace {

// The same limits, kept in the obvious way.
struct Ledger {
  SeedLimits limits;
  std::map<std::uint32_t, std::map<std::int64_t, std::int64_t>> had;

  bool may_have(std::uint32_t user, std::int64_t sponsor) {
    std::int64_t all = 0;
    for (const auto& [of, count] : had[user]) all += count;
    return (limits.per_user == 0 || all < limits.per_user) &&
           (limits.per_sponsor == 0 || had[user][sponsor] < limits.per_sponsor);
  }
};

const SeedLimits every_kind[] = {{8, 3, 1}, {1, 1, 1},  {8, 0, 1},   {5, 4, 2},   {5, 3, 0},
                                 {4, 0, 0}, {16, 3, 1}, {9, 0, 5},   {40, 12, 3}, {3, 1000, 700},
                                 {1, 0, 2}, {2, 2, 9},  {17, 17, 1}, {70, 300, 7}};

TEST_CASE("nobody gets more than the limits say, and everybody as much") {
  for (const SeedLimits& limits : every_kind) {
    CAPTURE(limits.sponsors);
    CAPTURE(limits.per_user);
    CAPTURE(limits.per_sponsor);
    PacketHolders holders(limits);
    Ledger ledger{limits, {}};
    Stream stream(3, "test");
    const std::uint32_t users[] = {0, 1, 2, 4'095, 4'096, 9'000, 2'240'000};
    for (int i = 0; i < 4'000; ++i) {
      const std::uint32_t user = users[stream.below(std::size(users))];
      const auto sponsor =
          static_cast<std::int64_t>(stream.below(static_cast<std::uint64_t>(limits.sponsors)));
      REQUIRE(holders.may_have(user, sponsor) == ledger.may_have(user, sponsor));
      bool any = false;
      for (std::int64_t s = 0; s < limits.sponsors; ++s) any = any || ledger.may_have(user, s);
      REQUIRE(holders.may_have_any(user) == any);
      if (!holders.may_have(user, sponsor)) continue;
      holders.give(user, sponsor);
      ++ledger.had[user][sponsor];
    }
  }
}

TEST_CASE("a user costs a byte for each eight sponsors, and nothing before the first packet") {
  CHECK(PacketHolders({8, 3, 1}).bytes_per_user() == 1);
  CHECK(PacketHolders({9, 3, 1}).bytes_per_user() == 2);
  CHECK(PacketHolders({16, 3, 1}).bytes_per_user() == 2);
  CHECK(PacketHolders({100, 3, 0}).bytes_per_user() == 1);
  PacketHolders holders({8, 3, 1});
  CHECK(holders.memory_bytes() < 200);
  holders.give(2'239'999, 3);
  CHECK(holders.memory_bytes() < 20'000);
  for (std::uint32_t user = 0; user < 2'240'000; ++user) holders.give(user, 5);
  CHECK(holders.memory_bytes() < 2'300'000);
}

TEST_CASE(
    "the files of all servers hold every packet of the pool once, each all sponsors in turn") {
  const SeedLimits limits{7, 0, 0};
  for (const std::int64_t servers : {1, 3, 11}) {
    std::set<std::int64_t> numbers;
    for (std::int64_t server = 0; server < servers; ++server) {
      SeedFile file(limits, 1'000, server, servers);
      PacketHolders holders(limits);
      CHECK(file.issue(2'000) == file.count());
      std::int64_t before = -1;
      while (const auto packet = file.take(1, holders)) {
        REQUIRE(packet->sponsor == packet->number % 7);
        REQUIRE(packet->number > before);
        before = packet->number;
        REQUIRE(numbers.insert(packet->number).second);
      }
      CHECK(file.waiting() == 0);
    }
    CHECK(numbers.size() == 1'000);
    CHECK(*numbers.rbegin() == 999);
  }
}

TEST_CASE("a packet waits for a user who may have it; others take the next one") {
  const SeedLimits limits{3, 2, 1};
  SeedFile file(limits, 9, 0, 1);
  PacketHolders holders(limits);
  CHECK(!file.take(1, holders));
  file.issue(4);  // sponsors 0 1 2 0
  CHECK(file.take(1, holders)->number == 0);
  CHECK(file.take(1, holders)->number == 1);
  CHECK(!file.take(1, holders));  // has two
  CHECK(file.take(2, holders)->number == 2);
  CHECK(file.take(2, holders)->number == 3);
  CHECK(file.waiting() == 0);
  file.issue(3);  // 1 2 0
  CHECK(!file.take(2, holders));
  holders.give(3, 1);
  CHECK(file.take(3, holders)->number == 5);  // not one more of sponsor 1
  CHECK(file.waiting() == 2);
  CHECK(file.remaining() == 2);
}

TEST_CASE("servers together issue the rate exactly, each its share") {
  for (const double rate : {50'000.0, 83.3, 0.4}) {
    for (const std::int64_t servers : {1, 7, 638}) {
      std::int64_t sum = 0;
      for (std::int64_t k = 0; k < 200; ++k) {
        for (std::int64_t server = 0; server < servers; ++server) {
          const std::int64_t burst = seed_burst(rate, k, server, servers);
          REQUIRE(burst >= 0);
          REQUIRE(burst <= static_cast<std::int64_t>(rate / static_cast<double>(servers)) + 2);
          sum += burst;
        }
        REQUIRE(sum == static_cast<std::int64_t>(rate * static_cast<double>(k + 1)));
      }
    }
  }
}

TEST_CASE("a packet's amount depends on nothing but seed and number") {
  std::int64_t sum = 0;
  for (std::int64_t i = 0; i < 10'000; ++i) {
    const std::int64_t amount = seed_amount(1, i, 10, 309);
    REQUIRE(amount >= 10);
    REQUIRE(amount <= 309);
    sum += amount;
  }
  CHECK(seed_amount(1, 5, 10, 309) == seed_amount(1, 5, 10, 309));
  CHECK(static_cast<double>(sum) / 10'000 == doctest::Approx(159.5).epsilon(0.02));
}

TEST_CASE("what was saved goes on the same") {
  for (const SeedLimits& limits : every_kind) {
    PacketHolders holders(limits), restored(limits);
    SeedFile file(limits, 5'000, 1, 3), file_restored(limits, 5'000, 1, 3);
    for (std::uint32_t i = 0; i < 600; ++i) {
      file.issue(2);
      file.take(i * 7'919 % 20'011, holders);
    }
    ByteWriter out;
    out(holders, file);
    ByteReader in(out.bytes());
    in(restored, file_restored);
    REQUIRE(in.done());
    for (std::uint32_t i = 0; i < 600; ++i) {
      const auto one = file.take(i * 31 % 20'011, holders);
      const auto other = file_restored.take(i * 31 % 20'011, restored);
      REQUIRE(one.has_value() == other.has_value());
      if (one) REQUIRE(one->number == other->number);
    }
    ByteReader cut(std::span(out.bytes()).first(20));
    restored.restore(cut);
    CHECK_FALSE(cut.good());
    ByteReader again(out.bytes());
    PacketHolders others({limits.sponsors + 1, limits.per_user, limits.per_sponsor});
    others.restore(again);
    CHECK_FALSE(again.good());
  }
}

TEST_CASE("who moves takes along what it has had") {
  const SeedLimits limits{8, 3, 1};
  PacketHolders from(limits), to(limits);
  from.give(70'000, 4);
  to.set(12, from.had_by(70'000));
  CHECK(!to.may_have(12, 4));
  CHECK(to.may_have(12, 3));
  CHECK(to.may_have(13, 4));
  CHECK(from.had_by(70'001).empty());
  to.set(12, from.had_by(70'001));  // one who had none
  CHECK(to.may_have(12, 4));
  CHECK(to.had_by(12).empty());
}

}  // namespace
}  // namespace springtide::policy
