#include "measure/text/hgrm.h"

#include <algorithm>
#include <charconv>
#include <iterator>

#include <fmt/compile.h>
#include <fmt/format.h>

#include "measure/text/csv.h"

namespace springtide::measure {
namespace {

constexpr std::int64_t ns_per_ms = 1'000'000;
constexpr std::string_view exact_mark = "#[Exact:";

std::string milliseconds(std::int64_t ns) {
  return fmt::format(FMT_COMPILE("{}.{:06}"), ns / ns_per_ms, ns % ns_per_ms);
}

std::string_view take_word(std::string_view& line) {
  const std::size_t begin = std::min(line.find_first_not_of(" \t\r"), line.size());
  const std::size_t end = std::min(line.find_first_of(" \t\r", begin), line.size());
  const std::string_view word = line.substr(begin, end - begin);
  line.remove_prefix(end);
  return word;
}

// Decimal milliseconds to nanoseconds, without a double between where six decimals are enough.
std::optional<std::int64_t> nanoseconds(std::string_view text) {
  const std::size_t point = std::min(text.find('.'), text.size());
  const auto whole = integer_of(text.substr(0, point));
  std::string fraction(text.substr(std::min(point + 1, text.size())));
  if (fraction.size() > 6) fraction.resize(6);
  fraction.append(6 - fraction.size(), '0');
  const auto part = integer_of(fraction);
  if (!whole || !part || *whole < 0 || *part < 0) return {};
  std::int64_t ns = 0;
  if (__builtin_mul_overflow(std::int64_t{*whole}, ns_per_ms, &ns)) return {};
  if (__builtin_add_overflow(ns, std::int64_t{*part}, &ns)) return {};
  return ns;
}

class Parser {
 public:
  Parser(std::string_view text, const std::string& file) : rest_(text), file_(file) {}

  Result<Histogram> parse() {
    while (!rest_.empty()) {
      ++line_;
      const std::size_t end = std::min(rest_.find('\n'), rest_.size());
      if (auto problem = take_line(rest_.substr(0, end))) return *problem;
      rest_.remove_prefix(std::min(end + 1, rest_.size()));
    }
    if (!header_)
      return problem("no HdrHistogram percentile text", "a line \"Value Percentile ...\"", "");
    return histogram_;
  }

 private:
  std::optional<Diagnostic> take_line(std::string_view line) {
    if (line.starts_with(exact_mark)) return take_exact(line.substr(exact_mark.size()));
    if (line.starts_with('#')) return {};
    std::string_view rest = line;
    const std::string_view value_text = take_word(rest);
    if (value_text.empty()) return {};
    if (!header_) {
      header_ = value_text == "Value" || value_text == "\"Value\"";
      if (!header_)
        return problem("no HdrHistogram percentile text", "the heading \"Value\"", line);
      return {};
    }
    take_word(rest);
    const auto value = nanoseconds(value_text);
    const auto total = integer_of(take_word(rest));
    if (!value || !total)
      return problem("not a line of percentile text", "value, percentile and total count", line);
    if (*total < count_ || *value < last_)
      return problem("values and total counts must not fall", "", line);
    histogram_.record(*value, *total - count_);
    count_ = *total;
    last_ = *value;
    return {};
  }

  std::optional<Diagnostic> take_exact(std::string_view line) {
    const auto field = [&](std::string_view name) -> std::optional<Int128> {
      const std::size_t at = line.find(name);
      if (at == std::string_view::npos) return {};
      std::string_view rest = line.substr(at + name.size());
      return parse_int128(take_word(rest));
    };
    const auto min = field("minimum ="), max = field("maximum ="), sum = field("sum =");
    constexpr Int128 largest = std::numeric_limits<std::int64_t>::max();
    const bool possible = min && max && sum && *min <= largest && *max <= largest && *min >= 0 &&
                          *max >= 0 &&
                          histogram_.restore_exact(static_cast<std::int64_t>(*min),
                                                   static_cast<std::int64_t>(*max), *sum);
    if (possible) return {};
    return problem("the exact values do not fit the lines above",
                   "a minimum, maximum and sum that the counts allow", line);
  }

  Diagnostic problem(std::string what, std::string expected, std::string_view received) const {
    return {file_,
            line_,
            1,
            "",
            std::move(what),
            std::move(expected),
            received.empty() ? "" : "\"" + std::string(received.substr(0, 80)) + "\"",
            ""};
  }

  std::string_view rest_;
  const std::string& file_;
  int line_ = 0;
  bool header_ = false;
  std::int64_t count_ = 0, last_ = 0;
  Histogram histogram_;
};

}  // namespace

std::string to_string(Int128 value) {
  if (value == 0) return "0";
  std::string digits;
  const bool negative = value < 0;
  for (; value != 0; value /= 10) {
    const int digit = static_cast<int>(value % 10);
    digits += static_cast<char>('0' + (digit < 0 ? -digit : digit));
  }
  if (negative) digits += '-';
  std::reverse(digits.begin(), digits.end());
  return digits;
}

std::optional<Int128> parse_int128(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty()) return {};
  Int128 value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return {};
    if (__builtin_mul_overflow(value, Int128{10}, &value)) return {};
    if (__builtin_add_overflow(value, Int128{c - '0'}, &value)) return {};
  }
  return negative ? -value : value;
}

std::string to_hgrm(const Histogram& histogram) {
  fmt::memory_buffer lines;  // thousands of them in every result: they are formatted the fast way
  const auto end = fmt::appender(lines);
  const std::int64_t total = histogram.count();
  std::int64_t count = 0;
  histogram.for_each_bucket([&](std::int64_t lowest, std::int64_t highest, std::int64_t n) {
    count += n;
    const double share = static_cast<double>(count) / static_cast<double>(total);
    fmt::format_to(end, FMT_COMPILE("{:>14} {:.12f} {:>10}"),
                   milliseconds(histogram.representative(lowest, highest)), share, count);
    if (count < total)
      fmt::format_to(end, FMT_COMPILE(" {:>14.2f}"),
                     static_cast<double>(total) / static_cast<double>(total - count));
    lines.push_back('\n');
  });
  std::string text = fmt::format("{:>14} {:>14} {:>10} {:>14}\n\n", "Value", "Percentile",
                                 "TotalCount", "1/(1-Percentile)");
  text.append(lines.data(), lines.size());
  const bool empty = histogram.empty();
  fmt::format_to(
      std::back_inserter(text),
      "#[Mean    = {:>12.6f}, StdDeviation   = {:>12.6f}]\n"
      "#[Max     = {:>12}, Total count    = {:>12}]\n"
      "#[Buckets = {:>12}, SubBuckets     = {:>12}]\n",
      empty ? 0 : histogram.mean() * 1e-6, empty ? 0 : histogram.standard_deviation() * 1e-6,
      milliseconds(histogram.max().value_or(0)), total, 52, 2 << Histogram::mantissa_bits);
  if (!empty)
    fmt::format_to(std::back_inserter(text),
                   "#[Exact: minimum = {} ns, maximum = {} ns, sum = {} ns]\n", *histogram.min(),
                   *histogram.max(), to_string(histogram.sum()));
  return text;
}

Result<Histogram> parse_hgrm(std::string_view text, const std::string& file) {
  return Parser(text, file).parse();
}

}  // namespace springtide::measure
