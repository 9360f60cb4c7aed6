// Leaves: values with units, counts, words, texts; and the keys of collections.
#include "spec/keys/codec.h"

#include <charconv>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "spec/nearest.h"

namespace springtide::spec {
namespace {

// What a diagnostic says about a kind of quantity.
struct Words {
  const char* name;     // "duration"
  const char* example;  // "250ms"
  const char* units;    // all of them
  const char* unit;     // of the hint after a bare number
};
constexpr Words duration_words{"duration", "250ms", "ns us ms s min h d", "s"};
constexpr Words rate_words{"rate", "30k/s", "/s k/s M/s G/s /ms /min k/min /h", "/s"};
constexpr Words bytes_words{"size", "16GiB", "B kB MB GB TB PB KiB MiB GiB TiB", "B"};
constexpr Words bit_rate_words{"bit rate", "1Gbit/s", "bit/s kbit/s Mbit/s Gbit/s Tbit/s",
                               "Mbit/s"};
constexpr Words probability_words{"probability", "0.4%", "% or none: 0 to 1", "%"};

double amount(Duration value) { return static_cast<double>(value.ns); }
double amount(Rate value) { return value.per_second; }
double amount(Bytes value) { return static_cast<double>(value.count); }
double amount(BitRate value) { return value.bits_per_second; }
double amount(Probability value) { return value.value; }

// Bounds of quantities are zero or a probability's one, so they need no unit here.
void out_of_range(Reading& reading, const Json& json, const char* name,
                  const std::string& expected) {
  reading.wrong_type(json, fmt::format("this {} is out of range", name), expected);
}

// The quoted form that was probably meant by a bare number.
std::string with_unit(const Json& json, const Words& words) {
  const std::string number = json.text.size() <= 20 ? json.text : "1";
  if (words.unit[0] == '%' && json.number >= 0 && json.number <= 1)
    return fmt::format("for example \"{}\" or \"{:g}%\"", number, json.number * 100);
  return fmt::format("for example \"{}{}\"; units: {}", number, words.unit, words.units);
}

template <class Q>
void read_quantity(Reading& reading, const Json& json, const Range& range, const Words& words,
                   std::optional<Q> (*parse)(std::string_view), Q& value) {
  const std::string expected = fmt::format("a {} such as \"{}\"", words.name, words.example);
  const std::string wrong = fmt::format("this is not a {}", words.name);
  if (json.is(Json::Kind::number))
    return reading.wrong_type(json, fmt::format("a {} needs quotes and a unit", words.name),
                              expected, with_unit(json, words));
  if (!json.is(Json::Kind::string)) return reading.wrong_type(json, wrong, expected);
  const std::optional<Q> parsed = parse(json.text);
  if (!parsed)
    reading.wrong_type(json, wrong, expected, fmt::format("units: {}", words.units));
  else if (!range.holds(amount(*parsed)))
    out_of_range(reading, json, words.name, to_string(range));
  else
    value = *parsed;
}

// A whole number, also when written 1e6 or 8.0.
std::optional<double> whole(const Json& json) {
  if (!json.is(Json::Kind::number) || json.number != std::trunc(json.number)) return {};
  return json.number;
}

template <class N>
void read_whole(Reading& reading, const Json& json, const Range& range, N& value) {
  const auto number = whole(json);
  if (!number) {
    const bool quoted_number = json.is(Json::Kind::string) && !json.text.empty() &&
                               json.text.find_first_not_of("0123456789") == std::string::npos;
    reading.wrong_type(json, "this is not a whole number", "a whole number",
                       quoted_number ? "counts stand without quotes" : "");
    return;
  }
  N exact{};
  const char* begin = json.text.data();
  const char* end = begin + json.text.size();
  const auto [stop, error] = std::from_chars(begin, end, exact);
  const bool from_text = error == std::errc{} && stop == end;
  constexpr double safe = 9007199254740992.0;  // 2^53: doubles are exact below
  const double limit = std::min(safe, static_cast<double>(std::numeric_limits<N>::max()));
  const double low = std::max(-safe, static_cast<double>(std::numeric_limits<N>::min()));
  if (!range.holds(*number)) return out_of_range(reading, json, "number", to_string(range));
  if (!from_text && (*number > limit || *number < low))
    return out_of_range(
        reading, json, "number",
        fmt::format("{} to {}", std::numeric_limits<N>::min(), std::numeric_limits<N>::max()));
  value = from_text ? exact : static_cast<N>(*number);
}

std::string quoted(const std::string& text) { return "\"" + text + "\""; }

}  // namespace

std::string to_string(const Range& range) {
  const bool low = std::isfinite(range.low), high = std::isfinite(range.high);
  if (low && range.low == range.high) return fmt::format("{}", range.low);
  if (low && high) return fmt::format("{} to {}", range.low, range.high);
  if (low) return fmt::format("{} {}", range.low_open ? "above" : "at least", range.low);
  if (high) return fmt::format("at most {}", range.high);
  return {};
}

#define SPRINGTIDE_QUANTITY(Type, words, parse)                                                 \
  void Codec<Type>::read(Reading& reading, const Json& json, const Range& range, Type& value) { \
    read_quantity<Type>(reading, json, range, words, parse, value);                             \
  }                                                                                             \
  std::string Codec<Type>::text(const Type& value) { return quoted(springtide::to_string(value)); }
SPRINGTIDE_QUANTITY(Duration, duration_words, parse_duration)
SPRINGTIDE_QUANTITY(Rate, rate_words, parse_rate)
SPRINGTIDE_QUANTITY(Bytes, bytes_words, parse_bytes)
SPRINGTIDE_QUANTITY(BitRate, bit_rate_words, parse_bit_rate)
SPRINGTIDE_QUANTITY(Probability, probability_words, parse_probability)
#undef SPRINGTIDE_QUANTITY

void AsProbability::read(Reading& reading, const Json& json, const Range& range, double& value) {
  Probability probability{value};
  Codec<Probability>::read(reading, json, range, probability);
  value = probability.value;
}
std::string AsProbability::text(double value) {
  return quoted(springtide::to_string(Probability{value}));
}

#define SPRINGTIDE_WHOLE(Type)                                                                  \
  void Codec<Type>::read(Reading& reading, const Json& json, const Range& range, Type& value) { \
    read_whole(reading, json, range, value);                                                    \
  }                                                                                             \
  std::string Codec<Type>::text(const Type& value) { return fmt::format("{}", value); }
SPRINGTIDE_WHOLE(std::int64_t)
SPRINGTIDE_WHOLE(std::uint64_t)
SPRINGTIDE_WHOLE(int)
#undef SPRINGTIDE_WHOLE

void Codec<double>::read(Reading& reading, const Json& json, const Range& range, double& value) {
  if (!json.is(Json::Kind::number))
    reading.wrong_type(json, "this is not a number", "a number");
  else if (!range.holds(json.number))
    out_of_range(reading, json, "number", to_string(range));
  else
    value = json.number;
}
std::string Codec<double>::text(const double& value) { return fmt::format("{}", value); }

void Codec<bool>::read(Reading& reading, const Json& json, const Range&, bool& value) {
  if (!json.is(Json::Kind::boolean))
    reading.wrong_type(json, "this is neither true nor false", "true or false",
                       json.is(Json::Kind::string) ? "it stands without quotes" : "");
  value = json.truth;
}
std::string Codec<bool>::text(const bool& value) { return value ? "true" : "false"; }

void Codec<std::string>::read(Reading& reading, const Json& json, const Range&,
                              std::string& value) {
  if (!json.is(Json::Kind::string))
    reading.wrong_type(json, "this is not a text", "a string");
  else
    value = json.text;
}
std::string Codec<std::string>::text(const std::string& value) {
  return value.empty() ? std::string() : quoted(value);
}

void read_word(Reading& reading, const Json& json, const std::vector<std::string>& words,
               int& value) {
  const std::string expected = fmt::format("one of {}", fmt::join(words, ", "));
  if (!json.is(Json::Kind::string)) {
    reading.wrong_type(json, "this is not a word", expected);
    return;
  }
  for (std::size_t i = 0; i < words.size(); ++i)
    if (words[i] == json.text) {
      value = static_cast<int>(i);
      return;
    }
  const std::string meant = nearest(json.text, words);
  reading.wrong_type(json, "unknown word", expected,
                     meant.empty() ? "" : fmt::format("did you mean \"{}\"?", meant));
}

bool expect_object(Reading& reading, const Json& json, const char* of_what) {
  if (!json.is(Json::Kind::object)) {
    reading.wrong_type(json, "this must be an object",
                       fmt::format("an object keyed by {}", of_what));
    return false;
  }
  return true;
}

bool expect_list(Reading& reading, const Json& json) {
  if (json.is(Json::Kind::list)) return true;
  reading.wrong_type(json, "this must be a list", "a list",
                     json.is(Json::Kind::string) ? fmt::format("write [{}]", shown(json)) : "");
  return false;
}

bool read_name(Reading& reading, const std::string& name, Place place) {
  if (is_name(name)) return true;
  reading.problem(place, {.what = "this is not a name",
                          .expected = "up to 64 letters, digits, '-' and '_', the first a "
                                      "letter or digit",
                          .received = shown(name)});
  return false;
}

bool read_instant(Reading& reading, const std::string& key, Place place, Duration& instant) {
  const auto parsed = parse_duration(key);
  if (!parsed || parsed->ns < 0) {
    reading.problem(place, {.what = "this key is not an instant",
                            .expected = "the time since the start, such as \"8min\"",
                            .received = shown(key),
                            .hint = "units: ns us ms s min h d"});
    return false;
  }
  instant = *parsed;
  return true;
}

bool read_number_key(Reading& reading, const std::string& key, Place place, std::int64_t& number) {
  const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), number);
  const bool plain = !key.empty() && (key == "0" || key.front() != '0');
  if (error == std::errc{} && end == key.data() + key.size() && number >= 0 &&
      number <= std::numeric_limits<int>::max() && plain)
    return true;
  reading.problem(place, {.what = "this key is not a number",
                          .expected = "a whole number from 0, in quotes",
                          .received = shown(key)});
  return false;
}

}  // namespace springtide::spec
