// From the incidents of a scenario to plans: whom each one is about.
#pragma once

#include "base/diagnostic.h"
#include "models/chain/plan/plan.h"
#include "spec/scenario.h"

namespace springtide::models::chain {

// Adds those that are enabled to a plan that has its sites, services and links. Problems: what this
// world cannot disturb.
Diagnostics add_incidents(const spec::Scenario& scenario, Plan& plan);

}  // namespace springtide::models::chain
