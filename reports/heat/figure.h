// A heat map as a figure of a page: caption, scale of colours, picture, and what belongs under it.
// The page's script reads the value under the pointer from the colour of the picture: to one part
// in a hundred of the scale, and nothing is stored twice.
#pragma once

#include <string>

#include "reports/chart.h"

namespace springtide::reports {

// `svg` as made by charts_svg_inline; `chart` has a heat map.
std::string heat_figure(const Chart& chart, const std::string& svg, const std::string& below);

// What the script needs to know: one JSON object that may stand in a <script>.
std::string heat_json(const Chart& chart);

}  // namespace springtide::reports
