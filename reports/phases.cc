#include "reports/phases.h"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace springtide::reports {

std::vector<measure::Mark> in_order_of_time(std::vector<measure::Mark> marks) {
  std::stable_sort(marks.begin(), marks.end(), [](const measure::Mark& a, const measure::Mark& b) {
    return std::tie(a.from, a.to) < std::tie(b.from, b.to);
  });
  return marks;
}

std::vector<Phase> phases_of(const std::vector<measure::Mark>& marks) {
  const auto first_second = [](Instant at) {
    return static_cast<long>(std::ceil(at.since_start().seconds()));
  };
  std::vector<Phase> phases;
  for (const measure::Mark& mark : in_order_of_time(marks))
    if (mark.kind == "phase")
      phases.push_back({mark.label, first_second(mark.from), first_second(mark.to)});
  return phases;
}

}  // namespace springtide::reports
