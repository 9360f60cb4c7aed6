// What live control leaves in the record of a run (docs/report.md, "The night of a fleet").
#pragma once

#include <string>
#include <vector>

#include "measure/record.h"
#include "models/fleet/control/change.h"

namespace springtide::models::fleet {

// `labels`: of the servers.
void record_control(const Control& control, const std::vector<std::string>& labels,
                    measure::Record& record);

}  // namespace springtide::models::fleet
