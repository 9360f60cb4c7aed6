#include "reports/compare.h"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <limits>

#include <fmt/format.h>

#include "base/random.h"
#include "measure/confidence.h"
#include "measure/threshold.h"
#include "reports/chart/axis.h"

namespace springtide::reports {
namespace {

using measure::Series;

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
constexpr double least_overlap = 30;  // s
constexpr double level = 0.99;
constexpr std::size_t resamples = 400;

struct Statistic {
  const char* name;
  const char* unit;  // nullptr: that of the series
  bool resampled;
  double (*of)(const SeriesStatistics&);
};
using S = SeriesStatistics;

constexpr Statistic statistics[] = {
    {"n", "s", false, [](const S& s) { return static_cast<double>(s.n); }},
    {"mean", nullptr, true, [](const S& s) { return s.mean; }},
    {"sd", nullptr, true, [](const S& s) { return s.sd; }},
    {"min", nullptr, false, [](const S& s) { return s.min; }},
    {"p1", nullptr, true, [](const S& s) { return s.p1; }},
    {"p5", nullptr, true, [](const S& s) { return s.p5; }},
    {"p50", nullptr, true, [](const S& s) { return s.p50; }},
    {"p95", nullptr, true, [](const S& s) { return s.p95; }},
    {"p99", nullptr, true, [](const S& s) { return s.p99; }},
    {"max", nullptr, false, [](const S& s) { return s.max; }},
    {"below-target", "%", true, [](const S& s) { return 100 * s.below; }},
    {"dips", "", true, [](const S& s) { return static_cast<double>(s.dips.size()); }},
    {"dip-seconds", "s", true, [](const S& s) { return s.dip_seconds; }},
    {"median-depth", nullptr, true, [](const S& s) { return s.median_depth; }},
    {"max-depth", nullptr, false, [](const S& s) { return s.max_depth; }},
    {"spikes", "", true, [](const S& s) { return static_cast<double>(s.spikes.size()); }},
};
constexpr const char* period_name = "period";
constexpr const char* recurrence_names[] = {"autocorrelation", "autocorrelation-elsewhere"};

Diagnostic problem(std::string file, std::string what, std::string hint = "") {
  Diagnostic result;
  result.file = std::move(file);
  result.what = std::move(what);
  result.hint = std::move(hint);
  return result;
}

// The same stream gives the same resamples in the same order for every statistic, so all statistics
// of a resample are computed once, for the first that asks.
class Resampled {
 public:
  Resampled(std::span<const double> values, std::uint64_t side, const DipRule& rule)
      : values_(values), side_(side), rule_(rule) {}

  double half_width(const Statistic& statistic) {
    Stream stream(1, "compare", side_);
    std::size_t number = 0;
    const auto value = [&](std::span<const double> sample) {
      if (number == described_.size()) described_.push_back(statistics_of(sample, rule_));
      return statistic.of(described_[number++]);
    };
    const std::size_t block = std::clamp<std::size_t>(values_.size() / 8, 1, 130);
    return measure::block_bootstrap_interval(values_, block, value, resamples, level, stream)
        .half_width();
  }

