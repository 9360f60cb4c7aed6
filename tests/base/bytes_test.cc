#include "base/bytes.h"

#include <limits>

#include <doctest/doctest.h>

#include "base/random.h"

namespace springtide {
namespace {

enum class Colour : std::uint8_t { red, green };

struct Inner {
  std::int32_t number = 0;
  std::vector<std::uint16_t> list;
  static void state(auto& self, auto& bytes) { bytes(self.number, self.list); }
  bool operator==(const Inner&) const = default;
};

struct All {
  bool flag = false;
  Colour colour = Colour::red;
  std::int64_t number = 0;
  WideInteger wide = 0;
  double real = 0;
  Instant at;
  Duration length;
  std::string text;
  std::vector<bool> bits;
  std::vector<Inner> inner;
  std::vector<std::vector<std::int64_t>> lists;
  std::array<std::uint64_t, 3> array{};
  std::pair<std::uint8_t, Inner> pair;
  std::optional<Inner> some, none;

  static void state(auto& self, auto& bytes) {
    bytes(self.flag, self.colour, self.number, self.wide, self.real, self.at, self.length,
          self.text, self.bits, self.inner, self.lists, self.array, self.pair, self.some,
          self.none);
  }
  bool operator==(const All&) const = default;
};

All sample() {
  All all;
  all.flag = true;
  all.colour = Colour::green;
  all.number = std::numeric_limits<std::int64_t>::min();
  all.wide = -(static_cast<WideInteger>(1) << 100) + 12345;
  all.real = 0.1;
  all.at = Instant{17};
  all.length = Duration{-18};
  all.text = "night";
  all.bits.resize(130);
  all.bits[0] = all.bits[63] = all.bits[64] = all.bits[129] = true;
  all.inner = {{1, {2, 3}}, {-4, {}}};
  all.lists = {{1, 2}, {}, {3}};
  all.array = {7, 8, 9};
  all.pair = {200, {5, {6}}};
  all.some = Inner{11, {12}};
  return all;
}

TEST_CASE("what was written is read again") {
  ByteWriter out;
  out(sample());
  ByteReader in(out.bytes());
  All read;
  read.none = Inner{};
  in(read);
  CHECK(in.done());
  CHECK(read == sample());
}

TEST_CASE("the bytes of a number are little-endian") {
  ByteWriter out;
  out(std::uint32_t{0x01020304}, std::vector<std::uint16_t>{0x0506});
  const std::vector<int> expected = {4, 3, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 6, 5};
  std::vector<int> bytes;
  for (const std::byte byte : out.bytes()) bytes.push_back(std::to_integer<int>(byte));
  CHECK(bytes == expected);
}

TEST_CASE("bytes that end early are never good, wherever they end") {
  ByteWriter out;
  out(sample());
  for (std::size_t size = 0; size < out.bytes().size(); ++size) {
    const std::vector<std::byte> part(out.bytes().begin(),
                                      out.bytes().begin() + static_cast<std::ptrdiff_t>(size));
    ByteReader in(part);
    All read;
    in(read);
    CHECK_FALSE(in.good());
  }
}

TEST_CASE("bytes beyond the end are told") {
  ByteWriter out;
  out(std::uint64_t{1}, std::uint8_t{2});
  ByteReader in(out.bytes());
  std::uint64_t one = 0;
  in(one);
  CHECK(in.good());
  CHECK_FALSE(in.done());
}

TEST_CASE("no byte that is changed makes a reader go beyond its bytes or its memory") {
  ByteWriter out;
  out(sample());
  for (std::size_t at = 0; at < out.bytes().size(); ++at)
    for (const int change : {1, 0x80, 0xff}) {
      std::vector<std::byte> bytes = out.bytes();
      bytes[at] ^= static_cast<std::byte>(change);
      ByteReader in(bytes);
      All read;
      in(read);
      CHECK(read.inner.size() <= bytes.size());
      CHECK(read.bits.size() <= 8 * bytes.size() + 64);
    }
}

TEST_CASE("what must be the same is") {
  ByteWriter out;
  out.same(std::uint64_t{3});
  out.each(std::vector<std::uint8_t>{1, 2});
  ByteReader good(out.bytes());
  std::vector<std::uint8_t> two(2), three(3);
  good.same(std::uint64_t{3});
  good.each(two);
  CHECK(good.done());
  CHECK(two == std::vector<std::uint8_t>{1, 2});
  ByteReader other(out.bytes());
  other.same(std::uint64_t{4});
  CHECK_FALSE(other.good());
  ByteReader longer(out.bytes());
  longer.same(std::uint64_t{3});
  longer.each(three);
  CHECK_FALSE(longer.good());
}

TEST_CASE("a stream goes on where it was") {
  for (const int drawn : {0, 1, 7, 8, 9, 1'000}) {
    Stream stream(3, "bytes", 17), restored(4, "other");
    for (int i = 0; i < drawn; ++i) stream.bits();
    ByteWriter out;
    out(stream);
    ByteReader in(out.bytes());
    in(restored);
    REQUIRE(in.done());
    for (int i = 0; i < 100; ++i) REQUIRE(restored.bits() == stream.bits());
    CHECK(restored.draws() == stream.draws());
  }
}

}  // namespace
}  // namespace springtide
