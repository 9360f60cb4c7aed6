// How far a statistic may be off, applied.
#pragma once

#include "reports/compare.h"

namespace springtide::reports {

// Fills in the tolerance of this statistic, where one is given, and whether it is kept.
void judge(ComparedStatistic& statistic, const CompareOptions& options);

}  // namespace springtide::reports
