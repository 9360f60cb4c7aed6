// What is counted of a queue in a site. Put, delivered, lost and put again are of the messages of
// its name, wherever they are; the levels are of what waits and is delivered in this very queue.
#pragma once

#include <cstdint>
#include <vector>

#include "measure/histogram.h"
#include "measure/series.h"
#include "models/station/levels.h"

namespace springtide::models::chain {

struct QueueCounts {
  explicit QueueCounts(station::MeasuredWindow window) : levels(window) {}

  std::int64_t put = 0, refused = 0, delivered = 0;
  std::int64_t lost = 0;        // issues that ended badly: a message may be lost several times
  std::int64_t given_up = 0;    // messages lost for good: nobody puts them again
  std::int64_t reissued = 0;    // put again
  std::int64_t duplicates = 0;  // issues of a message that was settled already: dropped
  std::int64_t in_delivery = 0, being_stored = 0;  // issues, of these put again the latter
  Instant last_delivery{};
  measure::SecondCounter put_by_second, refused_by_second, delivered_by_second, lost_by_second,
      reissued_by_second;
  std::vector<double> age_by_second;  // s; of the oldest that waits, at the end of the second
  station::Levels levels;             // who waits, and consumers that are busy
  measure::Histogram latency;         // from put to delivered, of what was put in the window
};

}  // namespace springtide::models::chain
