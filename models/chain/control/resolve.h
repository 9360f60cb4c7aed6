// From the playbooks of a scenario to plans.
#pragma once

#include "base/diagnostic.h"
#include "models/chain/plan/plan.h"
#include "spec/scenario.h"

namespace springtide::models::chain {

// Adds those that are enabled to a plan that has all else, and makes room for the machines that
// they may add. Problems: metrics that no run has, bounds in another unit, actions that this world
// does not take.
Diagnostics add_playbooks(const spec::Scenario& scenario, Plan& plan);

}  // namespace springtide::models::chain
