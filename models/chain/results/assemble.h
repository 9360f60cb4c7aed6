// From what the sites counted to the record of a run. Sites are merged in their order, so the
// record is the same for any number of threads.
#pragma once

#include "measure/record.h"
#include "models/chain/world.h"
#include "sim/simulation.h"

namespace springtide::models::chain {

measure::Record assemble(const Headline& headline, World& world, const sim::Outcome& outcome);

// All names and units, nothing measured.
measure::Record assemble_empty(const Headline& headline, World& world);

}  // namespace springtide::models::chain
