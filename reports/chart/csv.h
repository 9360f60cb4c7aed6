// A chart as CSV (RFC 4180 with a plain line feed): x, then one column a line of the chart; an
// empty cell where a line has no value at that x. Numbers are the shortest that read back equal.
#pragma once

#include <string>

#include "reports/chart.h"

namespace springtide::reports {

std::string chart_csv(const Chart& chart);

}  // namespace springtide::reports
