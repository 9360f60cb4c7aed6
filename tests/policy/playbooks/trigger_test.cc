#include "policy/playbooks/trigger.h"

#include <limits>
#include <vector>

#include <doctest/doctest.h>

namespace springtide::policy {
namespace {

Instant at(int seconds) { return Instant{} + second * seconds; }

// The seconds at which it fires.
std::vector<int> fires(const Condition& condition, const std::vector<double>& values) {
  Trigger trigger(condition);
  std::vector<int> seen;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (trigger.look(at(static_cast<int>(i)), values[i])) seen.push_back(static_cast<int>(i));
  return seen;
}

TEST_CASE("a trigger fires once, when its condition has held for its time without a break") {
  const Condition above{Condition::Side::above, 10, second * 2};
  CHECK(fires(above, {11, 11, 9, 11, 11, 11, 11, 9, 11, 11, 11}) == std::vector<int>{5});
  CHECK(fires(above, {10, 10, 10, 10}).empty());  // above is not at
  const Condition below{Condition::Side::below, 10, {}};
  CHECK(fires(below, {11, 9, 8}) == std::vector<int>{1});
}

TEST_CASE("a missing value breaks the condition on either side") {
  const double missing = std::numeric_limits<double>::quiet_NaN();
  CHECK(fires({Condition::Side::above, 1, second}, {2, missing, 2, 2}) == std::vector<int>{3});
  CHECK(fires({Condition::Side::below, 1, second}, {0, missing, 0, 0}) == std::vector<int>{3});
}

TEST_CASE("a trigger that is re-armed waits for its whole time again") {
  Trigger trigger({Condition::Side::above, 1, second});
  CHECK_FALSE(trigger.look(at(0), 2));
  CHECK(trigger.look(at(1), 2));
  CHECK(trigger.fired());
  trigger.rearm();
  CHECK_FALSE(trigger.look(at(2), 2));
  CHECK(trigger.look(at(3), 2));
}

}  // namespace
}  // namespace springtide::policy
