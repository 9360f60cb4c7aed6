// A distribution of durations as a table of quantiles, for a draw that costs two loads.
//
// 4096 cells of equal probability; within a cell values lie evenly between its ends. The outermost
// ends are the quantiles of 2^-21 and 1 - 2^-21: of the two outermost cells only the mean is
// changed a little, and nothing beyond a probability of 2^-21 is ever drawn. A constant is exact;
// others are rounded to 2^shift ns, at most a 2^31st of the largest value.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <vector>

#include "base/distribution.h"

namespace springtide::models::fleet {

class DelayTable {
 public:
  static constexpr int cell_bits = 12, within_bits = 9;
  static constexpr int bits = cell_bits + within_bits;  // of a random word, that a draw uses

  explicit DelayTable(const Distribution& distribution);

  // ns, for `bits` uniform bits (the lowest; others are ignored).
  std::int64_t draw(std::uint64_t random) const {
    const std::uint64_t cell = random >> within_bits & ((1u << cell_bits) - 1);
    std::uint64_t both;  // ends of the cell: one load
    std::memcpy(&both, &ends_[cell], sizeof both);
    if constexpr (std::endian::native == std::endian::big) both = both >> 32 | both << 32;
    const std::uint64_t low = both & 0xffffffff, high = both >> 32;
    const std::uint64_t within = random & ((1u << within_bits) - 1);
    return static_cast<std::int64_t>((low + ((high - low) * within >> within_bits)) << shift_);
  }
  std::int64_t median() const { return draw(std::uint64_t{1} << (bits - 1)); }

 private:
  std::vector<std::uint32_t> ends_;  // of cells, in 2^shift ns
  int shift_ = 0;
};

}  // namespace springtide::models::fleet
