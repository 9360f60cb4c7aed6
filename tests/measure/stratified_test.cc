// A sample tells of all: exactly in the mean over all samples, and within its intervals as often as
// they promise.
#include "measure/statistics/stratified.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include "base/random.h"

namespace springtide::measure {
namespace {

constexpr double level = 0.95;

// At least as many as chance leaves of `trials` with this probability, but once in 1000.
int expected_of(int trials, double probability) {
  const double mean = trials * probability;
  return static_cast<int>(mean - 3.1 * std::sqrt(mean * (1 - probability)));
}

// A population of four strata, and samples of it: `seen` of each without replacement.
struct Population {
  std::vector<std::vector<double>> strata;

  std::vector<double> draw(std::size_t seen, Stream& stream) const {
    std::vector<double> sample;
    for (std::vector<double> left : strata)
      for (std::size_t i = 0; i < seen; ++i) {
        const std::size_t at = i + stream.below(left.size() - i);
        std::swap(left[i], left[at]);
        sample.push_back(left[i]);
      }
    return sample;
  }
  StratifiedSample sample_of(std::size_t seen) const {
    std::vector<Stratum> made;
    for (const auto& values : strata)
      made.push_back({static_cast<std::int64_t>(values.size()), seen});
    return StratifiedSample(made);
  }
  double total() const {
    double sum = 0;
    for (const auto& values : strata) sum = std::accumulate(values.begin(), values.end(), sum);
    return sum;
  }
};

Population uneven_population() {
  Population population;
  Stream stream(1, "population");
  for (const int size : {40, 25, 12, 60}) {
    std::vector<double> values;
    for (int i = 0; i < size; ++i) values.push_back(size + 30 * stream.uniform());
    population.strata.push_back(values);
  }
  return population;
}

TEST_CASE("in the mean over all samples the total and its variance are exact") {
  const std::vector<double> values{-3, 1, 4, 1.5, 9};  // one below zero: no end is cut off
  const StratifiedSample sample({{5, 2}});
  const double t = student_t_quantile(0.975, 1);
  double totals = 0, squares = 0, variances = 0;
  int samples = 0;
  for (std::size_t i = 0; i < 5; ++i)
    for (std::size_t j = i + 1; j < 5; ++j) {
      const double pair[] = {values[i], values[j]};
      const Interval interval = sample.total_interval(pair, level);
      totals += interval.center;
      squares += interval.center * interval.center;
      if (values[i] >= 0 && values[j] >= 0) {
        const double half = interval.high - interval.center;
        variances += half * half / t / t;
      } else {
        variances += std::pow(interval.half_width() / t, 2);
      }
      ++samples;
    }
  const double mean = totals / samples;
  CHECK(mean == doctest::Approx(12.5));
  CHECK(variances / samples == doctest::Approx(squares / samples - mean * mean));
}

TEST_CASE(
    "where all are seen the total is certain, and where one of several is, nothing is known") {
  const StratifiedSample whole({{3, 3}});
  const double three[] = {1, 2, 6};
  const Interval certain = whole.total_interval(three, level);
  CHECK(certain.low == 9);
  CHECK(certain.high == 9);
  const StratifiedSample one_of_three({{3, 1}, {1, 1}});
  const double two[] = {2, 5};
  const Interval unknown = one_of_three.total_interval(two, level);
  CHECK(unknown.center == 11);
  CHECK(unknown.low == 7);  // what has been seen
  CHECK(std::isinf(unknown.high));
}

TEST_CASE("intervals of totals hold the truth as often as they promise") {
  const Population population = uneven_population();
  for (const std::size_t seen : {2, 5, 12}) {
    CAPTURE(seen);
    const StratifiedSample sample = population.sample_of(seen);
    Stream stream(7, "samples", seen);
    int held = 0;
    double widths = 0;
    for (int i = 0; i < 1000; ++i) {
      const Interval interval = sample.total_interval(population.draw(seen, stream), level);
      held += interval.contains(population.total());
      widths += interval.half_width();
    }
    CHECK(held >= expected_of(1000, level));
    CHECK(held < 990);  // and are not wider than need be
    CHECK(widths / 1000 < (seen == 2 ? 0.4 : 0.15) * population.total());
  }
}

TEST_CASE("intervals of quantiles and of the largest total hold the truth") {
  std::vector<std::vector<Histogram>> things(2);
  std::vector<std::vector<std::vector<double>>> rates(2);  // by stratum, thing, instant
  Stream stream(3, "things");
  Histogram all;
  std::vector<double> totals(50, 0);
  for (std::size_t h = 0; h < 2; ++h)
    for (int i = 0; i < 30; ++i) {
      Histogram one;
      const double slow = 1 + 0.3 * stream.uniform() + static_cast<double>(h);
      for (int r = 0; r < 400; ++r)
        one.record(static_cast<std::int64_t>(1e6 * slow / (1.01 - stream.uniform())));
      all.merge(one);
      things[h].push_back(one);
      rates[h].emplace_back();
      for (std::size_t s = 0; s < totals.size(); ++s) {
        rates[h].back().push_back(100 + 20 * stream.uniform());
        totals[s] += rates[h].back().back();
      }
    }
  const StratifiedSample sample({{30, 4}, {30, 4}});
  const double largest = *std::max_element(totals.begin(), totals.end());
  int p50 = 0, p99 = 0, peak = 0;
  for (int trial = 0; trial < 200; ++trial) {
    std::vector<Histogram> seen;
    std::vector<const std::vector<double>*> seen_rates;
    for (std::size_t h = 0; h < 2; ++h) {
      std::vector<std::size_t> order(30);
      std::iota(order.begin(), order.end(), 0);
      for (std::size_t i = 0; i < 4; ++i) {
        std::swap(order[i], order[i + stream.below(30 - i)]);
        seen.push_back(things[h][order[i]]);
        seen_rates.push_back(&rates[h][order[i]]);
      }
    }
    const auto holds = [&](double p) {
      return sample.quantile_interval(seen, p, level)
          .contains(static_cast<double>(*all.quantile(p)));
    };
    p50 += holds(0.5);
    p99 += holds(0.99);
    peak += sample
                .largest_interval(
                    totals.size(),
                    [&](std::size_t s, std::span<double> values) {
                      for (std::size_t i = 0; i < values.size(); ++i)
                        values[i] = (*seen_rates[i])[s];
                    },
                    level)
                .contains(largest);
  }
  CHECK(p50 >= expected_of(200, level));
  CHECK(p99 >= expected_of(200, level));
  CHECK(peak >= expected_of(200, level));
}

TEST_CASE("a histogram of some stands for all, to one value at every point") {
  Histogram some;
  Stream stream(5, "some");
  for (int i = 0; i < 30'000; ++i) some.record(static_cast<std::int64_t>(stream.uniform() * 1e9));
  const Histogram all = expanded(some, 7, 3);
  CHECK(all.count() == 70'000);
  CHECK(all.min() == some.min());
  CHECK(all.max() == some.max());
  for (const double p : {0.1, 0.5, 0.9, 0.99})
    CHECK(static_cast<double>(*all.quantile(p)) ==
          doctest::Approx(static_cast<double>(*some.quantile(p))).epsilon(0.01));
  CHECK(expanded(some, 3, 3) == some);
  CHECK(expanded(-5, 3, 2) == -8);
}

}  // namespace
}  // namespace springtide::measure
