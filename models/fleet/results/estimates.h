// What a record says of a fleet of which only some servers were simulated: the table "estimates",
// each total, share and quantile with its 95 % confidence interval
// (measure/statistics/stratified.h), and a word at everything that was estimated.
#pragma once

#include <cstdint>

#include "measure/record.h"
#include "models/fleet/layout.h"
#include "models/fleet/results/sums.h"

namespace springtide::models::fleet {

inline constexpr double estimate_level = 0.95;

// `sums` are those of the servers simulated, of a run that ended after so many seconds.
void write_estimates(const Layout& layout, const Sums& sums, std::int64_t seconds,
                     measure::Record& record);

// Of the whole record, when everything is in it.
void mark_estimates(const Sample& sample, measure::Record& record);

}  // namespace springtide::models::fleet
