#include "reports/heat/colours.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "base/portable_math.h"
#include "reports/chart/axis.h"

namespace springtide::reports {
namespace {

constexpr std::array<HeatColour, 10> anchors{{{0x44, 0x01, 0x54},
                                              {0x48, 0x28, 0x78},
                                              {0x3e, 0x49, 0x89},
                                              {0x31, 0x68, 0x8e},
                                              {0x26, 0x82, 0x8e},
                                              {0x1f, 0x9e, 0x89},
                                              {0x35, 0xb7, 0x79},
                                              {0x6d, 0xcd, 0x59},
                                              {0xb4, 0xde, 0x2c},
                                              {0xfd, 0xe7, 0x25}}};

// Between two anchors, `part` of `whole` from the first to the second, rounded to the nearest.
int between(int from, int to, int part, int whole) {
  return (2 * (from * (whole - part) + to * part) + whole) / (2 * whole);
}

}  // namespace

HeatColour heat_colour(int step) {
  constexpr int whole = heat_steps - 1, spans = static_cast<int>(anchors.size()) - 1;
  const int at = std::clamp(step, 0, whole) * spans;
  const int span = std::min(at / whole, spans - 1), part = at - span * whole;
  const HeatColour &from = anchors[static_cast<std::size_t>(span)],
                   &to = anchors[static_cast<std::size_t>(span) + 1];
  return {between(from.red, to.red, part, whole), between(from.green, to.green, part, whole),
          between(from.blue, to.blue, part, whole)};
}

std::optional<int> heat_step(const HeatMap& map, double value) {
  const double low = position_on(map.scale, map.low), high = position_on(map.scale, map.high);
  if (std::isinf(value)) return value > 0 ? heat_steps - 1 : 0;
  const double at = position_on(map.scale, value);
  if (std::isnan(at)) return {};
  if (!(high > low)) return 0;
  const double share = std::clamp((at - low) / (high - low), 0.0, 1.0);
  return static_cast<int>(share * (heat_steps - 1) + 0.5);
}

double heat_value(const HeatMap& map, int step) {
  const double share = static_cast<double>(step) / (heat_steps - 1);
  const double low = position_on(map.scale, map.low), high = position_on(map.scale, map.high);
  const double at = low + share * (high - low);
  return map.scale == Scale::log ? portable_exp(at * 2.302585092994045684) : at;
}

std::string hex_text(const HeatColour& colour) {
  return fmt::format("#{:02x}{:02x}{:02x}", colour.red, colour.green, colour.blue);
}

}  // namespace springtide::reports
