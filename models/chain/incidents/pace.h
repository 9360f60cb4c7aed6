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

  // What one worker that never rests has done until now.
  Duration worked(Instant now) const {
    Duration sum{};
    Instant since{};
    double factor = 1;
    for (const Step& step : steps_) {
      if (step.from >= now) break;
      sum += done(step.from - since, factor);
      since = step.from;
      factor = step.factor;
    }
    return sum + done(now - since, factor);
  }

  // When this much work is done that begins now.
  Instant finish(Instant now, Duration work) const {
    auto next = std::upper_bound(steps_.begin(), steps_.end(), now,
                                 [](Instant at, const Step& step) { return at < step.from; });
    double factor = next == steps_.begin() ? 1 : std::prev(next)->factor;
    for (; next != steps_.end(); factor = next->factor, ++next) {
      const Duration length = next->from - now;
      if (factor > 0 && slowed(work, factor) <= length) break;
      work -= done(length, factor);
      now = next->from;
    }
    return now + slowed(work, factor);
  }

 private:
  struct Step {
    Instant from;
    double factor = 1;  // until the next; of the last one 1
  };

  static Duration done(Duration length, double factor) {
    if (factor == 1) return length;
    return {factor > 0 ? std::llround(static_cast<double>(length.ns) / factor) : 0};
  }
  static Duration slowed(Duration work, double factor) {
    if (factor == 1) return work;
    return {std::llround(static_cast<double>(work.ns) * factor)};
  }

  std::vector<Step> steps_;
};

}  // namespace springtide::models::chain
