// The quantiles of the sum of two independent draws from one distribution of durations: of the way
// there and the way back, of which only the sum counts.
//
// Each draw is taken for one of some 2000 points: the middles of 992 cells of a 1024th each, and,
// where the tails are, the quantiles in the middles of 32 parts of each halving of the probability,
// from 2^-6 down to 2^-24. The sums of all pairs are counted in buckets of a 2048th of their
// distance from the smallest; within a bucket they lie evenly. So a quantile is off by less than a
// thousandth of that distance (half of that where the distribution is smooth), but for what lies
// beyond a probability of 2^-24 on either side. Weights are integers: every machine finds the same.
#pragma once

#include <cstdint>
#include <vector>

#include "workload/crowd/draw/quantiles.h"

namespace springtide::models::fleet {

// The quantiles of `probabilities` (ascending, above 0 and below 1), in ns.
std::vector<std::int64_t> quantiles_of_sum(const workload::QuantileFunction& one,
                                           const std::vector<double>& probabilities);

}  // namespace springtide::models::fleet
