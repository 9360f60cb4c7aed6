// From what a textbook run counted to the record of it.
//
//   operation   .latency .waiting (histograms, ns)   .requests .answered .refused .lost (by second)
//               .latency.mean .waiting.mean .throughput .refused.share .lost.share (figures)
//   service     .queue .busy (by second)            .utilisation .queue.mean .system.mean (figures)
//
// Where several groups of clients ask one operation, "<operation>.<clients>" has the same of each.
// Means are of the measured window, with the half-width of a 99.9 % interval by batch means; beside
// a figure for which a formula exists stands "<figure>.theory" (results/theory.h).
//
// In-flight requests are not what is missing for the balance: they are found where they are, inside
// the stations and between them, and the balance is then a check.
#pragma once

#include "measure/record.h"
#include "models/station/world.h"
#include "sim/simulation.h"

namespace springtide::models::station {

// The distributions over time are moved out of the world.
measure::Record assemble(const spec::Scenario& scenario, World& world, const sim::Outcome& outcome);

// The same names and units of a world that has not run, without values; figures that a run leaves
// out where it has no data for them are there too.
measure::Record assemble_empty(const spec::Scenario& scenario, World& world);

}  // namespace springtide::models::station
