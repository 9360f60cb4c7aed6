// What is measured of a service in a site, all its machines together.
#pragma once

#include <array>
#include <cstdint>

#include "measure/histogram.h"
#include "measure/series.h"
#include "models/chain/frames/frames.h"
#include "models/chain/results/batched.h"
#include "models/station/disciplines/station.h"
#include "models/station/levels.h"

namespace springtide::models::chain {

struct ServiceCounts {
  explicit ServiceCounts(station::MeasuredWindow window) : levels(window), capacity(window) {}

  std::int64_t arrived = 0, inside = 0;
  std::int64_t expired = 0;  // of those that timed out: their deadline had passed before they began
  // Refused by the service itself; among those that ended refused are also those that were refused
  // further on.
  std::int64_t turned_away = 0;
  std::array<std::int64_t, outcome_count> ended{};
  measure::SecondCounter arrived_by_second, carried_by_second, turned_away_by_second,
      latency_by_second;     // ns, of good answers
  station::Levels levels;    // who waits, and workers that are busy
  station::Levels capacity;  // workers that there are, in machines that are up: as `served`
  station::WindowSums queue, workers;
  // From arrival to answer, of good answers within the window.
  Batched<measure::Histogram, std::int64_t> latency;
};

}  // namespace springtide::models::chain
