#include "measure/threshold.h"

#include <cmath>

#include <doctest/doctest.h>

namespace springtide::measure {
namespace {

Record example() {
  Record record;
  record.duration = second * 10;
  for (int i = 1; i <= 1000; ++i) record.distributions["serve.latency"].record(i * 1000);
  record.distributions["idle.latency"];
  record.series.push_back({"access.requests", "requests/s", "", {100, 200, missing, 400}});
  record.series.push_back({"node.pause", "ms", "", {1, 5, 3}});
  record.series.push_back({"node.busy", "%", "", {50, 70}});
  record.series.push_back({"node.heap", "MiB", "", {512, 1024}});
  record.series.push_back({"silent", "requests/s", "", {missing, missing}});
  record.ledgers["serve"] = {1000, 990, 10, 0, 0, 0, 0, 7};
  record.ledgers["unused"];
  record.figures.push_back({"gc.cycles", 21, "", "", {}});
  record.figures.push_back({"gc.pause-mean", 12.6, "ms", "", {}});
  return record;
}

Verdict judged(const std::string& metric, const std::string& expression) {
  const auto threshold = parse_threshold(metric, expression);
  REQUIRE_MESSAGE(threshold.ok(), expression);
  const auto verdicts = judge({threshold.value()}, example());
  REQUIRE_MESSAGE(verdicts.ok(), metric << ": " << expression);
  return verdicts.value().front();
}

bool passes(const std::string& metric, const std::string& expression) {
  return judged(metric, expression).passed;
}

Diagnostic refused(const std::string& metric, const std::string& expression) {
  const auto threshold = parse_threshold(metric, expression);
  if (!threshold.ok()) return threshold.problems().front();
  const auto verdicts = judge({threshold.value()}, example());
  REQUIRE_MESSAGE(!verdicts.ok(), metric << ": " << expression);
  return verdicts.problems().front();
}

TEST_CASE("statistics of a distribution are compared in the unit that is written") {
  CHECK(passes("serve.latency", "p(99)<1ms"));
  CHECK(passes("serve.latency", "p(99)<=990500ns"));
  CHECK_FALSE(passes("serve.latency", "p(99)<989us"));
  CHECK(passes("serve.latency", "max==1ms"));
  CHECK(passes("serve.latency", "min>=1us"));
  CHECK(passes("serve.latency", "avg==500.5us"));
  CHECK(passes("serve.latency", " med < 0.6 "));  // bare: milliseconds, as in k6
  CHECK_FALSE(passes("serve.latency", "p(99.9) < 0.5"));
  CHECK(passes("serve.latency", "count==1000"));
  CHECK(passes("serve.latency", "rate>=0.1k/s"));
}

TEST_CASE("statistics of a series leave missing seconds out") {
  CHECK(passes("access.requests", "min==100"));
  CHECK(passes("access.requests", "max<=0.4k/s"));
  CHECK(passes("access.requests", "med==200"));
  CHECK(passes("access.requests", "count==700"));
  CHECK(passes("access.requests", "value==400/s"));
  CHECK(passes("access.requests", "rate>233/s"));
  CHECK(passes("access.requests.rate", "value>233/s"));
  CHECK(passes("access.requests.rate", "avg<234/s"));
  CHECK(passes("node.pause", "max<=5ms"));
  CHECK(passes("node.pause", "avg<4"));
  CHECK(passes("node.busy", "max<70.1%"));
  CHECK_FALSE(passes("node.busy", "max<69.9%"));
  CHECK(passes("node.heap", "max<=1GiB"));
}

TEST_CASE("a ledger entry has a count, a share and a rate") {
  CHECK(passes("serve.refused", "count==10"));
  CHECK(passes("serve.refused", "rate<=1%"));
  CHECK(passes("serve.refused", "rate<0.011"));
  CHECK(passes("serve.refused", "rate==1/s"));
  CHECK(passes("serve.not-sent", "count<8"));
  CHECK_FALSE(passes("serve.answered", "rate>99.5%"));
}

TEST_CASE("a share of an operation's series is of its requests, by the ledger where it knows it") {
  Record record = example();
  record.series.push_back({"serve.refused", "requests/s", "", {10, 40}});
  record.series.push_back({"serve.goodput", "requests/s", "", {200, missing, 100}});
  record.series.push_back({"serve.requests", "requests/s", "", {240, 160, missing}});
  const auto share = [&](const std::string& metric) {
    const auto verdicts = judge({parse_threshold(metric, "rate<=80%").value()}, record);
    REQUIRE(verdicts.ok());
    return verdicts.value().front().observed;
  };
  CHECK(share("serve.refused") == 1);  // 10 of the 1000 of the measured window
  CHECK(share("serve.goodput") == 75);
  CHECK(refused("access.requests", "avg<80%").expected == "a value in requests/s");
  CHECK(refused("silent", "rate<80%").expected == "a value in requests/s");
}

TEST_CASE("a figure has a value") {
  CHECK(passes("gc.cycles", "value==21"));
  CHECK(passes("gc.cycles", "value!=20"));
  CHECK(passes("gc.pause-mean", "value<13ms"));
}

TEST_CASE("without data every threshold fails, whatever its operator") {
  for (const char* comparison : {"<", "<=", ">", ">=", "==", "!="}) {
    CHECK_FALSE(passes("idle.latency", std::string("p(99)") + comparison + "1ms"));
    CHECK_FALSE(passes("idle.latency", std::string("count") + comparison + "0"));
    CHECK_FALSE(passes("silent", std::string("avg") + comparison + "1/s"));
    CHECK_FALSE(passes("unused.refused", std::string("rate") + comparison + "1%"));
  }
  CHECK(std::isnan(judged("idle.latency", "avg<1").observed));
}

TEST_CASE("the margin is how far the value lies on the good side, in the unit shown") {
  const Verdict good = judged("serve.latency", "max<3ms");
  CHECK(good.observed == 1);
  CHECK(good.bound == 3);
  CHECK(good.margin == 2);
  CHECK(good.unit == "ms");
  CHECK(judged("access.requests", "min>150/s").margin == -50);
  CHECK(judged("serve.refused", "rate<3%").margin == doctest::Approx(2));
  CHECK(judged("serve.refused", "count==12").margin == -2);
}

TEST_CASE("a text that is not a threshold is told with what was expected where") {
  CHECK(refused("m", "").received == "the end of the text");
  CHECK(refused("m", "p99<2ms").received == "\"p99<2ms\" at character 1");
  CHECK(refused("m", "p(101)<2ms").received == "\"p(101)<2ms\" at character 1");
  CHECK(refused("m", "p(nan)<2ms").received == "\"p(nan)<2ms\" at character 1");
  CHECK(refused("m", "p(99<2ms").received == "\"p(99<2ms\" at character 1");
  CHECK(refused("m", "avg 2ms").received == "\"2ms\" at character 5");
  CHECK(refused("m", "avg=<2").received == "\"=<2\" at character 4");
  CHECK(refused("m", "avg<").received == "the end of the text");
  CHECK(refused("m", "avg<<2").received == "\"<2\" at character 5");
  CHECK(refused("m", "avg<2 parsecs").received == "\"2 parsecs\" at character 5");
  CHECK(refused("m", "avg<1e999").received == "\"1e999\" at character 5");
  CHECK(refused("m", "avg<nan").received == "\"nan\" at character 5");
  CHECK(refused("m", "avg<2").pointer == "/thresholds/m");
}

TEST_CASE("all problems of all thresholds come at once") {
  const auto parsed = parse_thresholds({{"a", {"avg<1", "oops"}}, {"b", {"min"}}});
  REQUIRE_FALSE(parsed.ok());
  REQUIRE(parsed.problems().size() == 2);
  CHECK(parsed.problems()[0].pointer == "/thresholds/a/1");
  CHECK(parsed.problems()[1].pointer == "/thresholds/b/0");
}

TEST_CASE("an unknown metric is an error that names the nearest known ones") {
  const Diagnostic problem = refused("serve.latncy", "avg<1ms");
  CHECK(problem.what == "unknown metric \"serve.latncy\"");
  CHECK(problem.expected.starts_with("\"serve.latency\""));
  CHECK(problem.hint.find("access.requests") != std::string::npos);
  CHECK(refused("completely.different.thing", "avg<1ms").expected == "a metric of this run");
}

TEST_CASE("a unit or a statistic that a metric does not have is an error") {
  CHECK(refused("serve.latency", "p(99)<2MB").expected == "a duration");
  CHECK(refused("serve.latency", "value<2ms").what == "a distribution has no single value");
  CHECK(refused("serve.latency", "count<2ms").expected == "a pure number");
  CHECK(refused("access.requests", "avg<2ms").expected == "a value in requests/s");
  CHECK(refused("node.pause", "rate<2/s").what == "a series in \"ms\" has no count or rate");
  CHECK(refused("gc.cycles", "avg<2").expected == "value");
  CHECK(refused("serve.refused", "p(9)<2").expected == "count, rate or value");
}

}  // namespace
}  // namespace springtide::measure
