#include "reports/chart/axis.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "base/portable_math.h"
#include "measure/text/time_series.h"

namespace springtide::reports {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
constexpr const char* narrow_space = "\u202f";

double power_of_ten(int exponent) {
  double power = 1;
  for (int i = 0; i < std::abs(exponent); ++i) power *= 10;
  return exponent < 0 ? 1 / power : power;
}

// The step 1, 2 or 5 times a power of ten that gives at most `most` steps over the span.
double round_step(double span, int most) {
  const double least = span / most;
  const double power = power_of_ten(static_cast<int>(std::floor(portable_log10(least))));
  for (const double factor : {1.0, 2.0, 5.0, 10.0})
    if (power * factor >= least * (1 - 1e-9)) return power * factor;
  return power * 10;
}

// "14 M" where an axis goes into the millions, so that there is room for it.
std::string tick_text(double at, double high) {
  if (high >= 2e9) return number_text(at / 1e9) + (at == 0 ? "" : " G");
  if (high >= 1e6) return number_text(at / 1e6) + (at == 0 ? "" : " M");
  return number_text(at);
}

AxisPlan linear_plan(double low, double high, int most) {
  AxisPlan plan{low, high, {}};
  if (!(high > low)) return plan;
  const double step = round_step(high - low, most);
  const auto first = static_cast<long long>(std::ceil(low / step - 1e-9));
  const auto last = static_cast<long long>(std::floor(high / step + 1e-9));
  for (long long i = first; i <= last; ++i) {
    const double at = static_cast<double>(i) * step;
    plan.ticks.push_back({at, tick_text(at, high)});
  }
  return plan;
}

AxisPlan log_plan(double low, double high, bool durations) {
  AxisPlan plan{low, high, {}};
  const int first = static_cast<int>(std::floor(low)), last = static_cast<int>(std::ceil(high));
  const bool few = high - low < 2;
  for (int exponent = first; exponent <= last; ++exponent)
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double at = exponent + portable_log10(factor);
      if (at < low - 1e-9 || at > high + 1e-9 || (factor != 1 && !few)) continue;
      const double value = factor * power_of_ten(exponent);
      plan.ticks.push_back({at, durations ? duration_text(value) : number_text(value)});
    }
  return plan;
}

AxisPlan nines_plan(double high) {
  AxisPlan plan{0, high, {{0, "0"}, {portable_log10(2), "50 %"}}};
  std::string digits = "90";
  for (int nines = 1; nines <= 12 && nines <= high + 1e-9; ++nines) {
    plan.ticks.push_back({static_cast<double>(nines), digits + " %"});
    digits = nines == 1 ? "99" : digits + (nines == 2 ? ".9" : "9");
  }
  return plan;
}

// "22:55", or with seconds "22:55:06".
std::string time_of_day(double second_of_day, bool seconds) {
  const std::string text = measure::clock_text(static_cast<long long>(std::floor(second_of_day)));
  return seconds ? text : text.substr(0, 5);
}

AxisPlan clock_plan(double low, double high, const std::string& clock_at_start) {
  constexpr std::array steps{1,   2,   5,    10,   15,   30,    60,    120,   300,
                             600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400};
  AxisPlan plan{low, high, {}};
  int step = steps.back();
  for (const int candidate : steps)
    if ((high - low) / candidate <= 10) {
      step = candidate;
      break;
    }
  const auto start = measure::parse_clock(clock_at_start);
  const int origin = start.value_or(0);
  const auto first = static_cast<long long>(std::ceil((low + origin) / step - 1e-9));
  for (long long i = first; static_cast<double>(i * step - origin) <= high + 1e-9; ++i) {
    const auto at = static_cast<double>(i * step - origin);
    plan.ticks.push_back(
        {at, start ? time_of_day(static_cast<double>(i * step), step < 60) : time_text(at, "")});
  }
  return plan;
}

std::pair<double, double> extent(const Chart& chart, bool of_x) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  const Scale scale = of_x ? chart.x.scale : chart.y.scale;
  for (const Line& line : chart.lines)
    for (const double value : of_x ? line.x : line.y) {
      const double at = position_on(scale, value);
      if (std::isnan(at)) continue;
      low = std::min(low, at);
      high = std::max(high, at);
    }
  return low <= high ? std::pair{low, high} : std::pair{0.0, 1.0};
}

AxisPlan plan_for(const Axis& axis, double low, double high, int most) {
  switch (axis.scale) {
    case Scale::linear: return linear_plan(low, high, most);
    case Scale::log: return log_plan(low, high, shows_durations(axis));
    case Scale::clock: return clock_plan(low, high, axis.clock_at_start);
    case Scale::nines: return nines_plan(high);
  }
  return {};
}

