#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "base/random.h"

namespace springtide {
namespace {

std::vector<std::uint64_t> words(Stream stream, int count = 100) {
  std::vector<std::uint64_t> found;
  for (int i = 0; i < count; ++i) found.push_back(stream.bits());
  return found;
}

TEST_CASE("a stream is a function of its seed, name and entity, and of nothing else") {
  CHECK(words(Stream(1, "a", 2)) == words(Stream(1, "a", 2)));
  CHECK(words(Stream(1, "a", 2)) != words(Stream(2, "a", 2)));
  CHECK(words(Stream(1, "a", 2)) != words(Stream(1, "b", 2)));
  CHECK(words(Stream(1, "a", 2)) != words(Stream(1, "a", 3)));
  CHECK(words(Stream(1, "")) != words(Stream(1, "a")));
}

TEST_CASE("the key of a stream is pinned: an old run can be repeated") {
  CHECK(stream_key(0, "") == 0x2d06800538d394c2ULL);
}

TEST_CASE("streams of neighbouring entities are not correlated") {
  constexpr int count = 100'000;
  for (const std::uint64_t entity : {0, 1, 1000}) {
    Stream first(7, "service", entity), second(7, "service", entity + 1);
    double sum = 0;
    for (int i = 0; i < count; ++i) sum += (first.uniform() - 0.5) * (second.uniform() - 0.5);
    // the products have mean 0 and standard deviation 1/12
    CHECK(std::abs(sum / count) < 4.0 / 12 / std::sqrt(count));
  }
}

TEST_CASE("uniform lies strictly between 0 and 1, with mean 1/2 and variance 1/12") {
  Stream stream(3, "uniform");
  constexpr int count = 1'000'000;
  double sum = 0, squares = 0;
  for (int i = 0; i < count; ++i) {
    const double u = stream.uniform();
    REQUIRE((u > 0 && u < 1));
    sum += u;
    squares += (u - 0.5) * (u - 0.5);
  }
  CHECK(std::abs(sum / count - 0.5) < 4 * std::sqrt(1.0 / 12 / count));
  CHECK(std::abs(squares / count - 1.0 / 12) < 4 * std::sqrt(1.0 / 180 / count));
}

TEST_CASE("below(n) reaches every number under n equally often") {
  Stream stream(5, "below");
  for (const std::uint64_t n : {1, 2, 3, 10, 1000}) {
    std::vector<int> hits(n, 0);
    constexpr int each = 1000;
    for (std::uint64_t i = 0; i < n * each; ++i) ++hits.at(stream.below(n));
    double chi2 = 0;
    for (const int hit : hits) chi2 += (hit - each) * (hit - each) / double{each};
    const auto freedom = static_cast<double>(n - 1);
    CHECK(chi2 <= freedom + 4.5 * std::sqrt(2 * freedom));
  }
}

TEST_CASE("below(n) has no bias where n does not divide the range of a word") {
  // n = 3 * 2^62: by a plain remainder, a third of all numbers would come up twice as often.
  Stream stream(5, "bias");
  constexpr std::uint64_t n = std::uint64_t{3} << 62;
  constexpr int count = 100'000;
  int low = 0;
  for (int i = 0; i < count; ++i) low += stream.below(n) < n / 3 ? 1 : 0;
  CHECK(std::abs(low - count / 3.0) < 4 * std::sqrt(count * 2.0 / 9));
}

TEST_CASE("chance(p) comes true with probability p") {
  Stream stream(6, "chance");
  constexpr int count = 200'000;
  for (const double p : {0.004, 0.5, 0.99}) {
    int hits = 0;
    for (int i = 0; i < count; ++i) hits += stream.chance(p) ? 1 : 0;
    CHECK(std::abs(hits - count * p) < 4 * std::sqrt(count * p * (1 - p)));
  }
  for (int i = 0; i < 1000; ++i) CHECK_FALSE(stream.chance(0));
  for (int i = 0; i < 1000; ++i) CHECK(stream.chance(1));
}

TEST_CASE("every drawn word is counted") {
  Stream stream(1, "count");
  CHECK(stream.draws() == 0);
  for (int i = 0; i < 20; ++i) (void)stream.uniform();
  CHECK(stream.draws() == 20);
}

}  // namespace
}  // namespace springtide
