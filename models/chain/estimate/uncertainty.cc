#include "models/chain/estimate/uncertainty.h"

#include <algorithm>

#include "base/portable_math.h"
#include "base/random.h"

namespace springtide::models::chain::estimate {
namespace {

double drawn(const Factor& factor, double u) {
  const Range& range = factor.value;
  if (range.low == range.high) return range.mid;
  const double other = u < 0.5 ? range.low : range.high;
  double value;
  if (range.confidence.value >= 1) {
    value = range.mid + (other - range.mid) * std::abs(2 * u - 1);
  } else {
    const double within = std::max(range.confidence.value, 0.01);
    const double steps = std::abs(normal_quantile(u)) / normal_quantile((1 + within) / 2);
    value = range.low > 0 ? range.mid * portable_exp(steps * portable_log(other / range.mid))
                          : std::max(range.mid + steps * (other - range.mid), 0.0);
  }
  return factor.most > 0 ? std::min(value, factor.most) : value;
}

}  // namespace

Draws::Draws(const Demand& demand, std::uint64_t seed) : demand_(demand) {
  for (const Factor& factor : demand.factors) {
    Stream stream(seed, "estimate/" + factor.client + "/" + factor.name);
    std::vector<double>& values = factors_.emplace_back();
    for (std::size_t i = 0; i < draw_count; ++i) values.push_back(drawn(factor, stream.uniform()));
  }
  for (const Source& source : demand.sources) {
    std::vector<double>& values = sources_.emplace_back(draw_count, 1.0);
    for (const std::size_t factor : source.factors)
      for (std::size_t i = 0; i < draw_count; ++i) values[i] *= factors_[factor][i];
  }
}

double Draws::all_within(const Source& source) const {
  std::size_t count = 0;
  for (std::size_t i = 0; i < draw_count; ++i) {
    bool within = true;
    for (const std::size_t factor : source.factors) {
      const Range& range = demand_.factors[factor].value;
      within = within && factors_[factor][i] >= range.low && factors_[factor][i] <= range.high;
    }
    if (within) ++count;
  }
  return static_cast<double>(count) / static_cast<double>(draw_count);
}

std::vector<double> Draws::sums(const std::vector<double>& per_source) const {
  std::vector<double> sums(draw_count);
  for (std::size_t source = 0; source < sources_.size(); ++source) {
    if (per_source[source] == 0) continue;
    for (std::size_t i = 0; i < draw_count; ++i)
      sums[i] += per_source[source] * sources_[source][i];
  }
  return sums;
}

Spread spread_of(std::vector<double> values) {
  const auto at = [&](double share) {
    const auto nth = static_cast<std::size_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(nth),
                     values.end());
    return values[nth];
  };
  return {at((1 - level) / 2), at((1 + level) / 2)};
}

double share_above(const std::vector<double>& values, double bound) {
  const auto above =
      std::count_if(values.begin(), values.end(), [bound](double value) { return value > bound; });
  return static_cast<double>(above) / static_cast<double>(values.size());
}

}  // namespace springtide::models::chain::estimate
