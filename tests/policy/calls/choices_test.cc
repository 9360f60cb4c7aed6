// Balancing and back-off.
#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

#include "policy/calls/back_off.h"
#include "policy/calls/balancing.h"

namespace springtide::policy {
namespace {

// Balls into bins: as many balls as bins, none leaves.
int fullest(Balancing kind, std::uint32_t bins) {
  Balancer balancer(kind);
  Stream stream(3, "balls");
  std::vector<int> load(bins);
  for (std::uint32_t i = 0; i < bins; ++i)
    ++load[balancer.choose(
        bins, [&](std::uint32_t bin) { return load[bin]; }, stream)];
  return *std::max_element(load.begin(), load.end());
}

TEST_CASE("balls into bins: looking at two is worth nearly as much as looking at all") {
  constexpr std::uint32_t bins = 4096;
  CHECK(fullest(Balancing::round_robin, bins) == 1);
  CHECK(fullest(Balancing::least_loaded, bins) == 1);
  // ln n / ln ln n (1 + o(1)), against ln ln n / ln 2 + O(1): Mitzenmacher 2001
  CHECK(fullest(Balancing::random, bins) >= 5);
  CHECK(fullest(Balancing::two_choices, bins) <= 4);
  CHECK(fullest(Balancing::two_choices, bins) >= 2);
}

TEST_CASE("round robin begins with the first, and one instance is always chosen") {
  Balancer balancer(Balancing::round_robin);
  Stream stream(4, "round");
  const auto idle = [](std::uint32_t) { return 0; };
  for (std::uint32_t i = 0; i < 7; ++i) CHECK(balancer.choose(3, idle, stream) == i % 3);
  CHECK(balancer.choose(1, idle, stream) == 0);
  CHECK(stream.draws() == 0);
}

TEST_CASE("the two choices are two: the most loaded of two is never chosen") {
  Balancer balancer(Balancing::two_choices);
  Stream stream(5, "two");
  for (int i = 0; i < 200; ++i)
    CHECK(balancer.choose(
              2, [](std::uint32_t bin) { return bin == 1 ? 0 : 1; }, stream) == 1);
}

TEST_CASE("back-off grows by its factor, up to the longest, and draws nothing it does not need") {
  Stream stream(6, "back-off");
  BackOffRule rule{Distribution(Constant{millisecond * 100}), 2, 0, second};
  const std::vector<std::int64_t> expected{100, 200, 400, 800, 1000, 1000};
  for (std::size_t i = 0; i < expected.size(); ++i)
    CHECK(back_off(rule, static_cast<std::int64_t>(i + 1), stream) == millisecond * expected[i]);
  CHECK(stream.draws() == 0);
}

TEST_CASE("jitter takes off a uniform share and never adds") {
  Stream stream(7, "jitter");
  const BackOffRule rule{Distribution(Constant{second}), 1, 0.4, minute};
  double sum = 0;
  for (int i = 0; i < 2000; ++i) {
    const Duration wait = back_off(rule, 1 + i % 3, stream);
    REQUIRE(wait <= second);
    REQUIRE(wait >= millisecond * 600);
    sum += wait.seconds();
  }
  CHECK(sum / 2000 == doctest::Approx(0.8).epsilon(0.01));
}

}  // namespace
}  // namespace springtide::policy
