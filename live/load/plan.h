// The plan of workload/plan.h as the driver's processes use it, and what they cannot drive by.
#pragma once

#include <optional>

#include "base/diagnostic.h"
#include "workload/plan.h"

namespace springtide::live::load {

using workload::Due;
using workload::Plan;
using workload::planned_requests;
using workload::PlanSpec;
using workload::range_of;
using workload::RateChange;
using workload::Spread;
using workload::UserRange;

// What is wrong with it, if anything: a closed plan, no users.
std::optional<Diagnostic> check_plan(const PlanSpec& spec);

}  // namespace springtide::live::load
