// The record of a run: everything that reports, compare and thresholds read, and nothing else.
// Both worlds fill it; a result directory is its written form (measure/result_directory.h).
//
// Names are dotted and lower-case with '-': "shake.latency", "server.run-queue". Units are written
// out ("requests/s", "ms") and become the end of a CSV column ("_requests_per_s", "_ms").
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "measure/histogram.h"

namespace springtide::measure {

inline constexpr double missing = std::numeric_limits<double>::quiet_NaN();

// One value a second, from second 0; NaN where nothing was measured (an empty CSV cell).
struct Series {
  std::string name;
  std::string unit;
  std::string about;  // one sentence for the reader of a report
  std::vector<double> values;
};

// The slices of a record that says nothing else (measure/series.h: how long others are).
inline constexpr Duration shortest_slice = second * 10;

// A field of values over things and time: a row for each server, a column for each slice. Not more
// columns than `most_slices` (measure/series.h: empty_grid makes one that fits a run).
//
//                0 s   100 s   200 s
//   shanghai/1   0.2     0.9     0.4
//   shanghai/2   0.2     NaN     0.4      NaN: not measured, an empty cell
struct Grid {
  std::string name;  // "server.utilisation"; may be that of a series
  std::string unit;
  std::string about;                // one sentence for the reader of a report
  std::vector<std::string> rows;    // distinct labels, in the order in which they should be shown
  Duration slice = shortest_slice;  // of a column; whole seconds
  std::size_t columns = 0;
  std::vector<float> values;  // row by row, rows x columns of them

  float& at(std::size_t row, std::size_t column) { return values[row * columns + column]; }
  float at(std::size_t row, std::size_t column) const { return values[row * columns + column]; }
};

// A single number of the summary, with what it means.
struct Figure {
  std::string name;
  double value = 0;
  std::string unit;
  std::string about;
  std::optional<double> half_width;  // of its 99.9 % confidence interval, where one is known
};

// Where every request of an operation ended. offered = the sum of all others.
struct Ledger {
  std::int64_t offered = 0, answered = 0, refused = 0, dropped = 0, lost = 0, timed_out = 0,
               in_flight = 0;
  std::int64_t not_sent = 0;  // due by the plan but skipped by the client: not part of offered
  bool balanced() const {
    return offered == answered + refused + dropped + lost + timed_out + in_flight;
  }
  bool operator==(const Ledger&) const = default;
};

// One thing that must hold at the end of every run (DESIGN 5).
struct Check {
  std::string name;
  bool holds = true;
  std::string detail;
  bool operator==(const Check&) const = default;
};

// A happening worth a mark on the time axis: a phase, a GC cycle, an incident.
struct Mark {
  std::string kind;  // "phase", "incident", "packets", ...
  std::string label;
  Instant from, to;  // equal for a point
  bool operator==(const Mark&) const = default;
};

// What one threshold said about the run (measure/threshold.h fills it).
struct Verdict {
  std::string metric;         // "serve.latency"
  std::string expression;     // "p(99)<2ms"
  double observed = missing;  // in `unit`; NaN without data, and then it failed
  double bound = 0;           // in `unit`
  std::string unit;           // "ms", "requests/s", "" for a pure number
  bool passed = false;
  double margin = missing;  // how far on the good side of the bound, in `unit`; < 0: missed by
};

struct Record {
  std::string title;
  std::string clock_at_start;  // "22:45:00" or empty
  Duration duration{};
  std::vector<Series> series;                      // in the order in which they should be shown
  std::map<std::string, Histogram> distributions;  // "serve.latency": nanoseconds
  std::map<std::string, std::vector<Histogram>> distributions_over_time;  // one a slice
  Duration slice = shortest_slice;  // of distributions_over_time; whole seconds
  std::vector<Grid> grids;          // in the order in which they should be shown
  std::vector<Figure> figures;
  std::map<std::string, Ledger> ledgers;  // by operation
  std::vector<Check> checks;
  std::vector<Mark> marks;
  std::map<std::string, std::vector<std::vector<std::string>>> tables;  // first row = header
  std::vector<Verdict> verdicts;  // empty where the scenario has no thresholds
  std::string fingerprint;        // 16 hexadecimal digits
  bool complete = true;           // false: interrupted, all values are partial
};

}  // namespace springtide::measure
