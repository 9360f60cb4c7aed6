#include "models/fleet/server/arrays/delay_table.h"

#include <algorithm>
#include <bit>

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
  for (const std::int64_t end : ns) ends_.push_back(static_cast<std::uint32_t>(end >> shift_));
}

}  // namespace springtide::models::fleet
