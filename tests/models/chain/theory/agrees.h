// A run against theory: the exact value lies within the 99.9 % interval of the run (fixed seed),
// and the interval is narrow, so that a model that is a few percent wrong does not pass.
#pragma once

#include <cmath>
#include <string>

#include "tests/models/chain/small_plans.h"

namespace springtide::models::chain {

// Empty where they agree; `narrow`: the largest half-width, as a share of the expected value.
inline std::string disagreement(const measure::Record& record, const std::string& name,
                                double expected, double narrow) {
  const measure::Figure& measured = figure(record, name);
  const double half_width = measured.half_width.value_or(-1);
  const bool agrees = half_width >= 0 && half_width <= narrow * expected &&
                      std::abs(measured.value - expected) <= half_width;
  if (agrees) return {};
  return name + " = " + std::to_string(measured.value) + " +- " + std::to_string(half_width) +
         ", theory " + std::to_string(expected);
}

inline void check_agrees(const measure::Record& record, const std::string& name, double expected,
                         double narrow = 0.03) {
  CHECK(disagreement(record, name, expected, narrow) == "");
}

}  // namespace springtide::models::chain
