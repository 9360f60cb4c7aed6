// How many are passed over until the next one who reacts, if each does with probability p: the
// geometric number floor(ln u / ln(1 - p)), without going through everybody.
//
// u is a multiple of 2^-32 plus 2^-33. For most of its 4096 upper parts the number is the same all
// over the part: those are kept; where it is not, the logarithm is taken. So nothing is
// approximated.
#pragma once

#include <cstdint>
#include <vector>

#include "base/portable_math.h"

namespace springtide::workload {

class Skips {
 public:
  explicit Skips(double probability) : per_log_(per_log(probability)) {  // 0 .. 1
    for (std::uint32_t part = 0; part < parts; ++part) {
      const std::uint32_t from = part << part_bits;
      const std::uint64_t most = computed(from), least = computed(from + (1u << part_bits) - 1);
      known_.push_back(most == least && most < unknown ? static_cast<std::uint16_t>(most)
                                                       : unknown);
    }
  }

  std::uint64_t operator()(std::uint32_t random) const {
    const std::uint16_t known = known_[random >> part_bits];
    return known != unknown ? known : computed(random);
  }
  std::uint64_t computed(std::uint32_t random) const {
    const double u = (static_cast<double>(random) + 0.5) * 0x1.0p-32;
    const double skip = portable_log(u) * per_log_;
    return static_cast<std::uint64_t>(skip < 1e18 ? skip : 1e18);
  }

 private:
  // 1 / ln(1 - p); near 0 by the first terms of its series (error below 1e-12 of it).
  static double per_log(double p) {
    if (p >= 1) return 0;
    if (p < 1e-6) return p > 0 ? -1 / (p + p * p / 2) : -1e300;
    return 1 / portable_log(1 - p);
  }

  static constexpr std::uint32_t parts = 4096;
  static constexpr int part_bits = 20;
  static constexpr std::uint16_t unknown = 0xffff;

  double per_log_;
  std::vector<std::uint16_t> known_;
};

}  // namespace springtide::workload
