// What differs between two runs before anything is measured, and where their requests ended.
#pragma once

#include <string>
#include <vector>

#include "reports/compare.h"

namespace springtide::reports {

// Values of the scenarios that are not the same, by JSON pointer, in order of the pointers. A value
// that one side does not have is empty there. Empty where a side has no scenario.
std::vector<DifferentSetting> different_settings(const ComparisonSide& here,
                                                 const ComparisonSide& there);

// "shake offered", "shake refused", ... of the operations that both sides have; fates that no
// request met on either side are left out.
std::vector<ComparedStatistic> compared_fates(const ComparisonSide& here,
                                              const ComparisonSide& there);

// What the thresholds that both sides have observed, and whether they hold there and here.
std::vector<ComparedStatistic> compared_verdicts(const ComparisonSide& here,
                                                 const ComparisonSide& there);

// The busiest second and minute of the requests that clients sent, and how much more each link of
// the chain could carry (reports/chain.h), of what both sides have. Only of sides that follow a
// programme of cues.
std::vector<ComparedStatistic> compared_margins(const ComparisonSide& here,
                                                const ComparisonSide& there);

}  // namespace springtide::reports
