// What slow requests went through, call by call, on the time since they were meant to be sent.
//
//   view                |----------------------------------------|   timed out
//     web               |=======------------------------|            answered
//       store           .       |~~~~~~=====|
//       store, again    .                    |~~~~~~~~~~~xxxxx|      timed out, worked on
//
//   ~ waits  = works  - its own calls  x nobody waits for it any more
#pragma once

#include <string>

#include "measure/record.h"

namespace springtide::reports {

// Of the table "slow-requests" (docs/report.md), as HTML; of each operation the slowest one is
// open, the others fold. Empty where there is no such table.
std::string waterfalls_html(const measure::Record& record);

}  // namespace springtide::reports
