// Distributions of two sides: quantiles against quantiles.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "measure/histogram.h"
#include "measure/result_directory.h"
#include "reports/compare/match.h"

namespace springtide::reports {

// The columns of durations (ns, us, ms, s) of a recording without a clock, as samples of a
// distribution: {pause: 21 values}. Nothing where it has a clock: then each row is a second.
std::map<std::string, measure::Histogram> distributions_of(const measure::RecordedSeries& recorded);

ComparedDistribution compared_distributions(const DistributionPair& pair,
                                            const CompareOptions& options);

// "n" "mean" "sd" "min" "p50" "p90" "p99" "p99.9" "max"
std::vector<std::string> distribution_statistic_names();

}  // namespace springtide::reports
