// Every textbook scenario against queueing theory: the exact value must lie within the 99.9 %
// interval of a run with a fixed seed, and the interval must be narrow (1 % of the value to each
// side), so that a model that is a few percent wrong cannot pass. That it would not is tested too.
//
// The fast cases take the shipped scenarios at a lower load, where a narrow interval costs little;
// the suite "slow" runs them as shipped, for as long as that takes.
#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "models/run.h"
#include "spec/scenario_reader.h"

namespace springtide::models {
namespace {

struct Validation {
  std::string scenario;  // of scenarios/textbook/
  std::vector<std::string> settings;
  std::size_t figures = 0;  // that theory must say something of
};

spec::Scenario load(const Validation& validation) {
  const auto loaded = spec::load_scenario(
      {"scenarios/textbook/" + validation.scenario + ".json", {}, validation.settings});
  if (!loaded.ok()) FAIL(to_string(loaded.problems()));
  return loaded.value().scenario;
}

measure::Record run(const spec::Scenario& scenario) {
  RunOptions options;
  options.seed = scenario.seed;
  auto record = run_scenario(scenario, options);
  if (!record.ok()) FAIL(to_string(record.problems()));
  return std::move(record.value());
}

const measure::Figure* find(const measure::Record& record, const std::string& name) {
  for (const measure::Figure& figure : record.figures)
    if (figure.name == name) return &figure;
  return nullptr;
}

// Which measured figures do not agree with the values that theory gave for `expected`.
std::vector<std::string> disagreements(const measure::Record& measured,
                                       const measure::Record& expected, std::size_t& compared) {
  std::vector<std::string> wrong;
  for (const measure::Figure& figure : measured.figures) {
    const measure::Figure* theory = find(expected, figure.name + ".theory");
    if (theory == nullptr) continue;
    ++compared;
    const bool narrow = figure.half_width && *figure.half_width <= 0.01 * theory->value;
    const bool agrees =
        figure.half_width && std::fabs(figure.value - theory->value) <= *figure.half_width;
    if (narrow && agrees) continue;
    wrong.push_back(figure.name + " = " + std::to_string(figure.value) + " +- " +
                    std::to_string(figure.half_width.value_or(-1)) + ", theory " +
                    std::to_string(theory->value));
  }
  return wrong;
}

void validate(const Validation& validation) {
  CAPTURE(validation.scenario);
  const measure::Record record = run(load(validation));
  for (const measure::Check& check : record.checks) CHECK_MESSAGE(check.holds, check.name);
  std::size_t compared = 0;
  for (const std::string& wrong : disagreements(record, record, compared)) FAIL_CHECK(wrong);
  CHECK(compared == validation.figures);
}

std::string rate(const std::string& value) { return "/clients/crowd/plan/poisson=" + value; }
std::string lasting(const std::string& value) { return "/duration=" + value; }
std::string urgent(const std::string& value) { return "/clients/urgent/plan/poisson=" + value; }
std::string patient(const std::string& value) { return "/clients/patient/plan/poisson=" + value; }
std::string workers(const std::string& value) { return "/nodes/node/workers=" + value; }
std::string service_time(const std::string& value) { return "/services/station/time=" + value; }
const std::string preemptive = "/services/station/discipline=preemptive-priority";

TEST_CASE("M/M/1") { validate({"mm1", {rate("5k/s"), lasting("2000s")}, 6}); }
TEST_CASE("M/D/1") { validate({"md1", {rate("5k/s"), lasting("1000s")}, 6}); }
TEST_CASE("M/D/1 under processor sharing takes as long as M/M/1 does") {
  validate({"mm1-ps", {rate("5k/s"), service_time("100us"), lasting("1200s")}, 6});
}
TEST_CASE("two priorities, the urgent interrupt the patient") {
  validate({"two-priorities", {preemptive, urgent("3k/s"), patient("2k/s"), lasting("1800s")}, 9});
}
TEST_CASE("M/M/10 with room for ten more") { validate({"mm10-20", {lasting("60s")}, 7}); }
TEST_CASE("machine repair") { validate({"machine-repair", {lasting("3000s")}, 6}); }

TEST_CASE("a model whose service is 3 % too slow does not pass") {
  const Validation right{"mm1", {rate("5k/s"), lasting("300s")}, 6};
  spec::Scenario wrong = load(right);
  std::get<spec::Station>(wrong.services.at("station").kind).time =
      Distribution(Exponential{microsecond * 103});
  spec::Scenario short_run = load(right);
  short_run.duration = second * 2;
  std::size_t compared = 0;
  const auto found = disagreements(run(wrong), run(short_run), compared);
  bool utilisation = false;
  for (const std::string& figure : found)
    utilisation = utilisation || figure.starts_with("station.utilisation");
  CHECK(utilisation);
  CHECK(found.size() >= 4);
}

TEST_SUITE("slow") {
  TEST_CASE("M/M/1 as shipped") { validate({"mm1", {lasting("4000s")}, 6}); }
  TEST_CASE("M/D/1 as shipped") { validate({"md1", {lasting("1500s")}, 6}); }
  TEST_CASE("M/G/1 with lognormal service") { validate({"mg1-lognormal", {lasting("3000s")}, 6}); }
  TEST_CASE("M/G/1 with hyperexponential service") {
    validate({"mg1-hyperexponential", {lasting("7500s")}, 6});
  }
  TEST_CASE("M/M/1 under processor sharing, as shipped") {
    validate({"mm1-ps", {lasting("3000s")}, 6});
  }
  TEST_CASE("M/G/1 with hyperexponential service under processor sharing takes as long, too") {
    const std::string varied = service_time(
        R"({"hyperexponential": {"probability": "10%", "mean-1": "550us", "mean-2": "50us"}})");
    validate({"mm1-ps", {rate("4k/s"), varied, lasting("2500s")}, 6});
  }
  TEST_CASE("M/M/2 under processor sharing takes as long as first in, first out") {
    validate({"mm1-ps", {rate("11k/s"), workers("2"), lasting("1400s")}, 6});
  }
  TEST_CASE("two workers, the urgent interrupt the patient") {
    validate({"two-priorities",
              {preemptive, urgent("8k/s"), patient("4k/s"), workers("2"), lasting("1500s")},
              9});
  }
  TEST_CASE("M/M/8 as shipped") { validate({"mm8", {lasting("2000s")}, 6}); }
  TEST_CASE("two priorities") { validate({"two-priorities", {lasting("3500s")}, 9}); }
  TEST_CASE("a tandem") { validate({"tandem", {lasting("3500s")}, 9}); }
  TEST_CASE("the path of a request") { validate({"request-path", {lasting("800s")}, 6}); }
}

}  // namespace
}  // namespace springtide::models
