// Where an axis begins and ends, where its ticks stand and what they say: the same for every
// renderer. Positions use portable arithmetic, so that a chart has the same bytes everywhere.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/chart.h"

namespace springtide::reports {

struct AxisTick {
  double position = 0;  // as drawn (see position_on)
  std::string label;
};

struct AxisPlan {
  double low = 0, high = 1;  // as drawn
  std::vector<AxisTick> ticks;
};

// Where a value stands on the axis: itself, log10(value), or log10(1 / (1 - p)). Not a number
// where the axis cannot show it.
double position_on(Scale scale, double value);

AxisPlan plan_x(const Chart& chart);
AxisPlan plan_y(const Chart& chart);

// log10 by portable_log. x > 0.
double portable_log10(double x);

// A point of a run in words: "22:55:06" where the start is known, else "630 s" or "10:30".
std::string time_text(double seconds, const std::string& clock_at_start);

// Five significant digits, thousands kept apart by a narrow space from 10 000 on: "29 854",
// "0.63825", "1.25e-07". "–" for not a number.
std::string number_text(double value, int significant_digits = 5);

// "<" becomes "&lt;" and so on: for the text and the attributes of XML and HTML.
std::string xml_escaped(std::string_view text);

// The largest of s, ms, µs, ns in which a duration is at least 1.
struct TimeUnit {
  const char* name;
  double nanoseconds;
};
TimeUnit time_unit_for(double nanoseconds);

// "1234567" ns in words: "1.235 ms".
std::string duration_text(double nanoseconds);

// A logarithmic axis in nanoseconds has durations at its ticks: "10 µs", "1 ms", "1 s".
bool shows_durations(const Axis& axis);

// What stands at the end of the axis: its unit, else its label.
std::string caption_of(const Axis& axis);

// A count with its thousands apart: "50 123 456".
std::string count_text(long long value);

}  // namespace springtide::reports
