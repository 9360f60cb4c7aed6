#include "live/load/plan.h"

#include "live/net/problem.h"

namespace springtide::live::load {

std::optional<Diagnostic> check_plan(const PlanSpec& spec) {
  if (std::holds_alternative<spec::ClosedPlan>(spec.plan))
    return net::problem("plan", "a closed plan has no intended instants",
                        "drive with slots, poisson, constant or renewal");
  if (spec.population < static_cast<std::uint32_t>(spec.processes) || spec.population == 0)
    return net::problem("plan", "fewer users than the driver has processes");
  return {};
}

}  // namespace springtide::live::load
