// Reading one threshold, left to right: statistic, operator, value.
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/quantity.h"
#include "measure/threshold.h"

namespace springtide::measure {
namespace {

using Statistic = Threshold::Statistic;
using Comparison = Threshold::Comparison;
using Kind = Threshold::Kind;

constexpr std::pair<std::string_view, Statistic> statistics[] = {
    {"avg", Statistic::average}, {"min", Statistic::minimum}, {"max", Statistic::maximum},
    {"med", Statistic::median},  {"count", Statistic::count}, {"rate", Statistic::rate},
    {"value", Statistic::value}};

// Two-character operators first: "<=" also begins with "<".
constexpr std::pair<std::string_view, Comparison> comparisons[] = {
    {"<=", Comparison::less_or_equal}, {">=", Comparison::greater_or_equal},
    {"==", Comparison::equal},         {"!=", Comparison::not_equal},
    {"<", Comparison::less},           {">", Comparison::greater}};

std::optional<double> whole_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return {};
  return value;
}

class Parser {
 public:
  Parser(std::string_view metric, std::string_view expression)
      : whole_(expression), rest_(expression) {
    threshold_.metric = metric;
    threshold_.expression = expression;
  }

  Result<Threshold> parse() {
    if (!take_statistic())
      return problem("a statistic: p(99), avg, min, max, med, count, rate or value");
    if (!take_comparison()) return problem("an operator: <, <=, >, >=, == or !=");
    if (!take_value()) return problem("a value with or without a unit, such as 2ms, 30k/s or 0.4%");
    return threshold_;
  }

 private:
  void skip_spaces() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t'))
      rest_.remove_prefix(1);
  }

  bool take_statistic() {
    skip_spaces();
    if (rest_.starts_with("p(")) return take_percentile();
    for (const auto& [name, statistic] : statistics)
      if (rest_.starts_with(name)) {
        rest_.remove_prefix(name.size());
        threshold_.statistic = statistic;
        return true;
      }
    return false;
  }

  bool take_percentile() {
    const std::size_t close = rest_.find(')');
    if (close == std::string_view::npos) return false;
    std::string_view inside = rest_.substr(2, close - 2);
    while (inside.starts_with(' ')) inside.remove_prefix(1);
    while (inside.ends_with(' ')) inside.remove_suffix(1);
    const auto percentile = whole_number(inside);
    if (!percentile || *percentile < 0 || *percentile > 100) return false;
    rest_.remove_prefix(close + 1);
    threshold_.statistic = Statistic::percentile;
    threshold_.percentile = *percentile;
    return true;
  }

  bool take_comparison() {
    skip_spaces();
    for (const auto& [text, comparison] : comparisons)
      if (rest_.starts_with(text)) {
        rest_.remove_prefix(text.size());
        threshold_.comparison = comparison;
        return true;
      }
    return false;
  }

  bool take_value() {
    skip_spaces();
    std::string_view text = rest_;
    while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
    const auto set = [&](Kind kind, double bound) {
      threshold_.kind = kind;
      threshold_.bound = bound;
      return true;
    };
    if (const auto number = whole_number(text)) return set(Kind::bare, *number);
    if (const auto duration = parse_duration(text))
      return set(Kind::duration, static_cast<double>(duration->ns));
    if (const auto rate = parse_rate(text)) return set(Kind::rate, rate->per_second);
    if (text.ends_with('%'))
      if (const auto number = whole_number(text.substr(0, text.size() - 1)))
        return set(Kind::share, *number / 100);
    if (const auto bytes = parse_bytes(text))
      return set(Kind::bytes, static_cast<double>(bytes->count));
    if (const auto bits = parse_bit_rate(text)) return set(Kind::bit_rate, bits->bits_per_second);
    return false;
  }

  Diagnostic problem(std::string expected) const {
    Diagnostic diagnostic;
    diagnostic.pointer = "/thresholds/" + threshold_.metric;
    diagnostic.what = fmt::format("\"{}\" is not a threshold", whole_);
    diagnostic.expected = std::move(expected);
    diagnostic.received = rest_.empty() ? "the end of the text"
                                        : fmt::format("\"{}\" at character {}", rest_,
                                                      whole_.size() - rest_.size() + 1);
    diagnostic.hint = "a threshold is a statistic, an operator and a value: p(99)<2ms";
    return diagnostic;
  }

  Threshold threshold_;
  std::string_view whole_, rest_;
};

}  // namespace

Result<Threshold> parse_threshold(std::string_view metric, std::string_view expression) {
  return Parser(metric, expression).parse();
}

Result<std::vector<Threshold>> parse_thresholds(const ThresholdTexts& texts) {
  std::vector<Threshold> thresholds;
  Diagnostics problems;
  for (const auto& [metric, expressions] : texts)
    for (std::size_t i = 0; i < expressions.size(); ++i) {
      auto parsed = parse_threshold(metric, expressions[i]);
      if (parsed.ok()) {
        thresholds.push_back(std::move(parsed.value()));
        continue;
      }
      for (Diagnostic problem : parsed.problems()) {
        problem.pointer += fmt::format("/{}", i);
        problems.push_back(std::move(problem));
      }
    }
  if (!problems.empty()) return problems;
  return thresholds;
}

}  // namespace springtide::measure
