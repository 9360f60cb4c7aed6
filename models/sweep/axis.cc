#include "models/sweep/axis.h"

#include <charconv>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "base/portable_math.h"
#include "base/quantity.h"

namespace springtide::models::sweep {
namespace {

enum class Kind { rate, duration, bytes, bit_rate, share, number };

struct Value {
  Kind kind = Kind::number;
  double number = 0;  // per second, ns, bytes, bit/s, share, or as it stands
  bool whole = true;  // of a plain number
};

std::optional<Value> parse(const std::string& text) {
  double plain = 0;
  const char* end = text.data() + text.size();
  if (const auto [at, error] = std::from_chars(text.data(), end, plain);
      error == std::errc{} && at == end && std::isfinite(plain))
    return Value{Kind::number, plain, plain == std::floor(plain)};
  if (const auto rate = parse_rate(text)) return Value{Kind::rate, rate->per_second};
  if (const auto time = parse_duration(text))
    return Value{Kind::duration, static_cast<double>(time->ns)};
  if (const auto bytes = parse_bytes(text))
    return Value{Kind::bytes, static_cast<double>(bytes->count)};
  if (const auto bits = parse_bit_rate(text)) return Value{Kind::bit_rate, bits->bits_per_second};
  if (const auto share = parse_probability(text)) return Value{Kind::share, share->value};
  return {};
}

std::string shortest(double value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  return {text, end};
}

std::string text_of(Kind kind, double value) {
  switch (kind) {
    case Kind::rate: return to_string(Rate{value});
    case Kind::duration: return to_string(Duration{static_cast<std::int64_t>(value)});
    case Kind::bytes: return to_string(Bytes{static_cast<std::int64_t>(value)});
    case Kind::bit_rate: return to_string(BitRate{value});
    case Kind::share: return fmt::format("{:.10g}%", 100 * value);
    case Kind::number: break;
  }
  return shortest(value);
}

const char* unit_of(Kind kind) {
  switch (kind) {
    case Kind::rate: return "1/s";
    case Kind::duration: return "s";
    case Kind::bytes: return "bytes";
    case Kind::bit_rate: return "bit/s";
    case Kind::share: return "%";
    case Kind::number: break;
  }
  return "";
}

double shown(Kind kind, double value) {
  if (kind == Kind::duration) return value * 1e-9;
  return kind == Kind::share ? 100 * value : value;
}

Diagnostic problem(const char* option, std::string what, std::string hint = "") {
  Diagnostic made;
  made.file = option;
  made.what = std::move(what);
  made.hint = std::move(hint);
  return made;
}

Diagnostics problems_of(const AxisWish& wish, const std::optional<Value>& from,
                        const std::optional<Value>& to) {
  Diagnostics problems;
  constexpr const char* units =
      "give a value as the scenario has it: \"20k/s\", \"5ms\", \"3%\", 8";
  if (wish.pointer.empty() || wish.pointer.front() != '/')
    problems.push_back(problem("--vary", "'" + wish.pointer + "' is not a JSON pointer",
                               "as in /clients/crowd/plan/poisson"));
  if (!from) problems.push_back(problem("--from", "'" + wish.from + "' is not a value", units));
  if (!to) problems.push_back(problem("--to", "'" + wish.to + "' is not a value", units));
  if (wish.steps < 2 || wish.steps > 1000)
    problems.push_back(problem("--steps", "must lie between 2 and 1000"));
  if (!from || !to) return problems;
  if (from->kind != to->kind)
    problems.push_back(
        problem("--to", "'" + wish.to + "' is of another kind than '" + wish.from + "'"));
  else if (!(from->number < to->number))
    problems.push_back(problem("--to", "'" + wish.to + "' is not above '" + wish.from + "'"));
  if (wish.logarithmic && from->number <= 0)
    problems.push_back(problem("--from", "steps by the logarithm begin above zero"));
  return problems;
}

double at(double from, double to, double share, bool logarithmic) {
  if (share <= 0) return from;
  if (share >= 1) return to;
  return logarithmic ? from * portable_exp(share * portable_log(to / from))
                     : from + share * (to - from);
}

}  // namespace

Result<Axis> axis_of(const AxisWish& wish) {
  const auto from = parse(wish.from), to = parse(wish.to);
  if (Diagnostics problems = problems_of(wish, from, to); !problems.empty()) return problems;
  const Kind kind = from->kind;
  const bool whole = kind == Kind::duration || kind == Kind::bytes ||
                     (kind == Kind::number && from->whole && to->whole);
  Axis axis{wish.pointer, unit_of(kind), {}, {}};
  for (int i = 0; i < wish.steps; ++i) {
    const double share = static_cast<double>(i) / (wish.steps - 1);
    double value = at(from->number, to->number, share, wish.logarithmic);
    const bool between = i > 0 && i + 1 < wish.steps;
    // Four digits of what lies between are enough, and read better.
    if (between && (wish.logarithmic || !whole)) value = std::stod(fmt::format("{:.4g}", value));
    if (whole) value = std::round(value);
    if (!axis.values.empty() && text_of(kind, value) == axis.texts.back()) continue;
    axis.values.push_back(shown(kind, value));
    axis.texts.push_back(text_of(kind, value));
  }
  return axis;
}

}  // namespace springtide::models::sweep