 private:
  std::span<const double> values_;
  std::uint64_t side_;
  const DipRule& rule_;
  std::vector<SeriesStatistics> described_;
};

std::optional<double> noise_of(Resampled& here, Resampled& there, const Statistic& statistic) {
  const double a = here.half_width(statistic), b = there.half_width(statistic);
  const double noise = std::sqrt(a * a + b * b);
  return std::isfinite(noise) ? std::optional(noise) : std::nullopt;
}

bool within(const Tolerance& tolerance, double here, double there) {
  switch (tolerance.kind) {
    case Tolerance::Kind::absolute: return std::abs(here - there) <= tolerance.bound;
    case Tolerance::Kind::relative:
      return std::abs(here - there) <= tolerance.bound * std::abs(there);
    case Tolerance::Kind::factor: {
      const double ratio = here / there;
      return ratio <= tolerance.bound && ratio >= 1 / tolerance.bound;
    }
  }
  return false;
}

void judge(ComparedStatistic& statistic, const CompareOptions& options) {
  const auto found = options.tolerances.find(statistic.name);
  if (found == options.tolerances.end()) return;
  statistic.tolerance = found->second;
  // Two equal values agree, also where there is nothing (no dips: 0 and 0).
  statistic.within_tolerance =
      statistic.here == statistic.there || within(found->second, statistic.here, statistic.there);
}

void add_recurrence(ComparedSeries& compared, const CompareOptions& options) {
  const auto there = recurrence_of(compared.there, options.period);
  if (!there) return;
  const auto own = recurrence_of(compared.here);
  const auto here = recurrence_of(compared.here, there->period);
  if (!own || !here) return;
  const auto add = [&](const char* name, const char* unit, double a, double b) {
    ComparedStatistic statistic{name, unit, a, b, a - b, {}, {}, true};
    judge(statistic, options);
    compared.statistics.push_back(std::move(statistic));
  };
  add(period_name, "s", own->period, there->period);
  add(recurrence_names[0], "", here->at_period, there->at_period);
  add(recurrence_names[1], "", here->elsewhere, there->elsewhere);
}

void add_statistics(ComparedSeries& compared, const CompareOptions& options) {
  const DipRule& rule = options.dips;
  const SeriesStatistics here = statistics_of(compared.here, rule);
  const SeriesStatistics there = statistics_of(compared.there, rule);
  Resampled here_again(compared.here, 0, rule), there_again(compared.there, 1, rule);
  for (const Statistic& statistic : statistics) {
    const double a = statistic.of(here), b = statistic.of(there);
    ComparedStatistic result{
        statistic.name, statistic.unit ? statistic.unit : compared.unit, a, b, a - b, {}, {}, true};
    if (statistic.resampled && here.n > 1 && there.n > 1)
      result.noise = noise_of(here_again, there_again, statistic);
    judge(result, options);
    compared.statistics.push_back(std::move(result));
  }
  add_recurrence(compared, options);
}

// What to add to a second of `there` to get one of `here`; by the nearest way round midnight.
long offset_between(const ComparisonSide& here, const ComparisonSide& there) {
  const auto a = parse_clock(here.clock_at_start), b = parse_clock(there.clock_at_start);
  if (!a || !b) return 0;
  const int apart = ((*b - *a) % 86400 + 86400) % 86400;
  return apart > 43200 ? apart - 86400 : apart;
}

double value_at(const Series& series, long at) {
  return at >= 0 && static_cast<std::size_t>(at) < series.values.size()
             ? series.values[static_cast<std::size_t>(at)]
             : nothing;
}

// The seconds [from, to) of `here` that both have, without missing values at either end.
ComparedSeries aligned(const Series& here, const Series& there, long offset, long from, long to) {
  const auto both = [&](long at) {
    return !std::isnan(value_at(here, at)) && !std::isnan(value_at(there, at - offset));
  };
  while (from < to && !both(from)) ++from;
  while (from < to && !both(to - 1)) --to;
  ComparedSeries result;
  result.series = here.name;
  result.other_series = there.name;
  result.unit = here.unit;
  result.from = static_cast<double>(from);
  for (long at = from; at < to; ++at) {
    result.here.push_back(value_at(here, at));
    result.there.push_back(value_at(there, at - offset));
  }
  return result;
}

std::vector<ComparedSeries> spans_of(const ComparisonSide& side, const Series& here,
                                     const Series& there, long offset) {
  std::vector<ComparedSeries> result;
  const auto add = [&](const std::string& name, long from, long to, double least) {
    ComparedSeries span = aligned(here, there, offset, from, to);
    span.span = name;
    if (static_cast<double>(span.here.size()) >= least) result.push_back(std::move(span));
  };
  for (const measure::Mark& mark : side.marks)
    if (mark.kind == "phase")
      add(mark.label, static_cast<long>(std::ceil(mark.from.since_start().seconds())),
          static_cast<long>(std::ceil(mark.to.since_start().seconds())), least_overlap);
  if (result.empty()) add("all that is shared", 0, static_cast<long>(here.values.size()), 1);
  return result;
}

std::string last_word(const std::string& name) { return name.substr(name.find_last_of('.') + 1); }

const Series* named(const std::vector<Series>& all, const std::string& name) {
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const Series& series) { return series.name == name; });
  return found == all.end() ? nullptr : &*found;
}

// "client_30k.csv" with the column "requests" means "client.requests".
bool named_by_path(const std::string& series, const std::string& path) {
  const std::string file = path.substr(path.find_last_of('/') + 1);
  const std::string first = series.substr(0, series.find('.'));
  return file.starts_with(first + "_") || file.starts_with(first + "-") ||
         file.starts_with(first + ".");
}

struct Pair {
  const Series* here;
  const Series* there;
};

// The series of `here` that a series of `there` may mean.
std::vector<const Series*> meant_by(const ComparisonSide& here, const ComparisonSide& there,
                                    const Series& wanted) {
  if (const Series* same = named(here.series, wanted.name)) return {same};
  std::vector<const Series*> candidates, by_path;
  for (const Series& series : here.series) {
    if (last_word(series.name) != last_word(wanted.name)) continue;
    candidates.push_back(&series);
    if (named_by_path(series.name, there.name)) by_path.push_back(&series);
  }
  return by_path.empty() ? candidates : by_path;
}

Result<std::vector<Pair>> asked_pairs(const ComparisonSide& here, const ComparisonSide& there,
                                      const std::vector<std::string>& names) {
  std::vector<Pair> pairs;
  std::vector<std::string> known;
  for (const Series& series : here.series) known.push_back(series.name);
  for (const std::string& name : names) {
    const Series* own = named(here.series, name);
    if (!own) {
      const auto near = measure::nearest_names(name, known);
      return problem(here.name, "there is no series \"" + name + "\"",
                     near.empty() ? "" : "did you mean \"" + near.front() + "\"?");
    }
    const Series* other = named(there.series, name);
    if (!other && there.series.size() == 1) other = &there.series.front();
    for (const Series& series : there.series)
      if (!other && last_word(series.name) == last_word(name)) other = &series;
    if (!other) return problem(there.name, "has nothing to compare with \"" + name + "\"");
    pairs.push_back({own, other});
  }
  return pairs;
}

