// What a report shows, and in which order: a table, not code. A section appears when the record
// holds something that it asks for, so a record of one station gives a short report and a record
// of a city's fleet a long one, from the same table.
//
//   section                 panel                      takes
//   "Requests"              "Requests per second"      series  *.requests|*.offered|...
//   "Latency"               "Latency over time"        distributions over time *
//   "Garbage collection"    "Cycles"                   marks of kind gc
//   ...
//   "Other measurements"                               whatever is left
//
// Every series is shown once: the first panel that asks for it takes it. Series of different units
// never share an axis. To show something new in its own place, add a row to layout.cc
// (docs/report.md).
//
// Patterns: alternatives are separated by '|'; '*' stands for any text; a leading '!' excludes.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace springtide::reports {

struct Panel {
  enum class Kind {
    series,               // lines over time
    sums_of_minutes,      // the same a minute, of series of a rate; of a run of at least an hour
    heat,                 // a field of rows and time for each grid, its hottest and coldest rows
    quantiles_over_time,  // a chart for each distribution: median, p99, p99.9, maximum
    distribution,         // quantiles on a nines axis, all distributions together
    capacity,             // what a sweep carried against what it was offered: the table "capacity"
    marks,                // happenings: how long each one lasted, at its instant
    drawing,              // no chart: content/drawings.h says what `names` may be
  };
  Kind kind = Kind::series;
  std::string_view title;
  std::string_view names;  // patterns of series, distributions, grids, or kinds of marks
  std::string_view about;  // in that of quantiles_over_time "{slice}" is the length of a slice
  std::string_view bands = "phase";                  // kinds of marks to shade
  std::string_view ticks = "incident|cue|playbook";  // kinds of marks to put on the time axis
  // Of series of one unit and of distributions: so many, those with the highest values; the others
  // are only named. 0: all.
  std::size_t most = 0;
};

struct Section {
  std::string_view title;
  std::string_view about;
  std::vector<Panel> panels;
  std::string_view figures;    // patterns of figures listed here
  std::string_view tables;     // patterns of tables shown here
  std::string_view owns = {};  // patterns of names of all but grids that no other section may show
  // Shown only where the record has this table.
  std::string_view needs = {};
  // Of the series, distributions and figures of the services of a chain ("web.arrivals"), which no
  // other section shows.
  bool of_services = false;
};

std::span<const Section> report_layout();

bool matches(std::string_view patterns, std::string_view name);

}  // namespace springtide::reports
