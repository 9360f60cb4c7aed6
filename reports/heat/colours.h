// The colours of heat maps: dark violet is cold, yellow is hot, as in viridis (Nathaniel Smith and
// Stéfan van der Walt 2015, public domain; ten of its colours, straight lines between them). Its
// lightness rises evenly, so that it can be read with any of the usual colour-blindnesses, in print
// without colours, and on a dark ground as on a light one.
//
// A hundred steps: a step is then one part in a hundred of the scale, a picture stays small, and
// the step can be read back from the colour.
#pragma once

#include <optional>
#include <string>

#include "reports/chart.h"

namespace springtide::reports {

inline constexpr int heat_steps = 100;

struct HeatColour {
  int red = 0, green = 0, blue = 0;
  bool operator==(const HeatColour&) const = default;
};
HeatColour heat_colour(int step);  // 0 (coldest) .. heat_steps - 1; all are different

// Of a value; values beyond an end of the scale have the colour of that end. Nothing for what is
// not a number, or not above 0 on a logarithmic scale.
std::optional<int> heat_step(const HeatMap& map, double value);
// The value in the middle of what has this step.
double heat_value(const HeatMap& map, int step);

// "#440154".
std::string hex_text(const HeatColour& colour);

}  // namespace springtide::reports
