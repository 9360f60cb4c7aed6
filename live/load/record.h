// The record of a driven run, with the names that the simulated clients have
// (models/red_packet/results.cc), so that the two can be put side by side.
#pragma once

#include <string>

#include "live/load/load.h"
#include "measure/record.h"

namespace springtide::live::load {

// Adds what the driver saw: series "client.*" and "packets.*", distributions "<operation>.latency"
// (from the intended instant), "<operation>.from-send", "client.lateness", "client.loop-round", the
// ledger of the operation, figures, tables, checks. The driver's verdict is one of the checks: a
// run in which the driver was the limit does not hold. Sets duration, if it is shorter, and
// complete.
void add_to_record(const LoadReport& report, const std::string& operation, measure::Record& record);

}  // namespace springtide::live::load
