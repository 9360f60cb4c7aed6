// What the back ends leave in the record of a run (docs/report.md, "The night of a fleet").
#pragma once

#include <cstdint>
#include <vector>

#include "measure/record.h"
#include "models/fleet/backends/back_ends.h"

namespace springtide::models::fleet {

// `won`: by pool, how many packets the access servers say they gave away, which is counted apart.
void record_back_ends(const BackEnds& back_ends, const std::vector<std::int64_t>& won,
                      measure::Record& record);

}  // namespace springtide::models::fleet
