// Sweeps: the values between two ends, the points of runs, the knee.
#include "models/sweep/sweep.h"

#include <cmath>

#include <doctest/doctest.h>

#include "models/sweep/axis.h"
#include "models/sweep/knee.h"
#include "models/sweep/point.h"
#include "tests/models/textbook_scenario.h"
#include "theory/stations/markov.h"

namespace springtide::models::sweep {
namespace {

std::vector<std::string> texts(AxisWish wish) {
  wish.pointer = "/x";
  const auto axis = axis_of(wish);
  if (!axis.ok()) FAIL(to_string(axis.problems()));
  return axis.value().texts;
}
using Texts = std::vector<std::string>;

TEST_CASE("values have their units, whole ones stay whole, both ends are kept") {
  CHECK(texts({"", "20k/s", "100k/s", 5}) == Texts{"20k/s", "40k/s", "60k/s", "80k/s", "100k/s"});
  CHECK(texts({"", "1", "4", 4}) == Texts{"1", "2", "3", "4"});
  CHECK(texts({"", "1", "2", 4}) == Texts{"1", "2"});  // equal steps are left out
  CHECK(texts({"", "0.5", "2", 4}) == Texts{"0.5", "1", "1.5", "2"});
  CHECK(texts({"", "1ms", "100ms", 3, true}) == Texts{"1ms", "10ms", "0.1s"});
  CHECK(texts({"", "10%", "50%", 3}) == Texts{"10%", "30%", "50%"});
  CHECK(texts({"", "1kB", "3kB", 2}) == Texts{"1kB", "3kB"});
}

TEST_CASE("wrong ends are told by the option that is wrong") {
  const auto told = [](AxisWish wish) {
    const auto axis = axis_of(wish);
    return axis.ok() ? "" : axis.problems().front().file;
  };
  CHECK(told({"x", "1", "2", 3}) == "--vary");
  CHECK(told({"/x", "soon", "2", 3}) == "--from");
  CHECK(told({"/x", "1", "2/s", 3}) == "--to");
  CHECK(told({"/x", "2", "2", 3}) == "--to");
  CHECK(told({"/x", "1", "2", 1}) == "--steps");
  CHECK(told({"/x", "0", "2", 3, true}) == "--from");
}

TEST_CASE("the knee is the last load that goodput follows before the first that it does not") {
  const Knee knee = knee_of({{1, 100, 100}, {2, 200, 199}, {3, 300, 250}, {4, 400, 400}});
  CHECK(knee.of_load);
  CHECK(knee.at == 1);
  CHECK(knee.next == 2);
  CHECK_FALSE(knee_of({{1, 100, 50}, {2, 200, 60}}).at);
  const Knee beyond = knee_of({{1, 100, 100}, {2, 200, 200}});
  CHECK(beyond.at == 1);
  CHECK_FALSE(beyond.next);
  // By the load, not in the order of the values: longer intervals are less load.
  CHECK(knee_of({{1, 400, 100}, {2, 200, 200}, {3, 100, 100}}).at == 1);
}

TEST_CASE("at one load the knee is the first value from which it is carried") {
  const Knee knee = knee_of({{1, 100, 99.5}, {2, 101, 80}, {3, 100, 99.5}, {4, 100, 100}});
  CHECK_FALSE(knee.of_load);
  CHECK(knee.at == 2);
  CHECK(knee.next == 1);
}

double number(const measure::Record& record, std::size_t row, const std::string& column) {
  const auto& rows = record.tables.at("capacity");
  for (std::size_t i = 0; i < rows[0].size(); ++i)
    if (rows[0][i] == column) return std::stod(rows[row + 1][i]);
  FAIL(column);
  return 0;
}

TEST_CASE("a bounded queue carries at every load what the formula says") {
  const AxisWish wish{"/clients/crowd/plan/poisson", "5k/s", "20k/s", 4};
  const auto axis = axis_of(wish);
  REQUIRE(axis.ok());
  std::vector<spec::Scenario> scenarios;
  for (const double rate : axis.value().values) {
    spec::Scenario scenario =
        one_station(spec::PoissonPlan{steady(rate)}, exponential(microsecond * 100));
    station(scenario).queue = 4;
    scenario.duration = second * 20;
    scenario.warmup = second;
    scenarios.push_back(scenario);
  }
  SweepOptions options;
  options.seeds = {1, 2};
  const auto record = sweep(axis.value(), scenarios, options);
  if (!record.ok()) FAIL(to_string(record.problems()));
  for (std::size_t i = 0; i < axis.value().values.size(); ++i) {
    const double rate = axis.value().values[i];
    const auto exact = theory::mmck(rate, 1e4, 1, 5);
    REQUIRE(exact);
    CHECK(number(record.value(), i, "carried/s") ==
          doctest::Approx(exact->means.throughput).epsilon(0.01));
    CHECK(number(record.value(), i, "refused/s") ==
          doctest::Approx(rate - exact->means.throughput).epsilon(0.1));
    CHECK(number(record.value(), i, "least goodput/s") <= number(record.value(), i, "goodput/s"));
  }
  options.at_once = 5;
  const auto again = sweep(axis.value(), scenarios, options);
  REQUIRE(again.ok());
  CHECK(again.value().tables == record.value().tables);
}

}  // namespace
}  // namespace springtide::models::sweep
