// What inputs that are not known exactly make of what follows from them.
//
// Each uncertain input {low, mid, high, confidence} is drawn, independently of the others, from a
// split distribution: half of the draws lie below `mid` and half above; within each half they are
// normal in the logarithm (in the value itself where `low` is zero), just so wide that [low, high]
// holds the stated confidence. A confidence of 100 % spreads each half evenly between its bounds.
// Shares end at 100 %.
//
// The draws are seeded, so the estimate is the same again. Results are told as the middle four
// fifths of the draws (`level`): with inputs as stated, the truth lies there in 80 cases of 100.
// Draws that exceed a capacity tell how likely a link is to give way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/chain/estimate/demand.h"

namespace springtide::models::chain::estimate {

inline constexpr std::size_t draw_count = 4000;
inline constexpr double level = 0.8;

struct Spread {
  double low = 0, high = 0;
};

class Draws {
 public:
  Draws(const Demand& demand, std::uint64_t seed);

  // Source by source, the value of each draw.
  const std::vector<std::vector<double>>& sources() const { return sources_; }
  // The share of the draws in which every input of the source lies within its bounds.
  double all_within(const Source& source) const;

  // Of a sum of sources, each with its constant.
  std::vector<double> sums(const std::vector<double>& per_source) const;

 private:
  const Demand& demand_;
  std::vector<std::vector<double>> factors_, sources_;
};

Spread spread_of(std::vector<double> values);
double share_above(const std::vector<double>& values, double bound);

}  // namespace springtide::models::chain::estimate
