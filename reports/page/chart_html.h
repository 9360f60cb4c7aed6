// A chart as a figure of a page: caption, legend, picture, its data for the page's script, and what
// belongs under it.
#pragma once

#include <string>

#include "reports/chart.h"

namespace springtide::reports {

// `svg` as made by charts_svg_inline.
std::string chart_figure(const Chart& chart, const std::string& svg, const std::string& below);

// One JSON object; '<' is escaped, so it may stand in a <script>. Lines of more than 4000 points
// are thinned (chart/thin.h); numbers have six significant digits.
std::string chart_json(const Chart& chart);

}  // namespace springtide::reports
