// The gnuplot script of a chart, without its terminal.
#pragma once

#include <string>
#include <string_view>

#include "reports/chart.h"
#include "reports/gnuplot/gnuplot.h"

namespace springtide::reports {

// Text in gnuplot's single quotes, where neither escapes nor back-quoted commands are replaced. Its
// own way to write a quote in them fails before a ';', so an apostrophe becomes U+2019.
std::string gnuplot_quoted(std::string_view text);

// `framed`: with title and legend, for a picture that stands alone.
std::string gnuplot_script(const Chart& chart, const PictureOptions& options, bool framed);

}  // namespace springtide::reports
