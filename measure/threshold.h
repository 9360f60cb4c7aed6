// Thresholds: what a scenario demands of its run, in the grammar of k6
// (grafana.com/docs/k6/latest/using-k6/thresholds):
//
//   threshold  = statistic operator value             "p(99)<2ms"   "rate>=29.9k/s"
//   statistic  = p(0..100) | avg | min | max | med | count | rate | value
//   operator   = < | <= | > | >= | == | !=
//   value      = number, with a unit or bare: "2ms" "30k/s" "0.4%" "16GiB" "40Gbit/s" "1e3"
//
// What a metric may be, first match wins, and what its statistics mean:
//
//   distribution "serve.latency"      p avg min max med: durations; a bare number is in
//                                     milliseconds, as in k6. count; rate: a second of the run.
//   series "server.requests"          p avg min max med over the seconds that have a value; value:
//                                     the last one. Bare: in the unit of the series. For a series
//                                     of a rate ("requests/s") also count, the sum, and rate, the
//                                     mean or, when the bound is a share, the share of what was
//                                     offered, or of the series "<operation>.requests".
//   ledger "serve.refused"            <operation>.<offered, answered, refused, dropped, lost,
//                                     timed-out, in-flight, not-sent>. count or value; rate: the
//                                     share of what was offered (as k6's http_req_failed), or,
//                                     when the bound ends in "/s", how many a second.
//   figure "server.gc-cycles"         value. Bare: in the unit of the figure.
//
// "access.requests.rate" with "value>=..." or any other: a name may also end in ".rate" where the
// series is "access.requests". Unlike k6, a threshold without data fails, and an unknown metric is
// an error that names the nearest known ones.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "measure/record.h"

namespace springtide::measure {

struct Threshold {
  enum class Statistic { percentile, average, minimum, maximum, median, count, rate, value };
  enum class Comparison { less, less_or_equal, greater, greater_or_equal, equal, not_equal };
  // What kind of value the bound was written as; `bound` is then in ns, per second, a share of 1,
  // bytes, bits per second, or as written.
  enum class Kind { bare, duration, rate, share, bytes, bit_rate };

  std::string metric;
  std::string expression;  // as written
  Statistic statistic = Statistic::value;
  double percentile = 0;  // 0 .. 100
  Comparison comparison = Comparison::less;
  Kind kind = Kind::bare;
  double bound = 0;
};

using ThresholdTexts = std::map<std::string, std::vector<std::string>>;  // by metric

// A problem has no file or line (the caller knows them); its pointer is
// "/thresholds/<metric>/<index>" when parsed by parse_thresholds.
Result<Threshold> parse_threshold(std::string_view metric, std::string_view expression);
Result<std::vector<Threshold>> parse_thresholds(const ThresholdTexts& texts);

// One verdict for each threshold, or the problems: an unknown metric, a statistic that the metric
// does not have, a unit that does not fit it.
Result<std::vector<Verdict>> judge(const std::vector<Threshold>& thresholds, const Record& record);

// The same where `known` has all metrics that the record could have had: what is missing in the
// record is then no unknown metric but one without data, which fails.
Result<std::vector<Verdict>> judge(const std::vector<Threshold>& thresholds, const Record& record,
                                   const Record& known);

// Whether thresholds may name this metric; it may end in ".rate" (above).
bool has_metric(const Record& record, const std::string& name);

bool all_passed(const std::vector<Verdict>& verdicts);

// All metric names of a record, sorted; for messages, and to check names before a run.
std::vector<std::string> metric_names(const Record& record);

// The names nearest to `wanted` by edits, best first, at most `limit`; none that is far off.
std::vector<std::string> nearest_names(std::string_view wanted,
                                       const std::vector<std::string>& known,
                                       std::size_t limit = 3);

}  // namespace springtide::measure
