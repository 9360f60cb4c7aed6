#include "base/quantity.h"

#include <charconv>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

namespace springtide {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};

// clang-format off
constexpr Unit duration_units[] = {{"ns", 1},  {"us", 1e3},   {"ms", 1e6}, {"min", 60e9},
                                   {"s", 1e9}, {"h", 3600e9}, {"d", 86400e9}};
constexpr Unit rate_units[] = {{"/s", 1},         {"k/s", 1e3}, {"M/s", 1e6},
                               {"G/s", 1e9},      {"/ms", 1e3}, {"/min", 1.0 / 60},
                               {"k/min", 1e3 / 60}, {"/h", 1.0 / 3600}};
constexpr Unit byte_units[] = {{"B", 1},            {"kB", 1e3},        {"MB", 1e6},
                               {"GB", 1e9},         {"TB", 1e12},       {"PB", 1e15},
                               {"KiB", 1024},       {"MiB", 1048576.0}, {"GiB", 1073741824.0},
                               {"TiB", 1099511627776.0}};
constexpr Unit bit_rate_units[] = {{"bit/s", 1},    {"kbit/s", 1e3},  {"Mbit/s", 1e6},
                                   {"Gbit/s", 1e9}, {"Tbit/s", 1e12}};
// clang-format on

bool starts_number(char c) { return (c >= '0' && c <= '9') || c == '-' || c == '.'; }

// Takes one number off the front.
std::optional<double> take_number(std::string_view& text) {
  if (text.empty() || !starts_number(text.front())) return {};
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || !std::isfinite(value)) return {};
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

template <std::size_t N>
std::optional<double> parse_with_unit(std::string_view text, const Unit (&units)[N]) {
  const auto number = take_number(text);
  if (!number) return {};
  for (const Unit& unit : units)
    if (text == unit.name) {
      const double value = *number * unit.factor;
      if (std::isfinite(value)) return value;
    }
  return {};
}

// Prefers the largest unit in which the number needs no more digits than in the smallest.
template <std::size_t N>
std::string shortest(double value, const Unit (&units)[N], std::string_view zero_unit) {
  if (value == 0) return "0" + std::string(zero_unit);
  std::string best;
  for (const Unit& unit : units) {
    const double number = value / unit.factor;
    if (number * unit.factor != value) continue;
    std::string text = fmt::format("{}{}", number, unit.name);
    if (best.empty() || text.size() < best.size()) best = std::move(text);
  }
  return best.empty() ? fmt::format("{}{}", value, zero_unit) : best;
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty()) return {};
  double sum = 0;
  while (!text.empty()) {
    if (text.front() == '-') return {};  // one sign in front is for the whole sum
    const auto number = take_number(text);
    if (!number) return {};
    std::size_t length = 0;
    while (length < text.size() && !starts_number(text[length])) ++length;
    const std::string_view name = text.substr(0, length);
    text.remove_prefix(length);
    const Unit* found = nullptr;
    for (const Unit& unit : duration_units)
      if (unit.name == name) found = &unit;
    if (found == nullptr) return {};
    sum += *number * found->factor;
  }
  if (!(sum < 9.2e18)) return {};
  const auto ns = static_cast<std::int64_t>(std::llround(sum));
  return Duration{negative ? -ns : ns};
}

std::optional<Rate> parse_rate(std::string_view text) {
  const auto value = parse_with_unit(text, rate_units);
  return value ? std::optional(Rate{*value}) : std::nullopt;
}

std::optional<Bytes> parse_bytes(std::string_view text) {
  const auto value = parse_with_unit(text, byte_units);
  if (!value || !(*value > -9.2e18 && *value < 9.2e18)) return {};
  return Bytes{static_cast<std::int64_t>(std::llround(*value))};
}

std::optional<BitRate> parse_bit_rate(std::string_view text) {
  const auto value = parse_with_unit(text, bit_rate_units);
  return value ? std::optional(BitRate{*value}) : std::nullopt;
}

std::optional<Probability> parse_probability(std::string_view text) {
  constexpr Unit units[] = {{"%", 0.01}, {"", 1}};
  const auto value = parse_with_unit(text, units);
  if (!value || *value < 0 || *value > 1) return {};
  return Probability{*value};
}

std::string to_string(Duration duration) {
  if (duration.ns == 0) return "0s";
  const Unit* best = &duration_units[0];
  for (const Unit& unit : duration_units) {
    const auto factor = static_cast<std::int64_t>(unit.factor);
    if (duration.ns % factor == 0 && unit.factor > best->factor) best = &unit;
  }
  std::string exact =
      fmt::format("{}{}", duration.ns / static_cast<std::int64_t>(best->factor), best->name);
  for (const Unit& unit : duration_units) {
    std::string text =
        fmt::format("{}{}", static_cast<double>(duration.ns) / unit.factor, unit.name);
    if (text.size() < exact.size() && parse_duration(text) == duration) exact = std::move(text);
  }
  return exact;
}

std::string to_string(Rate rate) { return shortest(rate.per_second, rate_units, "/s"); }
std::string to_string(BitRate rate) {
  return shortest(rate.bits_per_second, bit_rate_units, "bit/s");
}
std::string to_string(Bytes bytes) {
  return shortest(static_cast<double>(bytes.count), byte_units, "B");
}
std::string to_string(Probability probability) { return fmt::format("{}", probability.value); }

}  // namespace springtide
