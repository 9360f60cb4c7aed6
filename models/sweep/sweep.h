// A scenario run again and again with one value changed: how much it carries, and where it stops
// to follow.
//
//   axis.h --> values --> a run each (and each seed), two at a time --> point.h --> knee.h -->
//   record
//
// Runs share nothing, so the record is the same however many go side by side. It has
//   table    capacity       one row a value: offered, carried, goodput, refusals, latency, ...
//   figures  capacity.knee.offered, capacity.knee.goodput (goodput there), capacity.knee.value
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "measure/record.h"
#include "models/sweep/axis.h"
#include "spec/scenario.h"

namespace springtide::models::sweep {

struct SweepOptions {
  std::vector<std::uint64_t> seeds{1};
  unsigned at_once = 2;
  std::function<void(std::size_t done, std::size_t all)> progress;  // from any thread, one by one
  const std::atomic<bool>* stop = nullptr;  // once true, no run is begun any more
};

// `scenarios`: that of each value of the axis. Problems: a world without requests, answers and
// goodput; what a run tells; or that it was stopped.
Result<measure::Record> sweep(const Axis& axis, const std::vector<spec::Scenario>& scenarios,
                              const SweepOptions& options);

}  // namespace springtide::models::sweep
