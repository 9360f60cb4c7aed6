// A run put beside the estimate of it, and which assumption explains most of the difference.
#pragma once

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "reports/compare.h"

namespace springtide::reports {

// Nothing unless just one side is an estimate.
std::optional<PlanComparison> compared_plan(const ComparisonSide& here,
                                            const ComparisonSide& there);

// The factor that explains most of what came in a funnel, in one sentence.
std::string sentence(const ComparedFunnel& funnel);

std::string plan_text(const PlanComparison& plan);
std::string plan_html(const PlanComparison& plan);
nlohmann::ordered_json plan_json(const PlanComparison& plan);

}  // namespace springtide::reports
