#include "reports/content/distributions.h"

#include <algorithm>
#include <limits>
#include <span>

#include <fmt/format.h>

#include "base/portable_math.h"
#include "reports/chart/axis.h"
#include "reports/page/html.h"

namespace springtide::reports {
namespace {

using measure::Histogram;
using measure::Record;

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t most_lines = 8;

double quantile_of(const Histogram& histogram, double p) {
  const auto value = histogram.quantile(p);
  return value ? static_cast<double>(*value) : nothing;
}

// A quantile that fewer than one value lies beyond says no more than the maximum does.
bool known(const Histogram& histogram, double p) {
  return static_cast<double>(histogram.count()) * (1 - p) >= 1;
}

// Logarithmic where the values span more than a factor of fifty.
Scale scale_for(const std::vector<Line>& lines) {
  double low = std::numeric_limits<double>::infinity(), high = 0;
  for (const Line& line : lines)
    for (const double y : line.y)
      if (y > 0) low = std::min(low, y), high = std::max(high, y);
  return high > 50 * low ? Scale::log : Scale::linear;
}

struct Shown {
  std::string name;
  const Histogram* histogram;
  Line::Role role;
};

Chart distribution_chart(const Panel& panel, std::span<const Shown> all) {
  Chart chart;
  chart.title = panel.title;
  chart.about = panel.about;
  for (const Shown& one : all) {
    chart.lines.push_back(nines_line(one.name, *one.histogram));
    chart.lines.back().role = one.role;
  }
  set_nines_axis(chart);
  set_duration_axis(chart);
  return chart;
}

std::string quantile_table(std::span<const Shown> all) {
  constexpr double ps[] = {0.5, 0.9, 0.99, 0.999, 0.9999};
  HtmlTable table;
  table.header = {"", "number", "min", "mean", "p50", "p90", "p99", "p99.9", "p99.99", "max"};
  for (const auto& [name, histogram, role] : all) {
    std::vector<std::string> row{html_code(name), count_text(histogram->count()),
                                 duration_text(static_cast<double>(*histogram->min())),
                                 duration_text(histogram->mean())};
    for (const double p : ps)
      row.push_back(known(*histogram, p) ? duration_text(quantile_of(*histogram, p)) : "–");
    row.push_back(duration_text(static_cast<double>(*histogram->max())));
    table.rows.push_back(std::move(row));
  }
  return table.html();
}

// "10 s", "5 min", "2 h".
std::string length_text(Duration length) {
  if (length.ns % (60 * minute.ns) == 0) return fmt::format("{} h", length / (minute * 60));
  if (length.ns % minute.ns == 0 && length >= minute * 3)
    return fmt::format("{} min", length / minute);
  return number_text(length.seconds()) + " s";
}

// At most sixty rows; a row of several slices has the quantiles of all their values.
std::string slices_table(const Record& record, const std::vector<Histogram>& slices) {
  constexpr std::size_t most_rows = 60;
  const std::size_t step = (slices.size() + most_rows - 1) / most_rows;
  HtmlTable table;
  table.header = {"from", "number", "p50", "p99", "p99.9", "maximum"};
  for (std::size_t begin = 0; begin < slices.size(); begin += step) {
    Histogram all;
    for (std::size_t i = begin; i < std::min(begin + step, slices.size()); ++i)
      all.merge(slices[i]);
    if (all.empty()) continue;
    const double from = static_cast<double>(begin) * record.slice.seconds();
    std::vector<std::string> row{time_text(from, record.clock_at_start), count_text(all.count())};
    for (const double p : {0.5, 0.99, 0.999, 1.0})
      row.push_back(p == 1 || known(all, p) ? duration_text(quantile_of(all, p)) : "–");
    table.rows.push_back(std::move(row));
  }
  const Duration row = record.slice * static_cast<std::int64_t>(step);
  return html_details("Quantiles of every " + length_text(row), table.html());
}

std::string with_slice(std::string_view about, Duration slice) {
  constexpr std::string_view name = "{slice}";
  std::string text(about);
  if (const auto at = text.find(name); at != std::string::npos)
    text.replace(at, name.size(), length_text(slice));
  return text;
}

ChartContent quantile_chart(const Record& record, const Panel& panel, const std::string& name,
                            const std::vector<Histogram>& slices) {
  struct Drawn {
    const char* label;
    double p;
  };
  ChartContent content;
  Chart& chart = content.chart;
  chart.title = name + " " + std::string(panel.title);
  chart.about = with_slice(panel.about, record.slice);
  for (const Drawn shown : {Drawn{"maximum", 1}, {"p99.9", 0.999}, {"p99", 0.99}, {"p50", 0.5}}) {
    Line line;
    line.label = shown.label;
    for (std::size_t i = 0; i < slices.size(); ++i) {
      const bool say = !slices[i].empty() && (shown.p == 1 || known(slices[i], shown.p));
      line.x.push_back(static_cast<double>(i) * record.slice.seconds());
      line.y.push_back(say ? quantile_of(slices[i], shown.p) : nothing);
    }
    chart.lines.push_back(std::move(line));
  }
  chart.x = time_axis(record);
  chart.x.high =
      std::max(*chart.x.high, static_cast<double>(slices.size()) * record.slice.seconds());
  set_duration_axis(chart);
  chart.bands = bands_of(record, panel.bands);
  chart.ticks = ticks_of(record, panel.ticks);
  content.below = slices_table(record, slices);
  return content;
}

// The `most` with the highest p99 stay, the slowest first; the names of the others go to `less`.
void keep_slowest(std::vector<Shown>& all, std::size_t most, std::vector<std::string>& less) {
  if (most == 0 || all.size() <= most) return;
  std::stable_sort(all.begin(), all.end(), [](const Shown& a, const Shown& b) {
    return *a.histogram->quantile(0.99) > *b.histogram->quantile(0.99);
  });
  for (std::size_t i = most; i < all.size(); ++i) less.push_back(all[i].name);
  all.resize(most);
}

}  // namespace

Line nines_line(const std::string& label, const Histogram& histogram) {
  Line line;
  line.label = label;
  line.style = Line::Style::line;
  const double nines =
      portable_log10(static_cast<double>(std::max<std::int64_t>(10, histogram.count())));
  constexpr int steps_per_nine = 25;
  const int steps = static_cast<int>(nines * steps_per_nine);
  // The least of very many values is an accident that would stretch a logarithmic axis.
  const int first = histogram.count() < 1000 ? 0 : 1;
  for (int i = first; i <= steps; ++i) {
    const double p = 1 - portable_exp(-2.302585092994045684 * i / steps_per_nine);
    line.x.push_back(p);
    line.y.push_back(quantile_of(histogram, p));
  }
  return line;
}

void set_duration_axis(Chart& chart) {
  chart.y.unit = "ns";
  chart.y.scale = scale_for(chart.lines);
  if (chart.y.scale == Scale::log) return;  // its ticks say what they are: 10 µs, 1 ms
  double largest = 0;
  for (const Line& line : chart.lines)
    for (const double y : line.y)
      if (y > largest) largest = y;
  const TimeUnit unit = time_unit_for(largest);
  chart.y.unit = unit.name;
  for (Line& line : chart.lines)
    for (double& y : line.y) y /= unit.nanoseconds;
}

void set_nines_axis(Chart& chart) { chart.x = {"share", "", Scale::nines, {}, {}, ""}; }

void add_quantile_charts(const Record& record, const Panel& panel, Taker& taken,
                         SectionContent& section) {
  for (const auto& [name, slices] : record.distributions_over_time) {
    const bool any = std::any_of(slices.begin(), slices.end(),
                                 [](const Histogram& slice) { return !slice.empty(); });
    if (!any || !taken.take(panel.names, name)) continue;
    section.charts.push_back(quantile_chart(record, panel, name, slices));
  }
}

void add_distribution_charts(const Record& record, const ReportOptions& options, const Panel& panel,
                             Taker& taken, SectionContent& section) {
  std::vector<Shown> all;
  for (const auto& [name, histogram] : record.distributions) {
    if (histogram.empty() || !taken.take(panel.names, name)) continue;
    all.push_back({name, &histogram, Line::Role::simulated});
    for (const RecordedDistribution& recorded : options.recorded_distributions)
      if (recorded.distribution == name)
        all.push_back({recorded.label, &recorded.values, Line::Role::recorded});
  }
  keep_slowest(all, panel.most, section.less);
  for (std::size_t begin = 0; begin < all.size(); begin += most_lines) {
    const std::size_t count = std::min(most_lines, all.size() - begin);
    ChartContent content;
    content.chart = distribution_chart(panel, std::span(all).subspan(begin, count));
    if (begin > 0) content.chart.title += fmt::format(" ({})", begin / most_lines + 1);
    content.below = quantile_table(std::span(all).subspan(begin, count));
    section.charts.push_back(std::move(content));
  }
}

}  // namespace springtide::reports
