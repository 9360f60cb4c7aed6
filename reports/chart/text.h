// A chart for a terminal: one panel a line, because dots have no colour to tell lines apart.
//
//   client requests (requests/s)
//   30 000 ┤⠉⠉⠉⢹⠉⠉⠉⠉⡏⠉⠉⠉
//   20 000 ┤   ⠘    ⠃
//          └────────────
//          22:55   23:00
#pragma once

#include <string>

#include "reports/chart.h"

namespace springtide::reports {

struct TextOptions {
  int width = 72;       // columns of the plot itself
  int height = 8;       // rows of the plot itself
  bool braille = true;  // 2 x 4 dots a character; else one '*'
};

std::string chart_text(const Chart& chart, const TextOptions& options = {});

}  // namespace springtide::reports
