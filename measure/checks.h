// What a run must never get wrong, as Checks for the record: a breach makes the result invalid.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "measure/histogram.h"
#include "measure/record.h"

namespace springtide::measure {

// Every request offered ended exactly once, and no count is negative.
Check check_ledger(const std::string& operation, const Ledger& ledger);

// Quantiles never fall as p rises, and lie between minimum and maximum.
Check check_quantiles(const std::string& name, const Histogram& histogram);

// No latency is below the sum of its constant parts (delays of links, shortest service).
Check check_least_latency(const std::string& name, const Histogram& latency, Duration least);

// The histogram holds one value for every request that was answered.
Check check_count(const std::string& name, std::int64_t recorded, std::int64_t expected);

// Little's law, L = lambda W (Little, Operations Research 9, 1961), for one queue over one window.
struct LittleObservation {
  double mean_number = 0;          // L: time average of how many are there
  double arrivals_per_second = 0;  // lambda: of those that entered
  double mean_seconds = 0;         // W: mean time of those that left
  double window_seconds = 0;
  // How many were there as the window began and as it ended. Those straddle an edge: the law
  // holds only up to about (begin + end) W / window, which is allowed on top of the tolerance.
  std::int64_t at_begin = 0, at_end = 0;
};
Check check_little(const std::string& queue, const LittleObservation& observed,
                   double tolerance = 0.01);

// check_ledger and check_quantiles for everything in the record.
std::vector<Check> check_record(const Record& record);

bool all_hold(const std::vector<Check>& checks);

}  // namespace springtide::measure
