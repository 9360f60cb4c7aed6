// Cards and disks: estimated against simulated.
#include <doctest/doctest.h>

#include "models/chain/estimate/estimate.h"
#include "models/chain/world.h"
#include "spec/scenario_reader.h"

namespace springtide::models::chain {
namespace {

constexpr const char* devices = R"({
  "springtide": 1, "title": "t", "duration": "100s", "warmup": "10s",
  "clients": { "crowd": { "plan": { "poisson": "1000/s" }, "asks": "view",
               "sites": { "x": "60%", "y": "40%" } } },
  "operations": { "view": { "calls": { "web": { "calls": { "store": { "repeat": 2 } } } } } },
  "services": {
    "web": { "on": "web", "time": "1ms", "request-bytes": "1kB", "answer-bytes": "20kB" },
    "store": { "on": "store", "time": "1ms", "request-bytes": "500B", "answer-bytes": "5kB",
               "storage-bytes": "3kB" } },
  "nodes": {
    "web": { "sites": { "x": 2, "y": 1 }, "workers": 100,
             "network-card": { "bandwidth": "500Mbit/s" } },
    "store": { "sites": { "x": 1, "y": 1 }, "workers": 20, "storage-bandwidth": "200Mbit/s",
               "network-card": { "bandwidth": "300Mbit/s" } } },
  "links": { "wide": { "from": "x", "to": "y", "delay": "5ms" } } })";

double figure(const measure::Record& record, const std::string& name) {
  for (const measure::Figure& one : record.figures)
    if (one.name == name) return one.value;
  FAIL(name);
  return 0;
}

TEST_CASE("cards and disks are used as estimated, in their busier direction") {
  const auto loaded = spec::load_scenario_text(devices, "test.json");
  if (!loaded.ok()) FAIL(to_string(loaded.problems()));
  const auto estimate = estimate_scenario(loaded.value().scenario, 1);
  if (!estimate.ok()) FAIL(to_string(estimate.problems()));
  const auto run = run_chain_world(loaded.value().scenario, {});
  if (!run.ok()) FAIL(to_string(run.problems()));
  // 600/s of 20 kB out of two machines of 500 Mbit/s; what it asks of the store is less.
  CHECK(figure(estimate.value(), "card.web.x.utilisation") ==
        doctest::Approx((600 * 20'000 + 1200 * 500) * 8 / 1e9));
  CHECK(figure(estimate.value(), "disk.store.y.utilisation") ==
        doctest::Approx(800 * 3'000 * 8 / 2e8));
  // The store writes 3 kB at 200 Mbit/s to each call of 1 ms.
  CHECK(figure(estimate.value(), "store.x.utilisation") ==
        doctest::Approx(1200 * (0.001 + 0.00012) / 20));
  for (const char* name : {"web.x", "web.y", "store.x", "store.y", "card.web.x", "card.web.y",
                           "card.store.x", "card.store.y", "disk.store.x", "disk.store.y"}) {
    CAPTURE(name);
    const double seen = figure(run.value(), std::string(name) + ".utilisation");
    CHECK(figure(estimate.value(), std::string(name) + ".utilisation") ==
          doctest::Approx(seen).epsilon(0.03));
  }
}

}  // namespace
}  // namespace springtide::models::chain
