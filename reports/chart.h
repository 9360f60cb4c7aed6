// A chart is data: what is drawn, not how. Renderers turn it into text, CSV, SVG, PNG and HTML.
//
//   Chart -> chart/text.h      a terminal
//         -> chart/csv.h       RFC 4180
//         -> gnuplot/gnuplot.h   SVG and PNG
//         -> page/chart_html.h a figure of the report: SVG, table, and data for its script
//
// Units: x of a clock axis is seconds since the start of the run; x of a nines axis is a
// probability, 0 <= p < 1; everything else is in the unit that the axis names. A y that is not a
// number is a gap.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace springtide::reports {

enum class Scale {
  linear,
  log,    // base 10; values <= 0 are not drawn
  clock,  // seconds since the start, labelled with the time of day where the start is known
  nines,  // a probability p drawn at log10(1 / (1 - p)): 0, 90 %, 99 %, 99.9 % are equally far
};

struct Axis {
  std::string label;  // "latency"
  std::string unit;   // "ms"; empty for a pure number
  Scale scale = Scale::linear;
  std::optional<double> low, high;  // else fitted to the data; y of a linear axis begins at 0
  std::string clock_at_start;       // of a clock axis: "22:45:00" or empty
};

struct Line {
  enum class Style {
    step,  // y holds from x to the next x; the last one as long as the one before
    line,
    points,
    bars,
  };
  // What a line stands for decides how strongly it is drawn.
  enum class Role { simulated, recorded, predicted };

  std::string label;
  std::vector<double> x, y;  // of equal length; x ascending
  Style style = Style::step;
  Role role = Role::simulated;
};

struct Band {  // a span of x with a name: a phase
  double from = 0, to = 0;
  std::string label;
};

struct Tick {  // a point of x worth a mark: a GC cycle, an incident
  double at = 0;
  std::string label;
  std::string kind;
};

// A field of values, a row for each thing and a column for each slice of x, drawn as colours
// instead of lines: a heat map (heat/). The unit of its values is that of the chart's y axis.
struct HeatMap {
  std::vector<std::string>
      rows;  // the first one on top; "GROUP/NAME": rows of a group are together
  std::size_t columns = 0;
  double first_column = 0, column_width = 1;  // where the first begins, how long each is, in x
  std::vector<float> values;                  // row by row, rows x columns; not a number: nothing
  Scale scale = Scale::linear;                // of the colours: linear or log
  double low = 0, high = 1;                   // values of the coldest and of the hottest colour
};

struct Chart {
  std::string name;  // of files: "client-requests"; letters, digits, '-'
  std::string title;
  std::string about;  // a sentence or two for the reader
  Axis x, y;
  std::vector<Line> lines;
  std::vector<Band> bands;
  std::vector<Tick> ticks;
  std::optional<HeatMap> heat;  // then there are no lines
};

}  // namespace springtide::reports
