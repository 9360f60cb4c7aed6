#include "models/fleet/server/arrays/delay_table.h"

#include <algorithm>
#include <array>
#include <bit>

#include "models/fleet/server/arrays/every_width.h"
#include "models/fleet/server/arrays/sum_of_two.h"
#include "workload/crowd/draw/quantiles.h"

namespace springtide::models::fleet {
namespace {

constexpr std::uint32_t cells = 1u << DelayTable::cell_bits;

std::vector<double> probabilities() {
  constexpr double outermost = 1.0 / (1u << DelayTable::bits);
  std::vector<double> all;
  for (std::uint32_t i = 0; i <= cells; ++i)
    all.push_back(std::clamp(static_cast<double>(i) / cells, outermost, 1 - outermost));
  return all;
}

std::vector<std::int64_t> ends_of(const Distribution& distribution) {
  if (std::holds_alternative<Constant>(distribution.form()))
    return std::vector<std::int64_t>(cells + 1, distribution.minimum().ns);
  const workload::QuantileFunction quantile(distribution);
  std::vector<std::int64_t> ns;
  for (const double probability : probabilities())
    ns.push_back(Duration::from_seconds(quantile(probability)).ns);
  return ns;
}

}  // namespace

DelayTable::DelayTable(const Distribution& distribution) : DelayTable(ends_of(distribution)) {}

DelayTable DelayTable::of_sum(const Distribution& distribution) {
  if (std::holds_alternative<Constant>(distribution.form()))
    return DelayTable(std::vector<std::int64_t>(cells + 1, distribution.minimum().ns * 2));
  return DelayTable(quantiles_of_sum(workload::QuantileFunction(distribution), probabilities()));
}

DelayTable::DelayTable(const std::vector<std::int64_t>& ends) {
  const int width = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(ends.back())));
  shift_ = std::max(width - 32, 0);
  for (const std::int64_t end : ends) ends_.push_back(static_cast<std::uint32_t>(end >> shift_));
}

// First the cells, for which there is no shorter way than one load after the other.
SPRINGTIDE_EVERY_WIDTH void DelayTable::draw(const std::uint64_t* random, std::size_t n,
                                             int first_bit, std::int64_t* values) const {
  std::array<std::uint64_t, most> found;
  const std::uint32_t* const ends = ends_.data();
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint32_t* const cell =
        ends + (random[i] >> (first_bit + within_bits) & ((1u << cell_bits) - 1));
    found[i] = std::uint64_t{cell[1]} << 32 | cell[0];
  }
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint64_t begin = found[i] & 0xffff'ffff, width = (found[i] >> 32) - begin;
    const std::uint64_t within = random[i] >> first_bit & ((1u << within_bits) - 1);
    values[i] = static_cast<std::int64_t>((begin + (width * within >> within_bits)) << shift_);
  }
}

}  // namespace springtide::models::fleet
