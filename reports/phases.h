// The phases of a run, in order of time, in whole seconds of its series.
#pragma once

#include <string>
#include <vector>

#include "measure/record.h"

namespace springtide::reports {

struct Phase {
  std::string name;
  long from = 0, to = 0;  // seconds that begin inside it, since the start; `to` excluded
};
std::vector<Phase> phases_of(const std::vector<measure::Mark>& marks);

// A record keeps its marks in the order of their names; a reader wants them as they happen.
std::vector<measure::Mark> in_order_of_time(std::vector<measure::Mark> marks);

}  // namespace springtide::reports
