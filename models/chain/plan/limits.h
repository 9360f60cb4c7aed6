// What the world of service chains cannot run, told before a run begins.
#pragma once

#include "base/diagnostic.h"
#include "models/chain/plan/plan.h"
#include "spec/scenario.h"

namespace springtide::models::chain {

// Names that lead nowhere, parts of a scenario that belong to other worlds, words that this world
// does not act on. What is found sound here may be laid out.
Diagnostics beyond_this_world(const spec::Scenario& scenario);

// Calls without a time-out over links that lose messages: whoever waits for one that is lost waits
// for ever. Of a plan that has all its steps and links.
Diagnostics waits_for_ever(const Plan& plan);

}  // namespace springtide::models::chain
