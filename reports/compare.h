// Two runs, or a run and what was recorded, second by second on one clock.
//
//   this    |----- phase a -----|--- phase b ---|      a record
//   other        |=== overlap ===|                     a record or a recorded CSV
//
// Seconds are matched by the time of day where both sides have one; two results without it by the
// begin of their phases of the same name; else from the start. Each
// phase of `this` that shares at least 30 s with the other is compared apart; without phases, all
// that is shared is. Distributions (latencies, pauses) are compared as a whole; a recorded column
// of durations without a clock is a sample of one. What belongs together: reports/compare/match.h.
//
// Every statistic (reports/statistics.h) is given for both sides with its signed error, this minus
// other, and, where resampling can say it, with the noise: half the width of the 99 % interval of
// the difference if both sides were one realisation of the same process (circular block bootstrap,
// blocks of an eighth of the series, at most 130 s, so that a dip every 121 s stays in it; the two
// half widths added as squares). An error below the noise is named so. Extremes have no such
// interval.
#pragma once

#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "measure/record.h"
#include "measure/result_directory.h"
#include "reports/report.h"
#include "reports/statistics.h"

namespace springtide::reports {

struct ComparisonSide {
  std::string name;            // for the reader: a path
  std::string clock_at_start;  // "22:55:06" or empty
  std::vector<measure::Series> series;
  std::vector<measure::Mark> marks;
  std::map<std::string, measure::Histogram> distributions;  // nanoseconds
  bool recorded = false;                                    // a plain CSV
  std::map<std::string, measure::Ledger> ledgers;           // by operation
  std::string scenario;                                     // its text, or empty
  std::vector<measure::Figure> figures = {};
  std::vector<measure::Verdict> verdicts = {};
  bool estimate = false;  // no run, but the plan of one
};
ComparisonSide side_of(std::string name, const measure::Record& record, std::string scenario = "");
ComparisonSide side_of(std::string name, const measure::RecordedSeries& recorded);

// How far a statistic may be off: "0.3%" of the other's value, "1.5x" either way, or "10" in its
// own unit.
struct Tolerance {
  enum class Kind { relative, factor, absolute } kind = Kind::absolute;
  double bound = 0;
  std::string text;  // as written
};
// "mean=0.3%,sd=1.5x,dips=10,median-depth=30%"; names are those of `statistic_names`.
Result<std::map<std::string, Tolerance>> parse_tolerances(std::string_view text);
std::vector<std::string> statistic_names();

struct CompareOptions {
  std::vector<std::string> series;  // and distributions, of this; empty: all that both have
  std::map<std::string, Tolerance> tolerances;
  // Without a target each side is measured from its own median: a recording read from a picture
  // is off by the height of a pixel (30 046 for 30 000).
  DipRule dips;
  double period = 0;  // s; 0: that of the other's strongest autocorrelation
};

struct ComparedStatistic {
  std::string name;  // "median-depth"
  std::string unit;
  double here = 0, there = 0, error = 0;
  std::optional<double> noise;
  std::optional<Tolerance> tolerance;
  bool within_tolerance = true;
  std::string note = {};  // what to make of it, where neither noise nor tolerance says it
  bool within_noise() const { return noise && std::abs(error) <= *noise; }
};

struct ComparedSeries {
  std::string series, other_series, unit, span;  // span: a phase or "all that is shared"
  double from = 0;                               // s since the start of this
  std::vector<double> here, there;               // one a second, aligned
  std::vector<ComparedStatistic> statistics;
  std::string note;  // where the series was found by its name alone: what else there is
};

struct ComparedDistribution {
  std::string name, other_name, unit;
  measure::Histogram here, there;  // nanoseconds
  double unit_ns = 1;              // of which `unit` has so many
  std::vector<ComparedStatistic> statistics;
};

// A value of the scenarios that differs.
struct DifferentSetting {
  std::string pointer, here, there;
};

// A run against the estimate of it (models/chain/estimate/): what was planned, what came.
//
// Of a funnel, over the measured seconds in which most people see it: requests = exposures x clicks
// x requests of a click, and the logarithm of how much more came is shared out to these factors. Of
// a link: utilisation = requests x calls of a request x share let in x time of a call, likewise;
// of a card, a disk or a link between sites only requests x use of it by a request is known.
struct ComparedFactor {
  std::string name, unit;
  double planned = 0, came = 0;
  double share = 0;  // of the logarithm of the whole ratio; 0 where that is 1
  double ratio() const { return came / planned; }
};
struct ComparedFunnel {
  std::string clients, requests;  // requests: "dynamic" or "static"
  double planned = 0, came = 0;   // per second
  std::vector<ComparedFactor> factors;
};
struct ComparedLink {
  std::string name;
  double planned = 0, came = 0;       // utilisation
  std::vector<ComparedFactor> parts;  // as far as both sides tell them
  std::string mostly;                 // what explains most of the difference, in words
};
struct PlanComparison {
  bool this_is_the_plan = true;
  std::vector<ComparedFunnel> funnels;
  std::vector<ComparedLink> links;  // the largest difference first
};

struct Comparison {
  std::string here, there;           // names of the sides
  std::string clock_at_start;        // of this
  std::string there_word = "other";  // or "recorded"
  std::vector<ComparedSeries> series;
  std::vector<ComparedDistribution> distributions;
  std::vector<DifferentSetting> settings;
  std::vector<ComparedStatistic> verdicts;  // what the thresholds that both have observed
  std::vector<ComparedStatistic> margins;   // of the links of the chain, and the busiest times
  std::vector<ComparedStatistic> fates;     // where requests ended, by operation
  std::optional<PlanComparison> plan = {};  // where one side is an estimate and the other is not
  bool within_tolerances() const;
};

Result<Comparison> compare(const ComparisonSide& here, const ComparisonSide& there,
                           const CompareOptions& options = {});

// An aligned table for a terminal; `colour`: with ANSI colours.
std::string comparison_text(const Comparison& comparison, bool colour = false);
std::string comparison_json(const Comparison& comparison);
// One offline page, with a chart of both sides for each series.
Result<std::string> comparison_html(const Comparison& comparison);

// Charts of both sides, for pages and pictures: a series over time and in order of its values; a
// distribution on its nines axis. And their table.
std::vector<ChartContent> comparison_figures(const Comparison& comparison);

// Adds to the report of `record` what was recorded: as overlays of its charts and compared.
// `series` of the run, or empty: by name (reports/compare/match.h).
Diagnostics add_recording(ReportOptions& options, const measure::Record& record,
                          const ComparisonSide& recorded, const std::string& series);

}  // namespace springtide::reports
