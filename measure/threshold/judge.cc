// Finding a threshold's metric in a record, taking its statistic, and comparing.
//
// Both sides are brought to one scale first: distributions in nanoseconds, series and figures in
// their own unit, ledgers in requests, a share of 1, or requests a second.
#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "measure/threshold.h"

namespace springtide::measure {
namespace {

using Statistic = Threshold::Statistic;
using Comparison = Threshold::Comparison;
using Kind = Threshold::Kind;

constexpr double ns_per_ms = 1e6;

struct LedgerEntry {
  const Ledger* ledger;
  std::int64_t count;
};
using Metric = std::variant<const Histogram*, const Series*, LedgerEntry, const Figure*>;

constexpr std::pair<std::string_view, std::int64_t Ledger::*> ledger_entries[] = {
    {"offered", &Ledger::offered},     {"answered", &Ledger::answered},
    {"refused", &Ledger::refused},     {"dropped", &Ledger::dropped},
    {"lost", &Ledger::lost},           {"timed-out", &Ledger::timed_out},
    {"in-flight", &Ledger::in_flight}, {"not-sent", &Ledger::not_sent}};

const Series* find_series(const std::string& name, const Record& record) {
  for (const Series& series : record.series)
    if (series.name == name) return &series;
  return nullptr;
}

std::optional<LedgerEntry> find_ledger_entry(const std::string& name, const Record& record) {
  for (const auto& [operation, ledger] : record.ledgers)
    for (const auto& [entry, member] : ledger_entries)
      if (name == operation + "." + std::string(entry)) return LedgerEntry{&ledger, ledger.*member};
  return {};
}

std::optional<Metric> find_metric(const std::string& name, const Record& record) {
  if (const auto found = record.distributions.find(name); found != record.distributions.end())
    return &found->second;
  if (const Series* series = find_series(name, record)) return series;
  if (const auto entry = find_ledger_entry(name, record)) return *entry;
  for (const Figure& figure : record.figures)
    if (figure.name == name) return &figure;
  return {};
}

// The observed value and the bound on one scale; `shown` converts that scale to `unit`.
struct Comparable {
  double observed = missing;
  double bound = 0;
  std::string unit;
  double shown = 1;
};

using Outcome = std::variant<Comparable, Diagnostic>;

Diagnostic problem(const Threshold& threshold, std::string what, std::string expected) {
  Diagnostic diagnostic;
  diagnostic.pointer = "/thresholds/" + threshold.metric;
  diagnostic.what = std::move(what);
  diagnostic.expected = std::move(expected);
  diagnostic.received = "\"" + threshold.expression + "\"";
  return diagnostic;
}

// --- Units -----------------------------------------------------------------------------------

struct UnitScale {
  std::string_view unit;
  Kind kind;
  double scale;
};  // of one, in Kind's unit
// clang-format off
constexpr UnitScale unit_scales[] = {
    {"ns", Kind::duration, 1},      {"us", Kind::duration, 1e3}, {"ms", Kind::duration, 1e6},
    {"s", Kind::duration, 1e9},     {"min", Kind::duration, 60e9},
    {"%", Kind::share, 0.01},       {"", Kind::share, 1},        {"share", Kind::share, 1},
    {"B", Kind::bytes, 1},          {"bytes", Kind::bytes, 1},   {"kB", Kind::bytes, 1e3},
    {"MB", Kind::bytes, 1e6},       {"GB", Kind::bytes, 1e9},    {"KiB", Kind::bytes, 1024},
    {"MiB", Kind::bytes, 1048576},  {"GiB", Kind::bytes, 1073741824},
    {"bit/s", Kind::bit_rate, 1},   {"kbit/s", Kind::bit_rate, 1e3},
    {"Mbit/s", Kind::bit_rate, 1e6}, {"Gbit/s", Kind::bit_rate, 1e9}};
// clang-format on

// The bound in `unit`, or nothing where its own unit does not fit.
std::optional<double> bound_in(const Threshold& threshold, std::string_view unit) {
  if (threshold.kind == Kind::bare) return threshold.bound;
  for (const UnitScale& entry : unit_scales)
    if (entry.unit == unit && entry.kind == threshold.kind) return threshold.bound / entry.scale;
  if (threshold.kind == Kind::rate && unit.ends_with("/s")) return threshold.bound;
  return {};
}

Outcome in_unit(const Threshold& threshold, double observed, const std::string& unit) {
  const auto bound = bound_in(threshold, unit);
  if (!bound)
    return problem(threshold, "the unit of the threshold does not fit the metric",
                   unit.empty() ? "a pure number" : "a value in " + unit);
  return Comparable{observed, *bound, unit, 1};
}

// --- Statistics ------------------------------------------------------------------------------

double share_of(const Threshold& threshold) {
  return threshold.statistic == Statistic::median ? 0.5 : threshold.percentile / 100;
}

double of_histogram(const Threshold& threshold, const Histogram& histogram) {
  if (histogram.empty()) return missing;
  switch (threshold.statistic) {
    case Statistic::average: return histogram.mean();
    case Statistic::minimum: return static_cast<double>(*histogram.min());
    case Statistic::maximum: return static_cast<double>(*histogram.max());
    default: return static_cast<double>(*histogram.quantile(share_of(threshold)));
  }
}

double of_values(const Threshold& threshold, const std::vector<double>& all) {
  std::vector<double> values;
  double sum = 0;
  for (const double value : all)
    if (!std::isnan(value)) {
      values.push_back(value);
      sum += value;
    }
  if (values.empty()) return missing;
  const auto n = static_cast<double>(values.size());
  switch (threshold.statistic) {
    case Statistic::average:
    case Statistic::rate: return sum / n;
    case Statistic::count: return sum;
    case Statistic::value: return values.back();
    case Statistic::minimum: return *std::min_element(values.begin(), values.end());
    case Statistic::maximum: return *std::max_element(values.begin(), values.end());
    default: break;
  }
  std::sort(values.begin(), values.end());
  const double rank = std::ceil(share_of(threshold) * n * (1 - 0x1p-51));
  return values[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

double sum_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values)
    if (!std::isnan(value)) sum += value;
  return sum;
}

Outcome compare(const Threshold& threshold, const Histogram* histogram, const Record& record) {
  const auto count = static_cast<double>(histogram->count());
  switch (threshold.statistic) {
    case Statistic::value:
      return problem(threshold, "a distribution has no single value",
                     "p(..), avg, min, max, med, count or rate");
    case Statistic::count: return in_unit(threshold, histogram->empty() ? missing : count, "");
    case Statistic::rate:
      return in_unit(threshold, histogram->empty() ? missing : count / record.duration.seconds(),
                     "requests/s");
    default: break;
  }
  if (threshold.kind != Kind::bare && threshold.kind != Kind::duration)
    return problem(threshold, "the unit of the threshold does not fit the metric", "a duration");
  const double scale = threshold.kind == Kind::bare ? ns_per_ms : 1;
  return Comparable{of_histogram(threshold, *histogram), threshold.bound * scale, "ms",
                    1 / ns_per_ms};
}

Outcome compare(const Threshold& threshold, const LedgerEntry& entry, const Record& record) {
  const auto count = static_cast<double>(entry.count);
  const auto offered = static_cast<double>(entry.ledger->offered);
  if (threshold.statistic == Statistic::count || threshold.statistic == Statistic::value) {
    if (threshold.kind != Kind::bare)
      return problem(threshold, "the unit of the threshold does not fit the metric",
                     "a pure number");
    return Comparable{count, threshold.bound, "requests", 1};
  }
  if (threshold.statistic != Statistic::rate)
    return problem(threshold, "a ledger entry is one number", "count, rate or value");
  if (threshold.kind == Kind::rate)
    return in_unit(threshold, count / record.duration.seconds(), "requests/s");
  const double share = offered > 0 ? count / offered : missing;
  if (threshold.kind == Kind::share) return Comparable{share, threshold.bound, "%", 100};
  return in_unit(threshold, share, "");
}

// What share of an operation's requests a series of it counts: by the ledger, which knows the
// measured window, where it has that entry; else by the series of its requests.
std::optional<Outcome> share_of_requests(const Threshold& threshold, const Series& series,
                                         const Record& record) {
  if (const auto entry = find_ledger_entry(series.name, record))
    return compare(threshold, *entry, record);
  const std::string operation = series.name.substr(0, series.name.rfind('.'));
  const Series* requests = find_series(operation + ".requests", record);
  if (!requests || requests->unit != series.unit) return {};
  const double all = sum_of(requests->values);
  return Comparable{all > 0 ? sum_of(series.values) / all : missing, threshold.bound, "%", 100};
}

Outcome compare(const Threshold& threshold, const Series* series, const Record& record) {
  if (threshold.statistic == Statistic::rate && threshold.kind == Kind::share)
    if (const auto share = share_of_requests(threshold, *series, record)) return *share;
  const bool is_rate = series->unit.ends_with("/s");
  const bool needs_rate =
      threshold.statistic == Statistic::count || threshold.statistic == Statistic::rate;
  if (needs_rate && !is_rate)
    return problem(threshold, fmt::format("a series in \"{}\" has no count or rate", series->unit),
                   "p(..), avg, min, max, med or value");
  const double observed = of_values(threshold, series->values);
  if (threshold.statistic == Statistic::count) {
    if (threshold.kind != Kind::bare)
      return problem(threshold, "the unit of the threshold does not fit the metric",
                     "a pure number");
    return Comparable{observed, threshold.bound, series->unit.substr(0, series->unit.size() - 2),
                      1};
  }
  return in_unit(threshold, observed, series->unit);
}

Outcome compare(const Threshold& threshold, const Figure* figure, const Record&) {
  if (threshold.statistic != Statistic::value)
    return problem(threshold, "a figure is one number", "value");
  return in_unit(threshold, figure->value, figure->unit);
}

// --- Judging ---------------------------------------------------------------------------------

bool holds(Comparison comparison, double observed, double bound) {
  if (std::isnan(observed)) return false;  // also for !=: no data is never a pass
  switch (comparison) {
    case Comparison::less: return observed < bound;
    case Comparison::less_or_equal: return observed <= bound;
    case Comparison::greater: return observed > bound;
    case Comparison::greater_or_equal: return observed >= bound;
    case Comparison::equal: return observed == bound;
    case Comparison::not_equal: return observed != bound;
  }
  return false;
}

double margin_of(Comparison comparison, double observed, double bound) {
  switch (comparison) {
    case Comparison::less:
    case Comparison::less_or_equal: return bound - observed;
    case Comparison::greater:
    case Comparison::greater_or_equal: return observed - bound;
    case Comparison::equal: return -std::fabs(observed - bound);
    case Comparison::not_equal: return std::fabs(observed - bound);
  }
  return missing;
}

Verdict verdict_of(const Threshold& threshold, const Comparable& values) {
  Verdict verdict;
  verdict.metric = threshold.metric;
  verdict.expression = threshold.expression;
  verdict.unit = values.unit;
  verdict.observed = values.observed * values.shown;
  verdict.bound = values.bound * values.shown;
  verdict.passed = holds(threshold.comparison, values.observed, values.bound);
  verdict.margin = margin_of(threshold.comparison, values.observed, values.bound) * values.shown;
  return verdict;
}

Diagnostic unknown_metric(const Threshold& threshold, const Record& record) {
  const std::vector<std::string> known = metric_names(record);
  const std::vector<std::string> near = nearest_names(threshold.metric, known);
  Diagnostic diagnostic = problem(threshold, "unknown metric \"" + threshold.metric + "\"",
                                  near.empty() ? "a metric of this run" : "");
  for (const std::string& name : near)
    diagnostic.expected += (diagnostic.expected.empty() ? "\"" : "\" or \"") + name;
  if (!near.empty()) diagnostic.expected += "\"";
  diagnostic.received = "\"" + threshold.metric + "\"";
  diagnostic.hint = fmt::format("the metrics of this run are: {}", fmt::join(known, ", "));
  return diagnostic;
}

// "access.requests.rate" names the rate of "access.requests", where it is no metric itself.
std::optional<Metric> find_metric_or_rate(Threshold& threshold, const Record& record) {
  auto metric = find_metric(threshold.metric, record);
  constexpr std::string_view suffix = ".rate";
  if (metric || !threshold.metric.ends_with(suffix)) return metric;
  if (threshold.statistic == Statistic::value) threshold.statistic = Statistic::rate;
  return find_metric(threshold.metric.substr(0, threshold.metric.size() - suffix.size()), record);
}

Outcome compare(Threshold threshold, const Record& record, const Record& known) {
  const bool measured = has_metric(record, threshold.metric);
  const Record& source = measured ? record : known;
  const auto metric = find_metric_or_rate(threshold, source);
  if (!metric) return unknown_metric(threshold, source);
  Outcome outcome =
      std::visit([&](const auto& found) { return compare(threshold, found, source); }, *metric);
  auto* values = std::get_if<Comparable>(&outcome);
  if (values != nullptr && !measured) values->observed = missing;
  return outcome;
}

}  // namespace

bool has_metric(const Record& record, const std::string& name) {
  Threshold asked;
  asked.metric = name;
  return find_metric_or_rate(asked, record).has_value();
}

Result<std::vector<Verdict>> judge(const std::vector<Threshold>& thresholds, const Record& record) {
  return judge(thresholds, record, record);
}

Result<std::vector<Verdict>> judge(const std::vector<Threshold>& thresholds, const Record& record,
                                   const Record& known) {
  std::vector<Verdict> verdicts;
  Diagnostics problems;
  for (const Threshold& threshold : thresholds) {
    const Outcome outcome = compare(threshold, record, known);
    if (const auto* values = std::get_if<Comparable>(&outcome))
      verdicts.push_back(verdict_of(threshold, *values));
    else
      problems.push_back(std::get<Diagnostic>(outcome));
  }
  if (!problems.empty()) return problems;
  return verdicts;
}

bool all_passed(const std::vector<Verdict>& verdicts) {
  return std::all_of(verdicts.begin(), verdicts.end(), [](const auto& v) { return v.passed; });
}

std::vector<std::string> metric_names(const Record& record) {
  std::vector<std::string> names;
  for (const auto& [name, histogram] : record.distributions) names.push_back(name);
  for (const Series& series : record.series) names.push_back(series.name);
  for (const auto& [operation, ledger] : record.ledgers)
    for (const auto& [entry, member] : ledger_entries)
      names.push_back(operation + "." + std::string(entry));
  for (const Figure& figure : record.figures) names.push_back(figure.name);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace springtide::measure
