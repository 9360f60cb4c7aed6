#include <vector>

#include <Random123/philox.h>
#include <doctest/doctest.h>

#include "base/random.h"
#include "base/random_fill.h"

namespace springtide {
namespace {

TEST_CASE("a stream's words are those of Random123's Philox4x32-10") {
  for (const std::uint64_t entity : {std::uint64_t{0}, std::uint64_t{17}, ~std::uint64_t{0}}) {
    Stream stream(42, "words", entity);
    const std::uint64_t key = stream_key(42, "words");
    for (std::uint32_t block = 0; block < 1000; ++block) {
      const auto words = r123::Philox4x32{}(
          {{block, 0, static_cast<std::uint32_t>(entity),
            static_cast<std::uint32_t>(entity >> 32)}},
          {{static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)}});
      REQUIRE(stream.bits() == (words[0] | static_cast<std::uint64_t>(words[1]) << 32));
      REQUIRE(stream.bits() == (words[2] | static_cast<std::uint64_t>(words[3]) << 32));
    }
  }
}

TEST_CASE("many words at a time are those drawn one by one, wherever the stream stands") {
  for (const std::uint64_t entity : {std::uint64_t{3}, std::uint64_t{1} << 40 | 7})
    for (std::size_t before = 0; before < 10; ++before)
      for (std::size_t n = 0; n < 70; ++n) {
        Stream one_by_one(42, "words", entity), at_once(42, "words", entity);
        for (std::size_t i = 0; i < before; ++i) CHECK(one_by_one.bits() == at_once.bits());
        std::vector<std::uint64_t> words(n), expected(n);
        for (std::uint64_t& word : expected) word = one_by_one.bits();
        at_once.fill(words);
        REQUIRE(words == expected);
        CHECK(at_once.draws() == one_by_one.draws());
        CHECK(at_once.bits() == one_by_one.bits());
      }
}

TEST_CASE("rows of every width that the processor has hold the same words, however many") {
  const std::uint64_t entity = std::uint64_t{1} << 40 | 7, key = stream_key(42, "words");
  for (const int widest : {8, 16}) {
    CAPTURE(widest);
    Stream one_by_one(42, "words", entity);
    std::vector<std::uint64_t> expected(200), words(200);
    for (std::uint64_t& word : expected) word = one_by_one.bits();
    const std::size_t done = fill_rows(words, 0, entity, key, widest);
    CHECK((done == 0 || done == 200));
    for (std::size_t i = 0; i < done; ++i) REQUIRE(words[i] == expected[i]);
  }
}

}  // namespace
}  // namespace springtide
