#include "reports/compare/resampled.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace springtide::reports {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

// Grows the last excursion, or begins one.
void extend(std::vector<Excursion>& found, std::size_t at, double distance, const DipRule& rule) {
  if (found.empty() || at - found.back().last > rule.join_within) found.push_back({at, at, 0, 0});
  Excursion& current = found.back();
  current.last = at;
  current.depth = std::max(current.depth, distance);
  current.sum += distance;
}

}  // namespace

Resampled::Resampled(std::span<const double> values, const DipRule& rule, bool excursions)
    : rule_(rule),
      excursions_(excursions),
      n_(values.size()),
      block_(std::clamp<std::size_t>(values.size() / 8, 1, 130)),
      sums_(1, 0),
      squares_(1, 0),
      present_(1, 0) {
  double sum = 0;
  for (const double value : values)
    if (!std::isnan(value)) distinct_.push_back(value), sum += value;
  if (!distinct_.empty()) center_ = sum / static_cast<double>(distinct_.size());
  std::sort(distinct_.begin(), distinct_.end());
  distinct_.erase(std::unique(distinct_.begin(), distinct_.end()), distinct_.end());
  counts_.resize(distinct_.size() + 1);
  for (std::size_t i = 0; i < 2 * n_; ++i) {
    const double value = values[i % n_];
    const bool missing = std::isnan(value);
    const double from_center = missing ? 0 : value - center_;
    twice_.push_back(value);
    sums_.push_back(sums_.back() + from_center);
    squares_.push_back(squares_.back() + from_center * from_center);
    present_.push_back(present_.back() + (missing ? 0 : 1));
    const auto rank =
        missing ? distinct_.end() : std::lower_bound(distinct_.begin(), distinct_.end(), value);
    rank_.push_back(static_cast<std::uint32_t>(rank - distinct_.begin()));
  }
}

void Resampled::draw(Stream& stream) {
  blocks_.clear();
  for (std::size_t filled = 0; filled < n_;) {
    const std::size_t begin = stream.below(n_);
    const std::size_t length = std::min(block_, n_ - filled);
    blocks_.push_back({begin, begin + length});
    filled += length;
  }
}

void Resampled::describe_sums() {
  double sum = 0, squares = 0;
  std::size_t present = 0;
  for (const Block& block : blocks_) {
    sum += sums_[block.end] - sums_[block.begin];
    squares += squares_[block.end] - squares_[block.begin];
    present += present_[block.end] - present_[block.begin];
  }
  result_.n = present;
  const auto n = static_cast<double>(present);
  const double off = present > 0 ? sum / n : nothing;
  result_.mean = center_ + off;
  result_.sd = std::sqrt(std::max(0.0, squares / n - off * off));
  if (present == 0) result_.sd = nothing;
}

void Resampled::describe_quantiles() {
  std::fill(counts_.begin(), counts_.end(), 0);
  for (const Block& block : blocks_)
    for (std::size_t i = block.begin; i < block.end; ++i) ++counts_[rank_[i]];
  constexpr std::array shares{0.01, 0.05, 0.5, 0.95, 0.99};
  double* const quantiles[] = {&result_.p1, &result_.p5, &result_.p50, &result_.p95, &result_.p99};
  std::size_t rank = 0, below = 0;  // how many values have a smaller rank
  const auto value_at = [&](std::size_t place) {
    if (place < below) rank = below = 0;  // of few values, two shares are at one place
    while (rank < distinct_.size() && below + counts_[rank] <= place) below += counts_[rank++];
    return rank < distinct_.size() ? distinct_[rank] : nothing;
  };
  for (std::size_t i = 0; i < shares.size(); ++i) {
    if (result_.n == 0) {
      *quantiles[i] = nothing;
      continue;
    }
    const double at = shares[i] * static_cast<double>(result_.n - 1);
    const auto first = static_cast<std::size_t>(at);
    const double low = value_at(first), high = value_at(std::min(first + 1, result_.n - 1));
    *quantiles[i] = low + (high - low) * (at - static_cast<double>(first));
  }
}

void Resampled::describe_excursions() {
  result_.target = rule_.target.value_or(result_.p50);
  result_.below = result_.target != 0 ? (result_.target - result_.mean) / result_.target : nothing;
  result_.dips.clear();
  result_.spikes.clear();
  result_.dip_seconds = result_.median_depth = result_.max_depth = 0;
  if (!excursions_) return;
  std::size_t at = 0, dip_seconds = 0;
  for (const Block& block : blocks_)
    for (std::size_t i = block.begin; i < block.end; ++i, ++at) {
      const double deficit = result_.target - twice_[i];
      if (deficit > rule_.threshold) {
        extend(result_.dips, at, deficit, rule_);
        ++dip_seconds;
      } else if (-deficit > rule_.threshold) {
        extend(result_.spikes, at, -deficit, rule_);
      }
    }
  result_.dip_seconds = static_cast<double>(dip_seconds);
  if (result_.dips.empty()) return;
  std::vector<double> depths;
  for (const Excursion& dip : result_.dips) depths.push_back(dip.depth);
  std::sort(depths.begin(), depths.end());
  result_.median_depth = interpolated_quantile(depths, 0.5);
  result_.max_depth = depths.back();
}

const SeriesStatistics& Resampled::next(Stream& stream) {
  draw(stream);
  describe_sums();
  describe_quantiles();
  describe_excursions();
  return result_;
}

std::vector<double> Resampled::half_widths(std::span<const Statistic> statistics,
                                           std::size_t resamples, double level, Stream& stream) {
  if (distinct_.size() <= 1) resamples = std::min<std::size_t>(resamples, 2);  // all are alike
  std::vector<std::vector<double>> values(statistics.size());
  for (std::size_t r = 0; r < resamples; ++r) {
    const SeriesStatistics& one = next(stream);
    for (std::size_t i = 0; i < statistics.size(); ++i) values[i].push_back(statistics[i](one));
  }
  std::vector<double> widths;
  for (std::vector<double>& of : values) {
    const bool known = std::none_of(of.begin(), of.end(), [](double v) { return std::isnan(v); });
    std::sort(of.begin(), known ? of.end() : of.begin());
    widths.push_back(known ? (interpolated_quantile(of, (1 + level) / 2) -
                              interpolated_quantile(of, (1 - level) / 2)) /
                                 2
                           : nothing);
  }
  return widths;
}

}  // namespace springtide::reports
