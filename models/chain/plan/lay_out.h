// From a scenario to the tables of plan/plan.h.
#pragma once

#include "base/diagnostic.h"
#include "models/chain/plan/plan.h"
#include "spec/scenario.h"

namespace springtide::models::chain {

// Problems: names that lead nowhere, and what this world does not run (plan/limits.h).

Result<Plan> lay_out(const spec::Scenario& scenario);

}  // namespace springtide::models::chain
