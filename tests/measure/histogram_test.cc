#include "measure/histogram.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include "base/distribution.h"
#include "base/random.h"
#include "measure/text/hgrm.h"

namespace springtide::measure {
namespace {

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();

// Values of every size: uniform in the number of bits.
std::vector<std::int64_t> values_of_all_sizes(std::size_t n, std::uint64_t entity) {
  Stream stream(7, "test/histogram", entity);
  std::vector<std::int64_t> values;
  for (std::size_t i = 0; i < n; ++i)
    values.push_back(static_cast<std::int64_t>(stream.bits() >> (1 + stream.below(63))));
  return values;
}

Histogram histogram_of(const std::vector<std::int64_t>& values) {
  Histogram histogram;
  for (const std::int64_t value : values) histogram.record(value);
  return histogram;
}

// The slow twin: the ceil(p n)-th of the sorted values, by integers (p in thousandths).
std::int64_t sorted_quantile(const std::vector<std::int64_t>& sorted, int thousandths) {
  const std::size_t n = sorted.size();
  const std::size_t rank = (n * static_cast<std::size_t>(thousandths) + 999) / 1000;
  return sorted[std::max<std::size_t>(rank, 1) - 1];
}

void expect_twin(std::vector<std::int64_t> values) {
  const Histogram histogram = histogram_of(values);
  std::sort(values.begin(), values.end());
  for (int p = 0; p <= 1000; ++p) {
    const auto exact = static_cast<double>(sorted_quantile(values, p));
    const auto found = static_cast<double>(*histogram.quantile(p / 1000.0));
    REQUIRE(std::fabs(found - exact) <= exact * Histogram::relative_error + 0.5);
  }
}

TEST_CASE("every quantile is within the stated error of the sorted sample") {
  for (const std::size_t n : {1, 2, 3, 10, 99, 100, 1000, 20'000})
    expect_twin(values_of_all_sizes(n, n));
  static_assert(Histogram::relative_error <= 0.001);
}

TEST_CASE("every small sample agrees exactly with the sorted sample") {
  std::vector<std::int64_t> sample(4);
  for (int code = 0; code < 6 * 6 * 6 * 6; ++code) {
    for (int i = 0, rest = code; i < 4; ++i, rest /= 6)
      sample[static_cast<std::size_t>(i)] = rest % 6;
    const Histogram histogram = histogram_of(sample);
    std::vector<std::int64_t> sorted = sample;
    std::sort(sorted.begin(), sorted.end());
    for (int p = 0; p <= 1000; p += 25)
      REQUIRE(*histogram.quantile(p / 1000.0) == sorted_quantile(sorted, p));
  }
}

TEST_CASE("buckets tile the whole range without gap or overlap") {
  Histogram histogram;
  std::int64_t expected = 0;
  // Record the first value after each bucket found so far, over five octaves and at the far end.
  for (int i = 0; i < 2048 * 7; ++i) {
    histogram.record(expected);
    std::int64_t highest = -1;
    Histogram one;
    one.record(expected);
    one.for_each_bucket([&](std::int64_t low, std::int64_t high, std::int64_t) {
      REQUIRE(low == expected);
      highest = high;
    });
    REQUIRE(static_cast<double>(highest - expected) <= static_cast<double>(expected) / 2048);
    expected = highest + 1;
  }
  Histogram top;
  top.record(largest);
  top.for_each_bucket(
      [&](std::int64_t, std::int64_t high, std::int64_t) { CHECK(high == largest); });
}

TEST_CASE("nothing is clamped: the largest and the smallest value keep their place") {
  Histogram histogram;
  histogram.record(0);
  histogram.record(largest);
  histogram.record(largest);
  CHECK(*histogram.min() == 0);
  CHECK(*histogram.max() == largest);
  CHECK(*histogram.quantile(1) == largest);
  CHECK(histogram.count_above(largest / 2) == 2);
  CHECK(to_string(histogram.sum()) == "18446744073709551614");
}

TEST_CASE("count, sum, minimum and maximum are exact") {
  const auto values = values_of_all_sizes(5000, 3);
  const Histogram histogram = histogram_of(values);
  Int128 sum = 0;
  for (const std::int64_t value : values) sum += value;
  CHECK(histogram.count() == 5000);
  CHECK(histogram.sum() == sum);
  CHECK(*histogram.min() == *std::min_element(values.begin(), values.end()));
  CHECK(*histogram.max() == *std::max_element(values.begin(), values.end()));
}

TEST_CASE("a merged histogram equals the histogram of all samples, in any order and grouping") {
  const auto a = values_of_all_sizes(1000, 1), b = values_of_all_sizes(700, 2),
             c = values_of_all_sizes(3, 3);
  std::vector<std::int64_t> all = a;
  all.insert(all.end(), b.begin(), b.end());
  all.insert(all.end(), c.begin(), c.end());
  const Histogram whole = histogram_of(all);
  Histogram left = histogram_of(a);
  left.merge(histogram_of(b));
  left.merge(histogram_of(c));
  Histogram right = histogram_of(c);
  right.merge(histogram_of(b));
  Histogram outer = histogram_of(a);
  outer.merge(right);
  CHECK(left == whole);
  CHECK(outer == whole);
  CHECK(to_hgrm(left) == to_hgrm(outer));
  Histogram twice = histogram_of(a);
  twice.merge(twice);
  CHECK(twice.count() == 2000);
}

TEST_CASE("different histograms are not equal") {
  CHECK_FALSE(histogram_of({1, 5, 9}) == histogram_of({1, 4, 10}));
  CHECK_FALSE(histogram_of({1, 5, 5, 9}) == histogram_of({1, 4, 6, 9}));  // same count, sum, ends
  CHECK(Histogram() == Histogram());
}

TEST_CASE("recording many at once is recording one by one") {
  Histogram many, single;
  many.record(12'345'678, 1000);
  for (int i = 0; i < 1000; ++i) single.record(12'345'678);
  CHECK(many == single);
  many.record(5, 0);
  CHECK(many == single);
}

TEST_CASE("an empty histogram has no quantile, minimum or mean") {
  const Histogram empty;
  CHECK_FALSE(empty.quantile(0.5));
  CHECK_FALSE(empty.min());
  CHECK_FALSE(empty.max());
  CHECK(std::isnan(empty.mean()));
  CHECK(empty.count_above(0) == 0);
}

TEST_CASE("a share that is not exact in binary still means its rank") {
  Histogram histogram;
  for (int i = 1; i <= 100; ++i) histogram.record(i);
  CHECK(*histogram.quantile(0.07) == 7);  // 0.07 * 100 > 7 in binary
  CHECK(*histogram.quantile(0.29) == 29);
  CHECK(*histogram.quantile(0.57) == 57);
  CHECK(*histogram.quantile(0.071) == 8);
}

TEST_CASE("count_above counts strictly above, exactly for small values") {
  const Histogram histogram = histogram_of({1, 2, 2, 3, 10});
  CHECK(histogram.count_above(2) == 2);
  CHECK(histogram.count_above(0) == 5);
  CHECK(histogram.count_above(-1) == 5);
  CHECK(histogram.count_above(10) == 0);
}

TEST_CASE("memory follows the values: little for few, bounded for any") {
  Histogram one;
  one.record(1'000'000);
  CHECK(one.bytes() < 4096);
  Histogram millisecond_range;
  for (std::int64_t v = 1'000'000; v < 2'000'000; v += 50) millisecond_range.record(v);
  CHECK(millisecond_range.bytes() < 64 * 1024);
  CHECK(histogram_of(values_of_all_sizes(200'000, 9)).bytes() < 2'500'000);
}

TEST_CASE("percentile text reads back as an equal histogram") {
  for (const std::size_t n : {1, 2, 1000}) {
    const Histogram histogram = histogram_of(values_of_all_sizes(n, 40 + n));
    const auto back = parse_hgrm(to_hgrm(histogram), "x.hgrm");
    REQUIRE(back.ok());
    CHECK(back.value() == histogram);
  }
  const auto empty = parse_hgrm(to_hgrm(Histogram()), "x.hgrm");
  REQUIRE(empty.ok());
  CHECK(empty.value() == Histogram());
}

TEST_CASE("percentile text has the form of HdrHistogram's") {
  CHECK(to_hgrm(histogram_of({500'000, 1'000'000, 1'000'000, 2'000'000})) ==
        "         Value     Percentile TotalCount 1/(1-Percentile)\n"
        "\n"
        "      0.500031 0.250000000000          1           1.33\n"
        "      1.000063 0.750000000000          3           4.00\n"
        "      2.000000 1.000000000000          4\n"
        "#[Mean    =     1.125000, StdDeviation   =     0.544846]\n"
        "#[Max     =     2.000000, Total count    =            4]\n"
        "#[Buckets =           52, SubBuckets     =         4096]\n"
        "#[Exact: minimum = 500000 ns, maximum = 2000000 ns, sum = 4500000 ns]\n");
}

TEST_CASE("percentile text written by HdrHistogram itself can be read") {
  const auto read = parse_hgrm(
      "       Value     Percentile TotalCount 1/(1-Percentile)\n\n"
      "       1.000 0.000000000000          2           1.00\n"
      "       2.500 0.500000000000          5           2.00\n"
      "      10.000 1.000000000000          8\n"
      "#[Mean    =        3.000, StdDeviation   =        1.000]\n",
      "other.hgrm");
  REQUIRE(read.ok());
  CHECK(read.value().count() == 8);
  CHECK(*read.value().max() == 10'000'000);
}

TEST_CASE("damaged percentile text is told with its line") {
  const std::string good = to_hgrm(histogram_of({500'000, 1'000'000, 2'000'000}));
  const auto line_of = [](const std::string& text) {
    const auto read = parse_hgrm(text, "d.hgrm");
    return read.ok() ? -1 : read.problems().front().line;
  };
  CHECK(line_of("") == 0);
  CHECK(line_of("hello\n") == 1);
  CHECK(line_of(good.substr(0, good.find("0.5000")) + "abc\n") == 3);
  std::string falling = good;
  falling.replace(falling.find("      3\n"), 8, "      1\n");
  CHECK(line_of(falling) == 5);
  std::string wrong_sum = good;
  wrong_sum.replace(wrong_sum.find("sum = 3"), 7, "sum = 9");
  CHECK(line_of(wrong_sum) == 9);
  CHECK(line_of(good.substr(0, good.find("0.5000")) + "99999999999999999999 1 1\n") == 3);
}

}  // namespace
}  // namespace springtide::measure
