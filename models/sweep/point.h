// What one run of a sweep came to: what was offered, carried, good, and how late.
#pragma once

#include <string>
#include <vector>

#include "measure/histogram.h"
#include "measure/record.h"

namespace springtide::models::sweep {

// Rates are per second of the measured time, all operations together.
struct Point {
  double offered = 0, carried = 0;
  double goodput = 0;  // answered within the clients' deadlines; without any, carried
  double refused = 0, timed_out = 0, failed = 0, lost = 0;
  measure::Histogram latency;  // ns, of answers
  double busiest = 0;          // utilisation
  std::string where;           // is the busiest
  bool sound = true;           // all checks of the run hold
};

// Whether a record of this kind says what a point needs.
bool has_points(const measure::Record& record);

// Of the seconds [warmup, duration) of the run.
Point point_of(const measure::Record& record, Duration warmup);

// The mean of several runs of one value; latencies are taken together.
Point together(const std::vector<Point>& points);

}  // namespace springtide::models::sweep
