#include "reports/compare/pieces.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "reports/chart/axis.h"

namespace springtide::reports {
namespace {

std::string signed_text(double value) {
  return value > 0 ? "+" + number_text(value) : number_text(value);
}

std::string relative_text(const ComparedStatistic& statistic) {
  if (statistic.there == 0 || statistic.unit == "%" || !std::isfinite(statistic.error)) return "";
  return signed_text(std::round(1e4 * statistic.error / statistic.there) / 100) + " %";
}

std::string reading(const ComparedStatistic& statistic) {
  std::string text = statistic.note;
  if (!text.empty()) return text;
  if (statistic.tolerance)
    text = (statistic.within_tolerance ? "within " : "outside ") + statistic.tolerance->text;
  if (statistic.error == 0) return text.empty() ? "equal" : text + ", equal";
  if (!statistic.within_noise()) return text;
  return text.empty() ? "inside the noise" : text + ", inside the noise";
}

std::string time_span(const Comparison& comparison, const ComparedSeries& series) {
  const auto seconds = static_cast<double>(series.here.size());
  return fmt::format("{} to {}", time_text(series.from, comparison.clock_at_start),
                     time_text(series.from + seconds, comparison.clock_at_start));
}

std::string names_of(const std::string& here, const std::string& there) {
  return here == there ? here : here + " against " + there;
}

Line line_of(const ComparedSeries& series, const std::vector<double>& values, std::string label,
             Line::Role role) {
  Line line;
  line.label = std::move(label);
  line.role = role;
  line.y = values;
  for (std::size_t i = 0; i < values.size(); ++i)
    line.x.push_back(series.from + static_cast<double>(i));
  return line;
}

}  // namespace

std::vector<std::string> cells_of(const ComparedStatistic& statistic) {
  return {statistic.name,
          statistic.unit,
          number_text(statistic.here),
          number_text(statistic.there),
          signed_text(statistic.error),
          relative_text(statistic),
          statistic.noise ? number_text(*statistic.noise, 3) : "",
          reading(statistic)};
}

std::vector<std::string> headings(const Comparison& comparison) {
  return {
      "statistic", "unit", "this", comparison.there_word, "error", "of " + comparison.there_word,
      "noise",     ""};
}

std::string heading(const Comparison& comparison, const ComparedSeries& series) {
  return fmt::format("{}: {}, {}", names_of(series.series, series.other_series), series.span,
                     time_span(comparison, series));
}

std::string heading(const ComparedDistribution& distribution) {
  return names_of(distribution.name, distribution.other_name) + ": all values";
}

std::string line_label(const std::string& word, const std::string& name) {
  return name.empty() ? word : word + ": " + name;
}

Chart both_chart(const Comparison& comparison, const ComparedSeries& series, std::size_t number) {
  Chart chart;
  chart.name = fmt::format("both-{}", number);
  chart.title = series.series + ", " + series.span;
  chart.x = {"time", "s", Scale::clock, {}, {}, comparison.clock_at_start};
  chart.y.unit = series.unit;
  chart.lines = {
      line_of(series, series.here, line_label("this", comparison.here), Line::Role::simulated),
      line_of(series, series.there, line_label(comparison.there_word, comparison.there),
              Line::Role::recorded)};
  // Dips of a few per cent are what is looked at: the axis need not begin at zero.
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const Line& line : chart.lines)
    for (const double y : line.y)
      if (std::isfinite(y)) low = std::min(low, y), high = std::max(high, y);
  if (low > 0.5 * high) chart.y.low = low - 0.1 * (high - low) - (high == low ? 1 : 0);
  return chart;
}

}  // namespace springtide::reports
