// What the textbook world cannot do, told before a run begins.
#pragma once

#include "base/diagnostic.h"
#include "models/station/layout.h"
#include "spec/scenario.h"

namespace springtide::models::station {

// Names that lead nowhere, parts of a scenario that belong to other worlds, values without meaning.
// What is found sound here may be laid out.
Diagnostics beyond_this_world(const spec::Scenario& scenario);

// Closed clients that could ask without end within one instant, or never be answered.
Diagnostics endless_loops(const Layout& layout);

}  // namespace springtide::models::station
