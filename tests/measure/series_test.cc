#include "measure/series.h"

#include <cmath>
#include <utility>

#include <doctest/doctest.h>

#include "measure/tally.h"
#include "measure/time_average.h"

namespace springtide::measure {
namespace {

Instant at_ms(std::int64_t ms) { return {ms * 1'000'000}; }

TEST_CASE("a counter counts each event in its own second, in any order of instants") {
  SecondCounter counter;
  for (const std::int64_t ms : {0, 999, 1000, 2500, 1001, 0, 7999}) counter.add(at_ms(ms));
  counter.add(at_ms(2999), 5);
  const Series series = counter.to_series("a", "requests/s", "", 10);
  CHECK(series.values == std::vector<double>{3, 2, 6, 0, 0, 0, 0, 1, 0, 0});
  CHECK(counter.total() == 12);
}

TEST_CASE("a span of time is counted in the seconds in which it lies") {
  SecondCounter counter;
  counter.add_span(at_ms(100), at_ms(200));
  counter.add_span(at_ms(900), at_ms(3250));
  counter.add_span(at_ms(150), at_ms(150));
  counter.add_span(at_ms(4000), at_ms(5000));
  CHECK(counter.in(0) == 200'000'000);
  CHECK(counter.in(1) == 1'000'000'000);
  CHECK(counter.in(2) == 1'000'000'000);
  CHECK(counter.in(3) == 250'000'000);
  CHECK(counter.in(4) == 1'000'000'000);
  CHECK(counter.total() == 3'450'000'000);
}

TEST_CASE("an event that a slow clock puts before second 0 is counted apart, not lost") {
  SecondCounter counter;
  counter.add(Instant{-1});
  counter.add(Instant{-1'000'000'000});
  counter.add(Instant{-1'000'000'001});
  counter.add(Instant{0});
  CHECK(counter.before_start() == 3);
  CHECK(counter.in(0) == 1);
  CHECK(counter.total() == 4);
}

TEST_CASE("a copied, moved or merged counter goes on by itself") {
  SecondCounter first;
  first.add(at_ms(500));
  SecondCounter copy = first;
  first.add(at_ms(501));
  copy.add(at_ms(502), 10);
  CHECK(first.in(0) == 2);
  CHECK(copy.in(0) == 11);
  SecondCounter moved = std::move(copy);
  moved.add(at_ms(503));
  CHECK(moved.in(0) == 12);
  first.merge(moved);
  first.add(at_ms(504));
  CHECK(first.in(0) == 15);
  CHECK(moved.in(0) == 12);
}

TEST_CASE("a gauge's mean is weighted by time and its maximum is by second") {
  SecondGauge gauge;
  gauge.set(at_ms(500), 4);   // second 0: 4 for its known half
  gauge.set(at_ms(1250), 8);  // second 1: 4 for a quarter, 8 for three
  gauge.set(at_ms(3000), 0);  // second 2: 8
  gauge.finish(at_ms(4000));
  CHECK(gauge.mean_series("g", "", "", 4).values == std::vector<double>{4, 7, 8, 0});
  CHECK(gauge.max_series("g", "", "", 4).values == std::vector<double>{4, 8, 8, 0});
  CHECK(std::isnan(gauge.mean_series("g", "", "", 5).values[4]));
}

TEST_CASE("the slices of a distribution over time sum to the whole") {
  SlicedHistogram sliced(second * 10);
  Histogram whole;
  for (int i = 0; i < 100; ++i) {
    sliced.record(at_ms(i * 777), i * 1000);
    whole.record(i * 1000);
  }
  CHECK(sliced.slices().size() == 8);
  CHECK(sliced.slices()[0].count() == 13);
  CHECK(sliced.total() == whole);
}

TEST_CASE("a value goes into the slice of its instant, in whatever order and by whatever way") {
  SlicedHistogram sliced(minute);
  for (const int ms : {-5, 119'999, 60'000, 59'999, 400'000, 0}) sliced.record(at_ms(ms), 7);
  const auto counts = [](const SlicedHistogram& all) {
    std::vector<std::int64_t> found;
    for (const Histogram& slice : all.slices()) found.push_back(slice.count());
    return found;
  };
  const std::vector<std::int64_t> expected{3, 2, 0, 0, 0, 0, 1};
  CHECK(counts(sliced) == expected);

  SlicedHistogram copied(minute), moved(minute);
  copied.merge(sliced);
  CHECK(counts(copied) == expected);
  moved.merge(std::move(copied));
  CHECK(counts(moved) == expected);
  copied.record(at_ms(400'000), 7);  // goes on from nothing
  CHECK(counts(copied) == std::vector<std::int64_t>{0, 0, 0, 0, 0, 0, 1});
  moved.merge(std::move(copied));
  CHECK(counts(moved).back() == 2);
  CHECK(moved.take_slices().size() == 7);
  CHECK(moved.slices().empty());
}

TEST_CASE("slices are as short as at most 180 of them allow") {
  const Duration hour = minute * 60;
  const std::pair<Duration, Duration> expected[] = {{Duration{}, second * 10},
                                                    {minute * 30, second * 10},
                                                    {minute * 30 + nanosecond, second * 20},
                                                    {hour, second * 20},
                                                    {hour + nanosecond, second * 30},
                                                    {hour * 2, minute},
                                                    {hour * 3, minute},
                                                    {hour * 6, minute * 2},
                                                    {hour * 12, minute * 5},
                                                    {hour * 24, minute * 10},
                                                    {hour * 48, minute * 20},
                                                    {hour * 90, minute * 30},
                                                    {hour * 180, hour},
                                                    {hour * 360, hour * 2},
                                                    {hour * 24 * 365, hour * 64}};
  for (const auto& [duration, slice] : expected) {
    CAPTURE(duration.seconds());
    CHECK(slice_for(duration).seconds() == slice.seconds());
  }
  for (double seconds = 1; seconds < 3e9; seconds *= 1.37) {
    const Duration duration = Duration::from_seconds(seconds), slice = slice_for(duration);
    CHECK(slice * most_slices >= duration);
    CHECK((slice == shortest_slice || duration.seconds() / slice.seconds() > most_slices / 2.6));
  }
}

TEST_CASE("an integer tally is exact, and merging equals adding everything") {
  IntegerTally all, left, right;
  for (std::int64_t i = 0; i < 1000; ++i) {
    const std::int64_t value = 1'000'000'000'000 + i;  // a variance far below the values
    all.add(value);
    (i % 3 == 0 ? left : right).add(value);
  }
  left.merge(right);
  CHECK(left == all);
  CHECK(all.mean() == 1'000'000'000'499.5);
  CHECK(all.variance() == doctest::Approx((1000.0 * 1000 - 1) / 12 * 1000 / 999).epsilon(1e-12));
  CHECK(std::isnan(IntegerTally().mean()));
}

TEST_CASE("a tally does not cancel and merges") {
  Tally all, left, right;
  for (int i = 0; i < 1000; ++i) {
    const double value = 1e9 + i * 0.001;
    all.add(value);
    (i % 3 == 0 ? left : right).add(value);
  }
  left.merge(right);
  left.merge(Tally());
  // The textbook formula, E[X^2] - E[X]^2, would be off by hundreds here.
  CHECK(all.variance() == doctest::Approx((1e6 - 1) / 12 * 1000 / 999 * 1e-6).epsilon(1e-3));
  CHECK(left.variance() == doctest::Approx(all.variance()).epsilon(1e-3));
  CHECK(left.mean() == doctest::Approx(all.mean()).epsilon(1e-12));
  CHECK(left.count() == 1000);
  CHECK(all.min() == 1e9);
}

TEST_CASE("a time average is exact and forgets a warm-up") {
  TimeAverage queue;
  queue.change(at_ms(100), 2);
  queue.change(at_ms(300), -1);
  CHECK(queue.mean(at_ms(1000)) == 1.1);  // (2 x 200 + 1 x 700) / 1000
  queue.restart(at_ms(1000));
  queue.change(at_ms(1500), 1);
  CHECK(queue.mean(at_ms(2000)) == 1.5);
  CHECK(queue.max() == 2);
  CHECK(std::isnan(TimeAverage(at_ms(5)).mean(at_ms(5))));
}

}  // namespace
}  // namespace springtide::measure
