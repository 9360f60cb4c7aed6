// The gnuplot script of a chart, without its terminal.
#pragma once

#include <string>
#include <string_view>

#include "reports/chart.h"
#include "reports/chart/axis.h"
#include "reports/gnuplot/gnuplot.h"
#include "reports/gnuplot/palette.h"

namespace springtide::reports {

// Text in gnuplot's single quotes, where neither escapes nor back-quoted commands are replaced. Its
// own way to write a quote in them fails before a ';', so an apostrophe becomes U+2019.
std::string gnuplot_quoted(std::string_view text);

// "rgb '#1f6fc4'".
std::string gnuplot_rgb(const Colour& colour);

// The names of bands and of cues, above the plot, as far as there is room.
std::string names_above(const Chart& chart, const AxisPlan& x);

// `framed`: with title and legend, for a picture that stands alone.
std::string gnuplot_script(const Chart& chart, const PictureOptions& options, bool framed);

}  // namespace springtide::reports
