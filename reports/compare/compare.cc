#include "reports/compare.h"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <limits>

#include <fmt/format.h>

#include "base/random.h"
#include "measure/text/time_series.h"
#include "reports/chart/axis.h"
#include "reports/compare/distributions.h"
#include "reports/compare/match.h"
#include "reports/compare/plan.h"
#include "reports/compare/resampled.h"
#include "reports/compare/runs.h"
#include "reports/compare/tolerance.h"
#include "reports/phases.h"

namespace springtide::reports {
namespace {

using measure::Series;

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
constexpr double least_overlap = 30;   // s
constexpr double least_of_phases = 5;  // s, of two phases of one name
constexpr double level = 0.99;
constexpr std::size_t resamples = 400;

struct Statistic {
  const char* name;
  const char* unit;  // nullptr: that of the series
  bool resampled;
  double (*of)(const SeriesStatistics&);
  bool of_excursions = false;  // of dips and spikes: left out where neither side has any
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
    {"dips", "", true, [](const S& s) { return static_cast<double>(s.dips.size()); }, true},
    {"dip-seconds", "s", true, [](const S& s) { return s.dip_seconds; }, true},
    {"median-depth", nullptr, true, [](const S& s) { return s.median_depth; }, true},
    {"max-depth", nullptr, false, [](const S& s) { return s.max_depth; }, true},
    {"spikes", "", true, [](const S& s) { return static_cast<double>(s.spikes.size()); }, true},
};
constexpr const char* period_name = "period";
constexpr const char* recurrence_names[] = {"autocorrelation", "autocorrelation-elsewhere"};

// By statistic; NaN where none is known. Both sides need values of their own.
std::vector<double> noises_of(const ComparedSeries& compared, const DipRule& rule,
                              bool excursions) {
  std::vector<Resampled::Statistic> wanted;
  for (const Statistic& statistic : statistics) wanted.push_back(statistic.of);
  const auto half_widths = [&](std::span<const double> values, std::uint64_t side) {
    Stream stream(1, "compare", side);
    return Resampled(values, rule, excursions).half_widths(wanted, resamples, level, stream);
  };
  const std::vector<double> a = half_widths(compared.here, 0), b = half_widths(compared.there, 1);
  std::vector<double> noises;
  for (std::size_t i = 0; i < wanted.size(); ++i)
    noises.push_back(std::sqrt(a[i] * a[i] + b[i] * b[i]));
  return noises;
}

// Of noise the strongest lag says nothing: only what stands out of it is told.
bool recurs(const Recurrence& recurrence, std::size_t n) {
  return recurrence.at_period > 3 / std::sqrt(static_cast<double>(n)) &&
         recurrence.at_period > recurrence.elsewhere &&
         3 * recurrence.period <= static_cast<double>(n);
}

void add_recurrence(ComparedSeries& compared, const CompareOptions& options) {
  const auto there = recurrence_of(compared.there, options.period);
  if (!there || (options.period == 0 && !recurs(*there, compared.there.size()))) return;
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
  const auto has_excursions = [](const SeriesStatistics& s) {
    return !s.dips.empty() || !s.spikes.empty();
  };
  const auto asked = [&](const Statistic& statistic) {
    return statistic.of_excursions && options.tolerances.contains(statistic.name);
  };
  const bool excursions = has_excursions(here) || has_excursions(there) ||
                          std::any_of(std::begin(statistics), std::end(statistics), asked);
  std::vector<double> noises(std::size(statistics), nothing);
  if (here.n > 1 && there.n > 1) noises = noises_of(compared, rule, excursions);
  for (std::size_t i = 0; i < std::size(statistics); ++i) {
    const Statistic& statistic = statistics[i];
    if (statistic.of_excursions && !has_excursions(here) && !has_excursions(there) &&
        !asked(statistic))
      continue;
    const double a = statistic.of(here), b = statistic.of(there);
    ComparedStatistic result{
        statistic.name, statistic.unit ? statistic.unit : compared.unit, a, b, a - b, {}, {}, true};
    if (statistic.resampled && std::isfinite(noises[i])) result.noise = noises[i];
    judge(result, options);
    compared.statistics.push_back(std::move(result));
  }
  add_recurrence(compared, options);
}

// What to add to a second of `there` to get one of `here`; by the nearest way round midnight.
long offset_between(const ComparisonSide& here, const ComparisonSide& there) {
  const auto a = measure::parse_clock(here.clock_at_start),
             b = measure::parse_clock(there.clock_at_start);
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

// Two results that do not share a clock (a simulated night and a live one, say) are laid over each
// other phase by phase: at the begin of the phases of one name.
std::vector<ComparedSeries> spans_of(const ComparisonSide& side, const ComparisonSide& other,
                                     const Series& here, const Series& there, long offset) {
  std::vector<ComparedSeries> result;
  const auto add = [&](const std::string& name, long from, long to, double least, long by) {
    ComparedSeries span = aligned(here, there, by, from, to);
    span.span = name;
    if (static_cast<double>(span.here.size()) >= least) result.push_back(std::move(span));
  };
  const bool one_clock = !side.clock_at_start.empty() && !other.clock_at_start.empty();
  const std::vector<Phase> others = one_clock ? std::vector<Phase>{} : phases_of(other.marks);
  for (const Phase& phase : phases_of(side.marks)) {
    const auto same = std::find_if(others.begin(), others.end(),
                                   [&](const Phase& one) { return one.name == phase.name; });
    if (same == others.end())
      add(phase.name, phase.from, phase.to, least_overlap, offset);
    else
      add(phase.name, phase.from, std::min(phase.to, phase.from + same->to - same->from),
          least_of_phases, phase.from - same->from);
  }
  if (result.empty())
    add("all that is shared", 0, static_cast<long>(here.values.size()), 1, offset);
  return result;
}

}  // namespace

ComparisonSide side_of(std::string name, const measure::Record& record, std::string scenario) {
  return {std::move(name),
          record.clock_at_start,
          record.series,
          record.marks,
          record.distributions,
          false,
          record.ledgers,
          std::move(scenario),
          record.figures,
          record.verdicts,
          record.tables.contains("plan.links")};
}

ComparisonSide side_of(std::string name, const measure::RecordedSeries& recorded) {
  ComparisonSide side;
  side.name = std::move(name);
  side.clock_at_start = recorded.clock_at_start;
  side.series = recorded.series;
  side.distributions = distributions_of(recorded);
  side.recorded = true;
  return side;
}

std::vector<std::string> statistic_names() {
  std::vector<std::string> names;
  for (const Statistic& statistic : statistics) names.emplace_back(statistic.name);
  names.emplace_back(period_name);
  for (const char* name : recurrence_names) names.emplace_back(name);
  for (const std::string& name : distribution_statistic_names())
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  return names;
}

bool Comparison::within_tolerances() const {
  const auto kept = [](const auto& compared) {
    return std::all_of(compared.statistics.begin(), compared.statistics.end(),
                       [](const ComparedStatistic& one) { return one.within_tolerance; });
  };
  return std::all_of(series.begin(), series.end(), kept) &&
         std::all_of(distributions.begin(), distributions.end(), kept);
}

Result<Comparison> compare(const ComparisonSide& here, const ComparisonSide& there,
                           const CompareOptions& options) {
  const auto pairs = pairs_of(here, there, options.series);
  if (!pairs) return pairs.problems();
  Comparison comparison;
  comparison.here = here.name;
  comparison.there = there.name;
  comparison.clock_at_start = here.clock_at_start;
  if (there.recorded) comparison.there_word = "recorded";
  if (options.series.empty()) {
    comparison.settings = different_settings(here, there);
    comparison.verdicts = compared_verdicts(here, there);
    comparison.margins = compared_margins(here, there);
    comparison.fates = compared_fates(here, there);
    comparison.plan = compared_plan(here, there);
  }
  const long offset = offset_between(here, there);
  for (const DistributionPair& pair : pairs.value().distributions)
    comparison.distributions.push_back(compared_distributions(pair, options));
  for (const SeriesPair& pair : pairs.value().series)
    for (ComparedSeries& compared : spans_of(here, there, *pair.here, *pair.there, offset)) {
      add_statistics(compared, options);
      compared.note = pair.note;
      comparison.series.push_back(std::move(compared));
    }
  if (comparison.series.empty() && comparison.distributions.empty())
    return problem_of(
        there.name, "shares no second with " + here.name,
        "they begin at \"" + here.clock_at_start + "\" and \"" + there.clock_at_start + "\"");
  return comparison;
}

Diagnostics add_recording(ReportOptions& options, const measure::Record& record,
                          const ComparisonSide& recorded, const std::string& series) {
  const ComparisonSide run = side_of("the run", record);
  CompareOptions wanted;
  if (!series.empty()) wanted.series = {series};
  const auto pairs = pairs_of(run, recorded, wanted.series);
  if (!pairs) return pairs.problems();
  auto comparison = compare(run, recorded, wanted);
  if (!comparison) return comparison.problems();
  comparison.value().here = comparison.value().there = "";  // the page says what they are
  const auto offset = static_cast<double>(offset_between(run, recorded));
  for (const SeriesPair& pair : pairs.value().series)
    options.overlays.push_back(
        {pair.here->name, pair.here->name + ", recorded", offset, pair.there->values});
  for (const DistributionPair& pair : pairs.value().distributions)
    options.recorded_distributions.push_back(
        {pair.here, pair.here + ", recorded", *pair.there_values});
  for (ChartContent& figure : comparison_figures(comparison.value()))
    options.against_the_record.push_back(std::move(figure));
  return {};
}

}  // namespace springtide::reports
