#include "policy/red_packets.h"

#include <array>
#include <cmath>

#include <doctest/doctest.h>

namespace springtide::policy {
namespace {

TEST_CASE("amounts are uniform on both ends included") {
  Stream stream(3, "amounts");
  std::array<int, 5> seen{};
  for (int i = 0; i < 50'000; ++i) {
    const std::int64_t amount = draw_amount(10, 14, stream);
    REQUIRE(amount >= 10);
    REQUIRE(amount <= 14);
    ++seen[static_cast<std::size_t>(amount - 10)];
  }
  // 10 000 expected, standard deviation 89.4; 99.9 % of each lie within 3.29 of them
  for (const int n : seen) CHECK(std::abs(n - 10'000) < 295);
  CHECK(draw_amount(7, 7, stream) == 7);
}

TEST_CASE("the shares of a packet sum to its amount, whatever it is, and none is negative") {
  Stream stream(4, "shares");
  OpenBox box;
  for (std::int64_t amount = 0; amount < 400; ++amount)
    for (int shares = 1; shares <= 5; ++shares) {
      box.put(1, amount, shares);
      CHECK(box.rest() == amount);
      std::int64_t sum = 0;
      for (int i = 0; i < shares; ++i) {
        const auto part = box.open(1, stream);
        REQUIRE(part.has_value());
        REQUIRE(*part >= 0);
        sum += *part;
        REQUIRE(box.rest() == amount - sum);
      }
      REQUIRE(sum == amount);
      REQUIRE(!box.open(1, stream).has_value());
      REQUIRE(box.open_records() == 0);
    }
}

TEST_CASE("of three shares the first is A/6, the second 5A/24, the last 5A/8 in the mean") {
  constexpr int packets = 40'000;
  constexpr double amount = 24'000;
  Stream stream(5, "shares");
  OpenBox box;
  std::array<double, 3> sum{}, squares{};
  for (std::uint32_t id = 0; id < packets; ++id) {
    box.put(id, static_cast<std::int64_t>(amount), 3);
    for (std::size_t i = 0; i < 3; ++i) {
      const auto part = static_cast<double>(*box.open(id, stream));
      sum[i] += part;
      squares[i] += part * part;
    }
  }
  const std::array<double, 3> expected = {amount / 6, amount * 5 / 24, amount * 5 / 8};
  for (std::size_t i = 0; i < 3; ++i) {
    const double mean = sum[i] / packets;
    const double sd = std::sqrt(squares[i] / packets - mean * mean);
    const double half_width = 3.29 * sd / std::sqrt(packets) + 1;  // 1: parts are rounded down
    CAPTURE(i);
    CHECK(half_width / expected[i] < 0.01);
    CHECK(std::abs(mean - expected[i]) < half_width);
  }
}

TEST_CASE("an unknown packet has no share, and a record goes with its last share") {
  Stream stream(6, "shares");
  OpenBox box;
  CHECK(!box.open(9, stream).has_value());
  box.put(9, 100, 2);
  box.put(10, 50, 1);
  CHECK(box.open_records() == 2);
  CHECK(box.open(9, stream).has_value());
  CHECK(box.open_records() == 2);
  CHECK(box.open(9, stream).has_value());
  CHECK(box.open_records() == 1);
  CHECK(!box.open(9, stream).has_value());
  CHECK(box.rest() == 50);
}

}  // namespace
}  // namespace springtide::policy