Result<std::vector<Pair>> shared_pairs(const ComparisonSide& here, const ComparisonSide& there) {
  std::vector<Pair> pairs;
  for (const Series& other : there.series) {
    const auto meant = meant_by(here, there, other);
    if (meant.size() == 1) pairs.push_back({meant.front(), &other});
    if (meant.size() < 2) continue;
    std::string names;
    for (const Series* series : meant) names += " " + series->name;
    return problem(there.name, "\"" + other.name + "\" may be any of" + names,
                   "choose with --series " + meant.front()->name);
  }
  if (pairs.empty())
    return problem(there.name, "has no series in common with " + here.name,
                   "name one with --series");
  return pairs;
}

Result<std::vector<Pair>> pairs_of(const ComparisonSide& here, const ComparisonSide& there,
                                   const std::vector<std::string>& names) {
  return names.empty() ? shared_pairs(here, there) : asked_pairs(here, there, names);
}

}  // namespace

ComparisonSide side_of(std::string name, const measure::Record& record) {
  return {std::move(name), record.clock_at_start, record.series, record.marks};
}

ComparisonSide side_of(std::string name, const measure::RecordedSeries& recorded) {
  return {std::move(name), recorded.clock_at_start, recorded.series, {}};
}

std::vector<std::string> statistic_names() {
  std::vector<std::string> names;
  for (const Statistic& statistic : statistics) names.emplace_back(statistic.name);
  names.emplace_back(period_name);
  for (const char* name : recurrence_names) names.emplace_back(name);
  return names;
}

Result<std::map<std::string, Tolerance>> parse_tolerances(std::string_view text) {
  std::map<std::string, Tolerance> result;
  const std::vector<std::string> known = statistic_names();
  while (!text.empty()) {
    const std::string item(text.substr(0, text.find(',')));
    text = item.size() < text.size() ? text.substr(item.size() + 1) : "";
    const std::size_t equal = item.find('=');
    const std::string name = item.substr(0, equal);
    const std::string value = equal == std::string::npos ? "" : item.substr(equal + 1);
    if (std::find(known.begin(), known.end(), name) == known.end())
      return problem("--tolerance", "there is no statistic \"" + name + "\"",
                     fmt::format("known: {}", fmt::join(known, " ")));
    char* end = nullptr;
    Tolerance tolerance{Tolerance::Kind::absolute, std::strtod(value.c_str(), &end), value};
    const std::string unit = end;
    if (unit == "%")
      tolerance.kind = Tolerance::Kind::relative, tolerance.bound /= 100;
    else if (unit == "x")
      tolerance.kind = Tolerance::Kind::factor;
    const bool least_one = unit == "x" && !(tolerance.bound >= 1);
    if (end == value.c_str() || !(unit.empty() || unit == "%" || unit == "x") || least_one ||
        !(tolerance.bound >= 0) || std::isinf(tolerance.bound))
      return problem("--tolerance", "\"" + item + "\" is no tolerance",
                     "for example mean=0.3% or sd=1.5x or dips=10");
    result[name] = tolerance;
  }
  return result;
}

bool Comparison::within_tolerances() const {
  for (const ComparedSeries& compared : series)
    for (const ComparedStatistic& statistic : compared.statistics)
      if (!statistic.within_tolerance) return false;
  return true;
}

Result<Comparison> compare(const ComparisonSide& here, const ComparisonSide& there,
                           const CompareOptions& options) {
  const auto pairs = pairs_of(here, there, options.series);
  if (!pairs) return pairs.problems();
  Comparison comparison{here.name, there.name, here.clock_at_start, {}};
  const long offset = offset_between(here, there);
  for (const Pair& pair : pairs.value())
    for (ComparedSeries& compared : spans_of(here, *pair.here, *pair.there, offset)) {
      add_statistics(compared, options);
      comparison.series.push_back(std::move(compared));
    }
  if (comparison.series.empty())
    return problem(
        there.name, "shares no second with " + here.name,
        "they begin at \"" + here.clock_at_start + "\" and \"" + there.clock_at_start + "\"");
  return comparison;
}

Result<std::vector<Overlay>> overlays_from(const ComparisonSide& here, const ComparisonSide& there,
                                           std::string label) {
  const auto pairs = pairs_of(here, there, {});
  if (!pairs) return pairs.problems();
  std::vector<Overlay> overlays;
  const auto offset = static_cast<double>(offset_between(here, there));
  for (const Pair& pair : pairs.value())
    overlays.push_back(
        {pair.here->name, pair.here->name + ", " + label, offset, pair.there->values});
  return overlays;
}

}  // namespace springtide::reports
