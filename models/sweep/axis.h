// What a sweep varies: one value of a scenario, from one end to the other, in steps.
//
//   /clients/crowd/plan/poisson   from 20k/s to 100k/s, 5 steps:   20k/s 40k/s 60k/s 80k/s 100k/s
//                                 by the logarithm:                20k/s 29.9k/s 44.7k/s ...
//
// Values have their units as in the scenario; both ends are of one kind: a rate, a duration, a
// size, a bit rate, a share ("5%") or a plain number. Plain numbers between whole ends are whole,
// and so are bytes and nanoseconds; steps that become equal are left out.
#pragma once

#include <string>
#include <vector>

#include "base/diagnostic.h"

namespace springtide::models::sweep {

struct AxisWish {
  std::string pointer;   // of the value, RFC 6901
  std::string from, to;  // as in the scenario, from < to
  int steps = 10;        // 2 .. 1000
  bool logarithmic = false;
};

struct Axis {
  std::string pointer;
  std::string unit;                // of `values`: "1/s", "s", "bytes", "bit/s", "%", ""
  std::vector<double> values;      // ascending, for charts
  std::vector<std::string> texts;  // as in a scenario, for settings
};

// Problems name the options ("--from") in place of a file.
Result<Axis> axis_of(const AxisWish& wish);

}  // namespace springtide::models::sweep
