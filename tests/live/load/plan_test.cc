#include "live/load/plan.h"

#include <doctest/doctest.h>

using namespace springtide;
using namespace springtide::live::load;

TEST_CASE("a closed plan, or fewer users than processes, is no plan for a driver") {
  PlanSpec spec;
  spec.population = 10;
  spec.plan = spec::ClosedPlan{};
  CHECK(check_plan(spec));
  spec.plan = spec::SlotsPlan{{{Duration{}, Rate{1}}}, 13};
  CHECK_FALSE(check_plan(spec));
  spec.population = 2;
  spec.processes = 3;
  CHECK(check_plan(spec));
  spec.population = 3;
  CHECK_FALSE(check_plan(spec));
}
