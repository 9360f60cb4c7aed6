// How fast a machine works while it is slow or stands still.
//
//   factor |        +-----+            work of 5 s that begins at A, with a factor of 3 in between:
//        3 |        |     |
//        1 |---A----+     +------ B    2 s before, 6 s / 3 = 2 s of it inside, 1 s after
//          +------------------------> t
//
// Incidents are known beforehand, so the end of work is known when it begins. Work that is under
// way when a machine becomes slow goes on slowly; a standstill lets nothing go on. Incidents that
// overlap multiply.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <set>
#include <vector>

#include "base/time.h"

namespace springtide::models::chain {

class Pace {
 public:
  // From `begin` to `end` work takes `factor` times as long; with 0 it stands still.
  struct Span {
    Instant begin, end;
    double factor = 1;
  };

  explicit Pace(const std::vector<Span>& spans) {
    std::set<std::int64_t> edges;
    for (const Span& span : spans) edges.insert({span.begin.ns, span.end.ns});
    for (const std::int64_t edge : edges) {
      Step& step = steps_.emplace_back(Step{{edge}, 1});
      for (const Span& span : spans)
        if (span.begin <= step.from && step.from < span.end) step.factor *= span.factor;
    }
  }

  // When this much work is done that begins now.
  Instant finish(Instant now, Duration work) const {
    auto next = std::upper_bound(steps_.begin(), steps_.end(), now,
                                 [](Instant at, const Step& step) { return at < step.from; });
    double factor = next == steps_.begin() ? 1 : std::prev(next)->factor;
    for (; next != steps_.end(); factor = next->factor, ++next) {
      const Duration length = next->from - now;
      if (factor > 0 && slowed(work, factor) <= length) break;
      if (factor > 0) work.ns -= std::llround(static_cast<double>(length.ns) / factor);
      now = next->from;
    }
    return now + slowed(work, factor);
  }

 private:
  struct Step {
    Instant from;
    double factor = 1;  // until the next; of the last one 1
  };

  static Duration slowed(Duration work, double factor) {
    if (factor == 1) return work;
    return {std::llround(static_cast<double>(work.ns) * factor)};
  }

  std::vector<Step> steps_;
};

}  // namespace springtide::models::chain
