#include "base/quantity.h"

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "base/random.h"

namespace springtide {
namespace {

TEST_CASE("a duration is read in each of its units") {
  const std::pair<const char*, std::int64_t> cases[] = {{"7ns", 7},
                                                        {"7us", 7'000},
                                                        {"7ms", 7'000'000},
                                                        {"7s", 7'000'000'000},
                                                        {"7min", 420'000'000'000},
                                                        {"7h", 25'200'000'000'000},
                                                        {"7d", 604'800'000'000'000}};
  for (const auto& [text, ns] : cases) {
    CAPTURE(text);
    REQUIRE(parse_duration(text).has_value());
    CHECK(parse_duration(text)->ns == ns);
  }
}

TEST_CASE("a duration may be a sum, a fraction or a power, with one sign in front") {
  CHECK(parse_duration("1h30min") == Duration{5'400'000'000'000});
  CHECK(parse_duration("1s1ms1us1ns") == Duration{1'001'001'001});
  CHECK(parse_duration("0.5ms") == Duration{500'000});
  CHECK(parse_duration(".5ms") == Duration{500'000});
  CHECK(parse_duration("2e3us") == Duration{2'000'000});
  CHECK(parse_duration("-2ms") == Duration{-2'000'000});
  CHECK(parse_duration("-1h30min") == Duration{-5'400'000'000'000});
  CHECK(parse_duration("0s") == Duration{0});
  CHECK(parse_duration("0.4ns") == Duration{0});  // to the nearest nanosecond
  CHECK(parse_duration("0.6ns") == Duration{1});
}

TEST_CASE("what is not quite a duration is none") {
  for (const char* text :
       {"",     "-",    "5",    "s",      "5 s",      " 5s",       "5s ",      "5S",
        "5sec", "5m",   "+5s",  "--5s",   "1h-30min", "-1h-30min", "1h+30min", "1h30",
        "nan",  "nans", "infs", "-infs",  "0x5s",     "1e400s",    "1e12d",    "-1e12d",
        "5s\n", "5/s",  "5s5",  "1.2.3s", "1,5s",     "5ms,"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration(text).has_value());
  }
  CHECK_FALSE(parse_duration(std::string("5s\0", 3)).has_value());
}

TEST_CASE("a rate is read in each of its units, and kept a second") {
  const std::pair<const char*, double> cases[] = {
      {"3/s", 3},      {"3k/s", 3e3}, {"3M/s", 3e6},   {"3G/s", 3e9}, {"3/ms", 3e3}, {"60/min", 1},
      {"6k/min", 100}, {"3600/h", 1}, {"0.5k/s", 500}, {"-1/s", -1},  {"0/s", 0}};
  for (const auto& [text, per_second] : cases) {
    CAPTURE(text);
    REQUIRE(parse_rate(text).has_value());
    CHECK(parse_rate(text)->per_second == doctest::Approx(per_second).epsilon(1e-15));
  }
  for (const char* text : {"", "3", "/s", "3 /s", "3/S", "3K/s", "3k", "3k/s2", "3/d", "nan/s",
                           "inf/s", "1e308G/s", "+3/s", "3/s3/s"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_rate(text).has_value());
  }
}

TEST_CASE("a size is read in decimal and in binary units") {
  const std::pair<const char*, std::int64_t> cases[] = {{"9B", 9},
                                                        {"9kB", 9'000},
                                                        {"9MB", 9'000'000},
                                                        {"9GB", 9'000'000'000},
                                                        {"9TB", 9'000'000'000'000},
                                                        {"9PB", 9'000'000'000'000'000},
                                                        {"9KiB", 9 * 1024},
                                                        {"9MiB", 9 * 1048576},
                                                        {"9GiB", 9 * 1073741824LL},
                                                        {"9TiB", 9 * 1099511627776LL},
                                                        {"1.5KiB", 1536}};
  for (const auto& [text, count] : cases) {
    CAPTURE(text);
    REQUIRE(parse_bytes(text).has_value());
    CHECK(parse_bytes(text)->count == count);
  }
  for (const char* text : {"", "9", "B", "9b", "9K", "9KB", "9kiB", "9 B", "1e6PB", "nanB"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_bytes(text).has_value());
  }
}

TEST_CASE("a bit rate is read in each of its units") {
  const std::pair<const char*, double> cases[] = {
      {"4bit/s", 4}, {"4kbit/s", 4e3}, {"4Mbit/s", 4e6}, {"40Gbit/s", 40e9}, {"4Tbit/s", 4e12}};
  for (const auto& [text, bits] : cases) {
    CAPTURE(text);
    REQUIRE(parse_bit_rate(text).has_value());
    CHECK(parse_bit_rate(text)->bits_per_second == bits);
  }
  for (const char* text : {"", "4", "4bit", "4b/s", "4B/s", "4Gb/s", "4GBit/s", "infbit/s"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_bit_rate(text).has_value());
  }
}

TEST_CASE("a probability is a share or a percentage between nothing and all") {
  CHECK(parse_probability("0")->value == 0);
  CHECK(parse_probability("1")->value == 1);
  CHECK(parse_probability("1e-3")->value == 1e-3);
  CHECK(parse_probability("0.4%")->value == doctest::Approx(0.004).epsilon(1e-15));
  CHECK(parse_probability("100%")->value == 1);
  for (const char* text : {"", "%", "-0.1", "1.1", "101%", "-1%", "nan", "inf", "0.4 %", "half"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_probability(text).has_value());
  }
}

TEST_CASE("a duration is shown in the text that a person would write") {
  CHECK(to_string(Duration{0}) == "0s");
  CHECK(to_string(second) == "1s");
  CHECK(to_string(millisecond * 250) == "250ms");
  CHECK(to_string(microsecond * 1'500) == "1.5ms");
  CHECK(to_string(minute * 90) == "1.5h");
  CHECK(to_string(minute * 60 * 24) == "1d");
  CHECK(to_string(Duration{-2'000'000}) == "-2ms");
}

TEST_CASE("what is shown is read back as the same value") {
  Stream stream(1, "quantities");
  for (int i = 0; i < 20'000; ++i) {
    const auto number = static_cast<std::int64_t>(stream.bits() >> (11 + stream.below(53)));
    const Duration duration{i % 2 == 0 ? number : -number};
    REQUIRE_MESSAGE(parse_duration(to_string(duration)) == duration, duration.ns);
    const Bytes bytes{number};
    REQUIRE_MESSAGE(parse_bytes(to_string(bytes)) == bytes, number);
    const Rate rate{static_cast<double>(number) / 1024};
    REQUIRE_MESSAGE(parse_rate(to_string(rate)) == rate, rate.per_second);
    const BitRate bits{static_cast<double>(number)};
    REQUIRE_MESSAGE(parse_bit_rate(to_string(bits)) == bits, bits.bits_per_second);
    const Probability probability{stream.uniform()};
    REQUIRE(parse_probability(to_string(probability)) == probability);
  }
}

}  // namespace
}  // namespace springtide