void widen(double& low, double& high) {
  if (high > low) return;
  const double by = high == 0 ? 1 : std::abs(high) * 0.1;
  low -= by;
  high += by;
}

}  // namespace

double portable_log10(double x) { return portable_log(x) / 2.302585092994045684; }

double position_on(Scale scale, double value) {
  if (!std::isfinite(value)) return nothing;
  if (scale == Scale::log) return value > 0 ? portable_log10(value) : nothing;
  if (scale == Scale::nines) return value < 1 ? -portable_log10(1 - value) : nothing;
  return value;
}

AxisPlan plan_x(const Chart& chart) {
  auto [low, high] = extent(chart, true);
  // The last step of a series lasts as long as the one before.
  for (const Line& line : chart.lines)
    if (line.style == Line::Style::step && line.x.size() > 1)
      high = std::max(high, 2 * line.x.back() - line.x[line.x.size() - 2]);
  if (chart.x.scale == Scale::nines) low = 0;
  if (chart.x.low) low = position_on(chart.x.scale, *chart.x.low);
  if (chart.x.high) high = position_on(chart.x.scale, *chart.x.high);
  widen(low, high);
  return plan_for(chart.x, low, high, 10);
}

AxisPlan plan_y(const Chart& chart) {
  auto [low, high] = extent(chart, false);
  if (chart.y.scale == Scale::linear) {
    if (low >= 0) low = 0;
    if (high == low) high = low + 1;
    const double step = round_step(high - low, 5);
    if (low < 0) low = std::floor(low / step) * step;
    high = std::max(high + (high - low) * 0.04, low + step);
  } else {
    const double room = std::max(0.05, (high - low) * 0.05);
    low -= room;
    high += room;
  }
  if (chart.y.low) low = position_on(chart.y.scale, *chart.y.low);
  if (chart.y.high) high = position_on(chart.y.scale, *chart.y.high);
  widen(low, high);
  return plan_for(chart.y, low, high, 5);
}

std::string time_text(double seconds, const std::string& clock_at_start) {
  if (const auto start = measure::parse_clock(clock_at_start))
    return time_of_day(*start + seconds, true);
  if (seconds < 180) return number_text(seconds) + " s";
  const auto whole = static_cast<long long>(std::floor(seconds));
  return whole < 3600 ? fmt::format("{}:{:02}", whole / 60, whole % 60)
                      : fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

std::string number_text(double value, int significant_digits) {
  if (std::isnan(value)) return "–";
  if (std::isinf(value)) return value > 0 ? "∞" : "−∞";
  const double size = std::abs(value);
  if (size != 0 && (size >= 1e15 || size < 1e-6))
    return fmt::format("{:.{}g}", value, significant_digits);
  const int before = size >= 1 ? static_cast<int>(std::floor(portable_log10(size) + 1e-12)) + 1 : 1;
  std::string text = fmt::format(
      "{:.{}f}", value,
      size >= 1 || size == 0
          ? std::max(0, significant_digits - before)
          : significant_digits - 1 - static_cast<int>(std::floor(portable_log10(size))));
  std::string fraction;
  if (const auto point = text.find('.'); point != std::string::npos) {
    fraction = text.substr(point);
    text.resize(point);
    while (fraction.back() == '0') fraction.pop_back();
    if (fraction == ".") fraction.clear();
  }
  const bool negative = text.front() == '-';
  if (negative) text.erase(0, 1);
  if (text.size() > 4)
    for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, narrow_space);
  const std::string digits = text + fraction;
  return negative && digits != "0" ? "−" + digits : digits;
}

std::string xml_escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&': result += "&amp;"; break;
      case '<': result += "&lt;"; break;
      case '>': result += "&gt;"; break;
      case '"': result += "&quot;"; break;
      case '\'': result += "&#39;"; break;
      default: result += static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' ? ' ' : c;
    }
  }
  return result;
}

TimeUnit time_unit_for(double nanoseconds) {
  for (const TimeUnit unit : {TimeUnit{"s", 1e9}, TimeUnit{"ms", 1e6}, TimeUnit{"µs", 1e3}})
    if (nanoseconds >= unit.nanoseconds) return unit;
  return {"ns", 1};
}

std::string duration_text(double nanoseconds) {
  if (std::isnan(nanoseconds)) return "–";
  const TimeUnit unit = time_unit_for(std::abs(nanoseconds));
  return number_text(nanoseconds / unit.nanoseconds, 4) + " " + unit.name;
}

bool shows_durations(const Axis& axis) { return axis.scale == Scale::log && axis.unit == "ns"; }

std::string caption_of(const Axis& axis) {
  if (shows_durations(axis)) return "time";
  return axis.unit.empty() ? axis.label : axis.unit;
}

std::string count_text(long long value) { return number_text(static_cast<double>(value), 18); }

}  // namespace springtide::reports
