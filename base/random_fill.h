// Words of a stream in rows, several blocks of Philox side by side: what Stream::fill is made of.
// For it and its test, which looks at every width that this processor has.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace springtide {

// The words of the blocks from `block` on, from the front and in whole rows of at most `widest`
// words (8 or 16, where the processor has them); how many they are, 0 where it has none.
std::size_t fill_rows(std::span<std::uint64_t> words, std::uint64_t block, std::uint64_t entity,
                      std::uint64_t key, int widest = 16);

}  // namespace springtide
