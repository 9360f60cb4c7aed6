#include <Random123/philox.h>
#include <doctest/doctest.h>

#include "base/random.h"

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

}  // namespace
}  // namespace springtide
