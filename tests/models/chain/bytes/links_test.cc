// Links between sites: delay that varies, loss, bandwidth.
#include <doctest/doctest.h>

#include "tests/models/chain/small_scenarios.h"

namespace springtide::models::chain {
namespace {

// Web stands in the south, and calls the store in the north.
spec::Scenario far_store() {
  spec::Scenario scenario = two_services();
  scenario.operations["view"].calls = {call("web", {call("store")})};
  scenario.nodes["web-node"].workers = scenario.nodes["store-node"].workers = 1'000;
  scenario.nodes["web-node"].sites = {{"south", 1}};
  scenario.nodes["store-node"].sites = {{"north", 1}};
  scenario.clients["crowd"].sites = {{"south", Probability{1}}};
  scenario.links["between"].from = "north";
  scenario.links["between"].to = "south";
  scenario.links["between"].delay = constant(millisecond * 5);
  return scenario;
}

spec::Call& far_call(spec::Scenario& scenario) {
  return scenario.operations["view"].calls[0].calls[0];
}

TEST_CASE("the delay of a link between sites may vary above its least") {
  spec::Scenario scenario = far_store();
  scenario.clients["crowd"].plan = spec::ConstantPlan{steady(500)};
  scenario.links["between"].delay = Distribution(Uniform{millisecond * 5, millisecond * 15});
  const measure::Record record = run(scenario);
  const auto& latency = record.distributions.at("view.latency");
  CHECK(*latency.min() >= 14'000'000);
  CHECK(*latency.min() < 15'000'000);
  CHECK(*latency.max() <= 34'000'000);
  CHECK(*latency.max() > 33'000'000);
  CHECK(figure(record, "view.latency.mean").value == doctest::Approx(24).epsilon(0.01));
}

TEST_CASE("a link that loses messages loses calls and answers, which their time-outs tell") {
  spec::Scenario scenario = far_store();
  scenario.clients["crowd"].plan = spec::ConstantPlan{steady(500)};
  scenario.links["between"].loss = Probability{0.1};
  CHECK(problems(scenario).find("/links/between/loss") != std::string::npos);
  far_call(scenario).timeout = millisecond * 100;
  const measure::Ledger ledger = run(scenario).ledgers.at("view");
  const double lost = static_cast<double>(ledger.timed_out) / static_cast<double>(ledger.offered);
  CHECK(lost == doctest::Approx(0.19).epsilon(0.07));
}

TEST_CASE("a link within a site that loses messages needs a time-out too") {
  spec::Scenario scenario = two_services();
  scenario.operations["view"].calls = {call("web", {call("store")})};
  scenario.links["inside"].from = "web";
  scenario.links["inside"].to = "store-node";
  scenario.links["inside"].loss = Probability{0.1};
  CHECK(problems(scenario).find("/links/inside/loss") != std::string::npos);
}

TEST_CASE("a link without a least delay cannot join sites") {
  spec::Scenario scenario = far_store();
  scenario.links["between"].delay = exponential(millisecond * 5);
  CHECK(problems(scenario).find("/links/between/delay") != std::string::npos);
}

TEST_CASE("bytes go over a link one after the other, each way for itself") {
  spec::Scenario scenario = far_store();
  auto& store = std::get<spec::Station>(scenario.services["store"].kind);
  store.request_bytes = Bytes{1'000};
  store.answer_bytes = Bytes{10'000};
  scenario.links["between"].bandwidth = BitRate{8e6};  // a kilobyte takes a millisecond
  const measure::Record record = run(scenario);
  // 1 (web) + 1 (request) + 5 + 3 (store) + 10 (answer) + 5
  CHECK(record.distributions.at("view.latency").min() == 25'000'000);
  CHECK(record.distributions.at("view.latency").max() == 25'000'000);
  CHECK(sum_of(record, "link.between.north-south.sent", 0, 20) == 200 * 10'000);
  CHECK(sum_of(record, "link.between.south-north.sent", 0, 20) == 200 * 1'000);
  CHECK(figure(record, "link.between.north-south.utilisation").value == doctest::Approx(0.1));
  scenario.clients["crowd"].plan = spec::ConstantPlan{steady(150)};
  const measure::Record full = run(scenario);
  CHECK(sum_of(full, "view.answered", 5, 15) == doctest::Approx(1'000).epsilon(0.002));
  CHECK(figure(full, "link.between.north-south.saturated").value > 0.9);
}

TEST_CASE("links of all kinds give the same record on one thread and on two") {
  spec::Scenario scenario = far_store();
  scenario.clients["crowd"].plan = spec::PoissonPlan{steady(60)};
  scenario.clients["crowd"].sites = {{"north", Probability{0.3}}, {"south", Probability{0.7}}};
  std::get<spec::Station>(scenario.services["store"].kind).answer_bytes = Bytes{10'000};
  for (spec::Call* one : {&far_call(scenario), &scenario.operations["view"].calls[0]})
    one->timeout = millisecond * 400;
  scenario.links["between"].delay = Distribution(Uniform{millisecond * 5, millisecond * 15});
  scenario.links["between"].loss = Probability{0.02};
  scenario.links["between"].bandwidth = BitRate{8e6};
  const measure::Record one = run(scenario), two = run(scenario, 2);
  CHECK(one.fingerprint == two.fingerprint);
  CHECK(one.distributions == two.distributions);
  CHECK(one.tables == two.tables);
}

}  // namespace
}  // namespace springtide::models::chain
