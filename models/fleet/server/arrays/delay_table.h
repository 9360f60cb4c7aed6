// A distribution of durations as a table of quantiles, for a draw that costs one load.
//
// 4096 cells of equal probability; within a cell values lie evenly between its ends. The outermost
// ends are the quantiles of 2^-21 and 1 - 2^-21: of the two outermost cells only the mean is
// changed a little, and nothing beyond a probability of 2^-21 is ever drawn. A constant is exact;
// others are rounded to 2^shift ns, at most a 2^31st of the largest value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/distribution.h"

namespace springtide::models::fleet {

class DelayTable {
 public:
  static constexpr int cell_bits = 12, within_bits = 9;
  static constexpr int bits = cell_bits + within_bits;  // of a random word, that a draw uses

  explicit DelayTable(const Distribution& distribution);
  // Of the sum of two independent draws (sum_of_two.h).
  static DelayTable of_sum(const Distribution& distribution);

  // ns, for `bits` uniform bits (the lowest; others are ignored).
  std::int64_t draw(std::uint64_t random) const {
    const std::uint32_t* const cell = &ends_[random >> within_bits & ((1u << cell_bits) - 1)];
    const std::uint64_t within = random & ((1u << within_bits) - 1);
    const std::uint64_t width = cell[1] - cell[0];
    return static_cast<std::int64_t>((cell[0] + (width * within >> within_bits)) << shift_);
  }
  std::int64_t median() const { return draw(std::uint64_t{1} << (bits - 1)); }

  // Each of n values becomes what `bits` bits of a random word give, those from `first_bit` on; n
  // is at most `most`. The same as one after the other, several at once.
  static constexpr std::size_t most = 256;
  void draw(const std::uint64_t* random, std::size_t n, int first_bit, std::int64_t* values) const;

 private:
  explicit DelayTable(const std::vector<std::int64_t>& ends);

  std::vector<std::uint32_t> ends_;  // of the cells, in 2^shift ns: 16 KiB, half of a first cache
  int shift_ = 0;
};

}  // namespace springtide::models::fleet
