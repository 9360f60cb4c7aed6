// The parts of a gnuplot script that are different for a heat map (gnuplot/script.h): an image of
// one pixel a cell, names of groups at the left, what happened above it, and, in a picture that
// stands alone, its scale of colours.
#pragma once

#include <string>

#include "reports/chart.h"
#include "reports/gnuplot/gnuplot.h"

namespace springtide::reports {

// Where the plot lies in the picture, in pixels from its edges.
struct PlotFrame {
  double left = 66, right = 14, top = 34, bottom = 30;
};
PlotFrame plot_frame(const Chart& chart, bool framed);

// A picture of a heat map is as high as its rows ask for.
PictureOptions fitted(PictureOptions options, const Chart& chart, bool framed);

// `chart` has a heat map. Ranges, labels and the plot itself.
std::string heat_script(const Chart& chart, bool framed);

}  // namespace springtide::reports
