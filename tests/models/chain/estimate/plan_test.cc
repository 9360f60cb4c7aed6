// The estimate of scenarios/ams-2016/estimate.json and of small chains, by hand.
#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

#include "models/chain/estimate/estimate.h"
#include "spec/scenario_reader.h"

namespace springtide::models::chain {
namespace {

measure::Record estimate_of(const Result<spec::LoadedScenario>& loaded) {
  if (!loaded.ok()) FAIL(to_string(loaded.problems()));
  auto record = estimate_scenario(loaded.value().scenario, 1);
  if (!record.ok()) FAIL(to_string(record.problems()));
  return std::move(record.value());
}

measure::Record plan(const std::string& text) {
  return estimate_of(spec::load_scenario_text(text, "test.json"));
}

measure::Record ams(const std::vector<std::string>& settings = {}) {
  return estimate_of(spec::load_scenario({"scenarios/ams-2016/estimate.json", {}, settings}));
}

// A cell by the first cells of its row and the heading of its column.
std::string cell(const measure::Record& record, const std::string& table, const std::string& row,
                 const std::string& column) {
  const auto& rows = record.tables.at("plan." + table);
  for (std::size_t c = 0; c < rows[0].size(); ++c)
    for (const auto& one : rows)
      if (rows[0][c] == column && (one[0] == row || one[0] + " " + one[1] == row)) return one[c];
  FAIL((table + ": " + row + ", " + column));
  return {};
}
double number(const measure::Record& record, const std::string& table, const std::string& row,
              const std::string& column) {
  return std::stod(cell(record, table, row, column));
}
double figure(const measure::Record& record, const std::string& name) {
  for (const measure::Figure& one : record.figures)
    if (one.name == name) return one.value;
  FAIL(name);
  return 0;
}

TEST_CASE("the funnel of 2016: 160 000 x 0.2 x 3 = 96 000 requests/s, and as many static ones") {
  const measure::Record record = ams();
  CHECK(number(record, "funnel", "visitors dynamic requests", "mid") == 160'000 * 0.2 * 3);
  CHECK(number(record, "funnel", "visitors static requests", "mid") == 96'000);
  CHECK(number(record, "funnel", "visitors static bytes", "mid") == 96'000.0 * 40'000);
  CHECK(number(record, "funnel", "visitors dynamic requests", "all low") == 120'000 * 0.15 * 3);
  CHECK(number(record, "funnel", "visitors dynamic requests", "all high") ==
        doctest::Approx(333'400 * 0.42 * 4));
  CHECK(number(record, "operations", "page", "requests/s") == 96'000 * 0.6);
  CHECK(number(record, "operations", "claim", "requests/s") == 96'000 * 0.4);
}

TEST_CASE("calls, workers, bytes and memory of 2016 as they are by hand") {
  const measure::Record record = ams();
  // Half of 96 000 a second in each site, 200 us each, on one machine of 12 workers.
  CHECK(number(record, "links", "reporting.shanghai", "load") == doctest::Approx(9.6));
  CHECK(number(record, "links", "reporting.shanghai", "utilisation, %") == 80);
  CHECK(number(record, "links", "reporting.shanghai", "gives way at, x") == 1.25);
  CHECK(number(record, "links", "reporting.shanghai", "planned up to, x") == 0.875);
  CHECK(number(record, "links", "reporting.shanghai", "needed") == 2);
  // page calls cmem once, claim twice: 0.6 x 96 000 + 2 x 0.4 x 96 000 = 134 400, half of it here.
  CHECK(number(record, "services", "cmem.shenzhen", "calls/s") == doctest::Approx(67'200));
  CHECK(number(record, "links", "card.cmem.shenzhen.out", "load") == 67'200.0 * 5'000 * 8);
  CHECK(number(record, "links", "card.cmem.shenzhen.in", "load") == 67'200.0 * 200 * 8);
  CHECK(number(record, "links", "card.cmem.shenzhen.out", "utilisation, %") == 67.2);
  CHECK(number(record, "links", "memory.cmem", "load") == 350e6 * 1000);
  CHECK(number(record, "links", "memory.cmem", "needed") == 4);  // of 128 GiB, to 70 %
  // One message of 1 kB a request, and a copy in the other site.
  CHECK(number(record, "links", "disk.log.shanghai", "load") == 2 * 48'000 * 1000 * 8);
  CHECK(number(record, "queues", "deliveries.shanghai", "puts/s") == 48'000);
  // One in fifty of all requests.
  CHECK(number(record, "services", "component-17.shanghai", "calls/s") == doctest::Approx(960));
  // The partner has machines in one site only; all deliveries are made there.
  CHECK(number(record, "services", "idip/deliveries.shenzhen", "calls/s") ==
        doctest::Approx(96'000));
  CHECK(figure(record, "reporting.shanghai.utilisation") == doctest::Approx(0.8));
  CHECK(holds(record));
}

TEST_CASE("the night's numbers break the plan, and the first link by name") {
  const measure::Record record = ams({"/clients/visitors/plan/funnel/clicks=42%"});
  CHECK(number(record, "funnel", "visitors dynamic requests", "mid") == doctest::Approx(201'600));
  CHECK_FALSE(holds(record));
  CHECK(figure(record, "estimate.first.factor") < 1);
  CHECK(number(record, "links", "reporting.shanghai", "utilisation, %") == 168);
}

TEST_CASE("links are in the order in which they give way") {
  const auto rows = ams().tables.at("plan.links");
  double before = 0;
  for (std::size_t i = 1; i < rows.size() && !rows[i][3].empty(); ++i) {
    CHECK(std::stod(rows[i][3]) >= before - 1e-9);
    before = std::stod(rows[i][3]);
  }
  CHECK(before > 3);
}

constexpr const char* two_phases = R"({
  "springtide": 1, "title": "t", "duration": "40s", "warmup": "10s",
  "clients": { "crowd": { "plan": { "poisson": { "0s": "100/s", "20s": "400/s", "30s": "0/s" } },
               "asks": "view" } },
  "operations": { "view": { "calls": { "web": { "calls": { "store": { "repeat": 2,
                  "probability": "50%", "cache": "c" } } } } } },
  "services": { "web": { "on": "a", "time": "1ms" }, "store": { "on": "b", "time": "2ms" } },
  "nodes": { "a": { "count": 2, "workers": 2 }, "b": { "workers": 4 } },
  "caches": { "c": { "hit-ratio": "75%", "time": "100us" } },
  "phases": { "quiet": { "from": "10s", "to": "20s" }, "busy": { "from": "15s", "to": "25s" } } })";

TEST_CASE("a backlog grows by what the consumers, or who they call, cannot do") {
  const auto claims = [](const char* consumers, const char* partners) {
    return plan(std::string(R"({ "springtide": 1, "duration": "1min",
      "clients": { "winners": { "plan": { "poisson": "100/s" }, "asks": "claim" } },
      "operations": { "claim": { "calls": { "log": { "timeout": "1s" } } } },
      "services": { "partner": { "on": "p", "time": "100ms", "queue": 5000 } },
      "nodes": { "p": { "workers": )") +
                partners + R"( }, "disks": {} },
      "queues": { "log": { "on": "disks", "persist": false, "consumers": )" +
                consumers + R"(, "deliver": { "partner": {} } } } })");
  };
  const auto grows = [](const measure::Record& record) {
    return number(record, "queues", "log", "backlog grows, messages/s");
  };
  CHECK(grows(claims("20", "20")) == 0);
  CHECK(grows(claims("6", "20")) == doctest::Approx(100 - 6 / 0.1).epsilon(0.01));
  // Who is called does 80/s, however many consumers wait for it.
  const measure::Record short_of_partners = claims("500", "8");
  CHECK(grows(short_of_partners) == doctest::Approx(20));
  CHECK(number(short_of_partners, "queues", "log", "delivery, ms") == doctest::Approx(100));
}

TEST_CASE("the busiest moment makes the plan; figures are means over the measured time") {
  const measure::Record record = plan(two_phases);
  CHECK(number(record, "operations", "view", "requests/s") == 400);
  CHECK(number(record, "operations", "view", "quiet, requests/s") == 100);
  CHECK(number(record, "operations", "view", "busy, requests/s") == 250);
  // 400 x 50 % x 2, of which a quarter is fetched.
  CHECK(number(record, "services", "store", "calls/s") == doctest::Approx(100));
  CHECK(number(record, "caches", "c", "asked/s") == doctest::Approx(400));
  // Measured: 10 s at 100, 10 s at 400, 10 s at nothing.
  CHECK(figure(record, "store.arrivals") == doctest::Approx(500.0 / 3 * 0.25));
  CHECK(figure(record, "store.utilisation") == doctest::Approx(500.0 / 3 * 0.25 * 0.002 / 4));
  // A worker of web waits for what it calls: 1 ms + 50 % x 2 x (75 % x 0.1 + 25 % x 2) ms; nobody
  // waits to speak of for four workers at 5 %.
  CHECK(number(record, "services", "web", "held, ms") == doctest::Approx(1.575).epsilon(1e-3));
  const auto& series = record.series.front();
  CHECK(series.name == "view.requests");
  CHECK(series.values[0] == 100);
  CHECK(series.values[25] == 400);
  CHECK(series.values[39] == 0);
}

TEST_CASE("the same seed draws the same estimate; another one the same but for the draws") {
  const auto one = ams(), two = ams();
  CHECK(one.tables == two.tables);
  CHECK(std::abs(number(one, "links", "reporting.shanghai", "high") - 42) < 3);
}

TEST_CASE("an input holds its bounds as often as it says, and half of the draws on either side") {
  const measure::Record record = plan(R"({
    "springtide": 1, "title": "t", "duration": "10s",
    "clients": { "crowd": { "plan": { "funnel": { "exposures":
      { "low": "500/s", "mid": "1000/s", "high": "3000/s", "confidence": "80%" } } },
      "asks": "view" } },
    "operations": { "view": { "calls": { "web": {} } } },
    "services": { "web": { "on": "a", "time": "1ms" } }, "nodes": { "a": { "workers": 1 } } })");
  // Confidence and interval of the result are both 80 %, so they are the bounds themselves.
  CHECK(number(record, "operations", "view", "low") == doctest::Approx(500).epsilon(0.05));
  CHECK(number(record, "operations", "view", "high") == doctest::Approx(3000).epsilon(0.05));
  CHECK(number(record, "funnel", "crowd dynamic requests", "all within, %") ==
        doctest::Approx(80).epsilon(0.03));
  CHECK(number(record, "links", "web", "chance to give way, %") ==
        doctest::Approx(50).epsilon(0.05));
}

TEST_CASE("messages that set off messages without end have no plan, and it says where") {
  auto loaded = spec::load_scenario_text(R"({
    "springtide": 1, "title": "t", "duration": "10s",
    "clients": { "crowd": { "plan": { "poisson": "10/s" }, "asks": "view" } },
    "operations": { "view": { "calls": { "log": {} } } },
    "services": { "web": { "on": "a", "time": "1ms" } }, "nodes": { "a": { "workers": 1 } },
    "queues": { "log": { "on": "a", "deliver": [ { "web": {} } ] } } })",
                                         "test.json");
  if (!loaded.ok()) FAIL(to_string(loaded.problems()));
  spec::Scenario& scenario = loaded.value().scenario;
  scenario.queues["log"].deliver.push_back({"log"});
  const auto record = estimate_scenario(scenario, 1);
  REQUIRE_FALSE(record.ok());
  CHECK(record.problems().front().pointer == "/queues");
}

TEST_CASE("what is not planned for is named") {
  const measure::Record record = ams();
  CHECK(number(record, "not-planned", "retries", "number") >= 3);
  CHECK(cell(record, "not-planned", "retries", "where").find("cmem") != std::string::npos);
  CHECK(cell(record, "not-planned", "retries of users", "where") == "visitors");
}

}  // namespace
}  // namespace springtide::models::chain
