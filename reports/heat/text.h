// A heat map for a terminal and as CSV (chart/text.h, chart/csv.h).
//
//   server.utilisation (%)
//   shanghai-1 │  ░▒█▓░
//   shanghai-2 │   ░▓▒
//              └────────
//               20:00
#pragma once

#include <string>

#include "reports/chart.h"

namespace springtide::reports {

// A line a row, or a line a group of rows with its mean where there are more than thirty.
std::string heat_text(const Chart& chart, int width);

// A heading with x where each column begins, then a line a row.
std::string heat_csv(const Chart& chart);

}  // namespace springtide::reports
