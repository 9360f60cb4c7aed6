// From the sums of a fleet to the record of a run. Names are those of red_packet/results.cc where
// the thing is the same; docs/report.md ("The night of a fleet") lists them all.
#pragma once

#include <cstdint>

#include "measure/record.h"
#include "models/fleet/layout.h"
#include "models/fleet/results/sums.h"
#include "spec/scenario.h"

namespace springtide::models::fleet {

// `seconds`: how many were simulated.
measure::Record make_record(const spec::Scenario& scenario, const Layout& layout, const Sums& sums,
                            std::int64_t seconds);

}  // namespace springtide::models::fleet
