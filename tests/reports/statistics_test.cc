#include "reports/statistics.h"

#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "measure/result_directory.h"

using namespace springtide;
using namespace springtide::reports;

namespace {

// The phase at 30 000/s of the test of 2017: the first 479 rows of the recorded file.
std::vector<double> recorded_clients() {
  const auto file = measure::read_csv_series("tests/data/hongbao-2017/client_30k.csv");
  REQUIRE(file.ok());
  std::vector<double> values = file.value().series.front().values;
  REQUIRE(values.size() >= 479);
  values.resize(479);
  return values;
}

}  // namespace

TEST_CASE("the recorded phase of 2017 has the published statistics") {
  const SeriesStatistics s = statistics_of(recorded_clients());
  CHECK(s.n == 479);
  CHECK(s.mean == doctest::Approx(29854.2317).epsilon(1e-8));
  CHECK(s.sd == doctest::Approx(749.4078).epsilon(1e-6));
  CHECK(s.min == 24338);
  CHECK(s.p1 == doctest::Approx(25690.7));
  CHECK(s.p5 == doctest::Approx(28527.3));
  CHECK(s.p50 == 30046);
  CHECK(s.max == 30046);
  CHECK(100 * s.below == doctest::Approx(0.63825).epsilon(1e-4));
}

TEST_CASE("the recorded phase of 2017 has 36 dips of a median depth of 1723") {
  const SeriesStatistics s = statistics_of(recorded_clients());
  CHECK(s.dips.size() == 36);
  CHECK(s.dip_seconds == 45);
  CHECK(s.median_depth == 1723);
  CHECK(s.max_depth == 5708);
  CHECK(s.spikes.empty());
}

TEST_CASE("the recorded dips recur every 121 to 123 s and at no other lag") {
  const auto recurrence = recurrence_of(recorded_clients(), 121.5);
  REQUIRE(recurrence);
  CHECK(recurrence->at_period == doctest::Approx(0.3391).epsilon(1e-3));
  CHECK(recurrence->elsewhere == doctest::Approx(0.1398).epsilon(1e-3));
  const auto strongest = recurrence_of(recorded_clients());
  REQUIRE(strongest);
  CHECK(strongest->period >= 120);
  CHECK(strongest->period <= 123);
}

TEST_CASE("one normal second does not end a dip, two do") {
  const std::vector<double> one{1000, 500, 1000, 600, 1000}, two{1000, 500, 1000, 1000, 600, 1000};
  CHECK(dips_of(one, 1000, {}).size() == 1);
  CHECK(dips_of(one, 1000, {})[0].depth == 500);
  CHECK(dips_of(one, 1000, {})[0].sum == 900);
  CHECK(dips_of(two, 1000, {}).size() == 2);
}

TEST_CASE("a second exactly at the threshold is no dip and no spike") {
  const std::vector<double> values{1000, 750, 1250, 749, 1251};
  CHECK(dips_of(values, 1000, {}).size() == 1);
  CHECK(spikes_of(values, 1000, {}).size() == 1);
}

TEST_CASE("missing values are left out, and nothing but missing values says nothing") {
  const double gap = measure::missing;
  const std::vector<double> some{1, gap, 3}, none{gap, gap};
  CHECK(statistics_of(some).n == 2);
  CHECK(statistics_of(some).mean == 2);
  CHECK(statistics_of(none).n == 0);
  CHECK(std::isnan(statistics_of(none).mean));
}
