// What is shown of every second, with its name and meaning: the one table from which the series of
// the result and the live page both come. The names are those of a simulated run of the same
// service (models/red_packet/results.cc), so that the two can be compared.
#pragma once

#include <string>
#include <vector>

#include "live/monitor/aggregator.h"

namespace springtide::live::monitor {

struct Quantity {
  std::string name, unit, about;
  // Programs of others tell it too, so 0 means none; else 0 throughout means that nobody tells it,
  // and it is left out.
  bool told_by_all = true;
  // Of a second; `before` is the second before it, or nullptr where that was not reported. NaN
  // where it is not known.
  double (*value)(const CompleteSecond& now, const CompleteSecond* before) = nullptr;
};

const std::vector<Quantity>& quantities();

// Of a second in the history of an aggregator.
double value_of(const Quantity& quantity, const Aggregator& sums, std::int64_t second);

}  // namespace springtide::live::monitor
