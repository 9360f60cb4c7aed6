// Quantities in text carry a unit: "250ms", "30k/s", "40Gbit/s", "0.4%", "16GiB".
//
//   duration     ns us ms s min h d      "1h30min" and other sums are allowed
//   rate         <number>[k|M|G]/s       also /ms /min /h; per second inside
//   size         B kB MB GB TB PB (1000) KiB MiB GiB TiB (1024)
//   bit rate     bit/s kbit/s Mbit/s Gbit/s Tbit/s
//   probability  "0.4%" or "1e-3" (a bare number in a string between 0 and 1)
//
// Parsers return nothing for anything else: an empty string, a missing or unknown unit, NaN,
// infinity, overflow, trailing text. Numbers are decimal, no hexadecimal, no leading '+'.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace springtide {

// clang-format off
struct Rate { double per_second = 0; auto operator<=>(const Rate&) const = default; };
struct Bytes { std::int64_t count = 0; auto operator<=>(const Bytes&) const = default; };
struct BitRate { double bits_per_second = 0; auto operator<=>(const BitRate&) const = default; };
struct Probability { double value = 0; auto operator<=>(const Probability&) const = default; };
// clang-format on

std::optional<Duration> parse_duration(std::string_view text);
std::optional<Rate> parse_rate(std::string_view text);
std::optional<Bytes> parse_bytes(std::string_view text);
std::optional<BitRate> parse_bit_rate(std::string_view text);
std::optional<Probability> parse_probability(std::string_view text);

// The shortest text that parses back to the same value, in the largest unit that keeps it short.
std::string to_string(Duration duration);
std::string to_string(Rate rate);
std::string to_string(Bytes bytes);
std::string to_string(BitRate rate);
std::string to_string(Probability probability);

}  // namespace springtide
