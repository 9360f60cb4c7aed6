// Charts as SVG and PNG, drawn by gnuplot (Debian: gnuplot-nox) as a child process.
//
// The same chart gives the same bytes with the same gnuplot: no date, no path, no init file of the
// user, and positions of our own portable arithmetic.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "reports/chart.h"

namespace springtide::reports {

struct PictureOptions {
  int width = 1040, height = 280;  // pixels
};

// Files of their own: white ground, title, legend.
Result<std::vector<std::string>> charts_svg(std::span<const Chart> charts,
                                            const PictureOptions& options = {});

// Elements for an HTML page: no ground, title or legend; colours are the page's custom properties
// (--ink, --faint, --grid, --band, --recorded, --line-1 ...), so that they follow its
// light or dark theme. No ids, so that many fit into one page.
Result<std::vector<std::string>> charts_svg_inline(std::span<const Chart> charts,
                                                   const PictureOptions& options = {});

// Both at once, in half the time: starting gnuplot takes longer than drawing.
struct BothPictures {
  std::vector<std::string> files, inlined;  // as of charts_svg and of charts_svg_inline
};
Result<BothPictures> charts_svg_both(std::span<const Chart> charts,
                                     const PictureOptions& options = {});

Result<std::string> chart_png(const Chart& chart, const PictureOptions& options = {});

// The colour of each line: the name of its custom property, without "--".
std::vector<std::string> line_colours(const Chart& chart);

}  // namespace springtide::reports
