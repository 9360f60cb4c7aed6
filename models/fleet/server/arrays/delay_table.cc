#include "models/fleet/server/arrays/delay_table.h"

#include <algorithm>
#include <array>
#include <bit>

#include "models/fleet/server/arrays/every_width.h"
#include "workload/crowd/draw/quantiles.h"

namespace springtide::models::fleet {

DelayTable::DelayTable(const Distribution& distribution) {
  constexpr std::uint32_t cells = 1u << cell_bits;
  constexpr double outermost = 1.0 / (1u << bits);
  std::vector<std::int64_t> ns(cells + 1, distribution.minimum().ns);
  if (!std::holds_alternative<Constant>(distribution.form())) {
    const workload::QuantileFunction quantile(distribution);
    for (std::uint32_t i = 0; i <= cells; ++i)
      ns[i] = Duration::from_seconds(
                  quantile(std::clamp(static_cast<double>(i) / cells, outermost, 1 - outermost)))
                  .ns;
  }
  const int width = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(ns.back())));
  shift_ = std::max(width - 32, 0);
  for (std::uint32_t i = 0; i < cells; ++i) {
    const auto begin = static_cast<std::uint64_t>(ns[i] >> shift_);
    const auto end = static_cast<std::uint64_t>(ns[i + 1] >> shift_);
    cells_.push_back((end - begin) << 32 | begin);
  }
}

// First the cells, for which there is no shorter way than one load after the other.
SPRINGTIDE_EVERY_WIDTH void DelayTable::add_draws(const std::uint64_t* random, std::size_t n,
                                                  int first_bit, std::int64_t* sums) const {
  std::array<std::uint64_t, most> found;
  const std::uint64_t* const cells = cells_.data();
  for (std::size_t i = 0; i < n; ++i)
    found[i] = cells[random[i] >> (first_bit + within_bits) & ((1u << cell_bits) - 1)];
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint64_t begin = found[i] & 0xffff'ffff, width = found[i] >> 32;
    const std::uint64_t within = random[i] >> first_bit & ((1u << within_bits) - 1);
    sums[i] += static_cast<std::int64_t>((begin + (width * within >> within_bits)) << shift_);
  }
}

}  // namespace springtide::models::fleet
