// An estimate against the run of the same scenario: utilisations within the run's interval.
#include <cmath>

#include <doctest/doctest.h>

#include "models/chain/estimate/estimate.h"
#include "models/chain/world.h"
#include "spec/scenario_reader.h"

namespace springtide::models::chain {
namespace {

// Calls in calls, in sequence and at once, sometimes, several times, behind a cache with a share of
// hits; workers that wait for what they call, and workers that do not; two sites and one service
// that stands in only one of them.
constexpr const char* chain = R"({
  "springtide": 1, "title": "t", "seed": 3, "duration": "420s", "warmup": "20s",
  "clients": { "crowd": { "plan": { "funnel": { "exposures": "500/s", "clicks": "20%",
                 "dynamic": 2.5, "between": "300ms", "static": 2, "static-asks": "file" } },
               "asks": { "view": "60%", "buy": "40%" }, "sites": { "x": "70%", "y": "30%" } } },
  "operations": {
    "file": { "calls": { "files": {} } },
    "view": { "calls": { "web": { "calls": [
      { "users": { "cache": "known" } },
      { "parallel": { "calls": [ { "ads": {} }, { "news": { "probability": "40%", "repeat": 2 } },
                                 { "store": { "repeat": 3 } } ] } } ] } } },
    "buy": { "calls": { "web": { "calls": [ { "store": { "repeat": 2 } },
                                            { "pay": { "calls": { "bank": {} } } } ] } } } },
  "services": {
    "files": { "on": "files", "time": { "exponential": { "mean": "2ms" } } },
    "web": { "on": "web", "time": { "exponential": { "mean": "5ms" } } },
    "users": { "on": "users", "time": { "exponential": { "mean": "10ms" } } },
    "ads": { "on": "ads", "time": { "exponential": { "mean": "12ms" } } },
    "news": { "on": "news", "time": "8ms" },
    "store": { "on": "store", "time": { "exponential": { "mean": "3ms" } } },
    "pay": { "on": "pay", "time": "4ms", "holds-worker": false },
    "bank": { "on": "bank", "time": { "exponential": { "mean": "20ms" } } } },
  "nodes": {
    "files": { "sites": { "x": 1, "y": 1 }, "workers": 4 },
    "web": { "sites": { "x": 2, "y": 1 }, "workers": 30 },
    "users": { "sites": { "x": 1, "y": 1 }, "workers": 6 },
    "ads": { "sites": { "x": 1, "y": 1 }, "workers": 10 },
    "news": { "sites": { "x": 1, "y": 1 }, "workers": 8 },
    "store": { "sites": { "x": 2, "y": 1 }, "workers": 6 },
    "pay": { "sites": { "x": 1, "y": 1 }, "workers": 2 },
    "bank": { "sites": { "y": 1 }, "workers": 10 } },
  "links": { "wide": { "from": "x", "to": "y", "delay": "5ms" } },
  "caches": { "known": { "hit-ratio": "75%", "time": "200us" } } })";

const measure::Figure* find(const measure::Record& record, const std::string& name) {
  for (const measure::Figure& one : record.figures)
    if (one.name == name) return &one;
  return nullptr;
}

TEST_CASE("estimated utilisations are those of the run, within its 99.9 % interval") {
  const auto loaded = spec::load_scenario_text(chain, "test.json");
  if (!loaded.ok()) FAIL(to_string(loaded.problems()));
  const auto estimate = estimate_scenario(loaded.value().scenario, 1);
  if (!estimate.ok()) FAIL(to_string(estimate.problems()));
  RunOptions options;
  options.seed = 3;
  const auto run = run_chain_world(loaded.value().scenario, options);
  if (!run.ok()) FAIL(to_string(run.problems()));
  std::size_t compared = 0;
  for (const measure::Figure& expected : estimate.value().figures) {
    if (!expected.name.ends_with(".utilisation") && !expected.name.ends_with(".latency.mean"))
      continue;
    const measure::Figure* seen = find(run.value(), expected.name);
    CAPTURE(expected.name);
    REQUIRE(seen != nullptr);
    REQUIRE(seen->half_width);
    CHECK(expected.value == doctest::Approx(seen->value).epsilon(0.03));
    CHECK(std::abs(expected.value - seen->value) < *seen->half_width);
    CHECK(*seen->half_width < 0.1 * seen->value);  // or it would say nothing
    ++compared;
  }
  CHECK(compared == 15 + 3);
}

}  // namespace
}  // namespace springtide::models::chain
