// Network cards and disks: what they carry, how long it takes, who saturates first.
#include <doctest/doctest.h>

#include "models/chain/devices/pipe.h"
#include "tests/models/chain/small_scenarios.h"
#include "theory/stations/general.h"

namespace springtide::models::chain {
namespace {

spec::Station& station(spec::Scenario& scenario, const std::string& service) {
  return std::get<spec::Station>(scenario.services.at(service).kind);
}

// A call of web to store; at 8 Mbit/s a kilobyte takes a millisecond.
spec::Scenario two_cards() {
  spec::Scenario scenario = two_services();
  scenario.operations["view"].calls = {call("web", {call("store")})};
  station(scenario, "store").request_bytes = Bytes{1'000};
  station(scenario, "store").answer_bytes = Bytes{10'000};
  for (const char* node : {"web-node", "store-node"})
    scenario.nodes[node].network_card.bandwidth = BitRate{8e6};
  return scenario;
}

const std::vector<std::string>& row(const measure::Record& record, const std::string& device) {
  for (const auto& one : record.tables.at("devices"))
    if (one[0] == device) return one;
  FAIL(device);
  return record.tables.at("devices").front();
}

TEST_CASE("bytes pass the cards of both machines, the answer's the other way") {
  const measure::Record record = run(two_cards());
  // 1 (web) + 2 x 1 (request) + 3 (store) + 2 x 10 (answer)
  CHECK(record.distributions.at("view.latency").min() == 26'000'000);
  CHECK(record.distributions.at("view.latency").max() == 26'000'000);
  CHECK(sum_of(record, "card.web-node.out", 0, 20) == 200 * 1'000);
  CHECK(sum_of(record, "card.web-node.in", 0, 20) == 200 * 10'000);
  CHECK(sum_of(record, "card.store-node.out", 0, 20) == 200 * 10'000);
  CHECK(figure(record, "card.store-node.utilisation").value == doctest::Approx(0.1));
  CHECK(series(record, "card.store-node.utilisation")[7] == doctest::Approx(0.1));
  CHECK(row(record, "card.store-node").back() == "held");
}

TEST_CASE("what has no card at either end passes as if it had no bytes") {
  spec::Scenario scenario = two_cards();
  for (auto& [_, node] : scenario.nodes) node.network_card.bandwidth.reset();
  const measure::Record record = run(scenario);
  CHECK(record.distributions.at("view.latency").max() == 4'000'000);
  CHECK(record.tables.find("devices") == record.tables.end());
}

TEST_CASE("answers through a card wait as in an M/D/1 queue") {
  spec::Scenario scenario = two_services();
  scenario.duration = second * 400;
  scenario.clients["crowd"].plan = spec::PoissonPlan{steady(100)};
  scenario.nodes["web-node"].workers = 100;
  station(scenario, "web").answer_bytes = Bytes{8'000};
  scenario.nodes["web-node"].network_card.bandwidth = BitRate{8e6};  // 8 ms each
  const measure::Record record = run(scenario);
  const auto expected = theory::ConstantServiceStation::make(100, 0.008)->means();
  const measure::Figure& mean = figure(record, "view.latency.mean");
  REQUIRE(mean.half_width);
  CHECK(*mean.half_width < 0.15 * mean.value);
  CHECK(std::abs(mean.value - (1 + 1e3 * expected.mean_response)) < *mean.half_width);
  CHECK(figure(record, "card.web-node.utilisation").value == doctest::Approx(0.8).epsilon(0.02));
}

TEST_CASE("services of one machine share its card, and a full one is called saturated") {
  spec::Scenario scenario = two_services();
  scenario.operations["view"].calls = {call("web"), call("store")};
  scenario.services["store"].on = "web-node";
  scenario.nodes.erase("store-node");
  for (const char* name : {"web", "store"}) station(scenario, name).answer_bytes = Bytes{60'000};
  scenario.nodes["web-node"].network_card.bandwidth = BitRate{8e6};
  const measure::Record record = run(scenario);  // 10 x 120 kB a second through 1 MB a second
  CHECK(row(record, "card.web-node").back() == "saturated");
  CHECK(figure(record, "web.utilisation").value < 0.1);
  CHECK(sum_of(record, "card.web-node.out", 5, 15) == doctest::Approx(1e7).epsilon(0.01));
}

TEST_CASE("a disk saturates before the service that writes to it, whose workers wait for it") {
  spec::Scenario scenario = two_services();
  scenario.clients["crowd"].plan = spec::PoissonPlan{steady(200)};
  station(scenario, "web").storage_bytes = Bytes{10'000};
  station(scenario, "web").queue = 10;
  scenario.nodes["web-node"].storage_bandwidth = BitRate{8e6};
  const measure::Record record = run(scenario);
  CHECK(row(record, "disk.web-node").back() == "saturated");
  CHECK(sum_of(record, "view.answered", 5, 15) == doctest::Approx(1'000).epsilon(0.002));
  CHECK(figure(record, "web.utilisation").value > 0.99);  // its own work is 200/s x 1 ms
  station(scenario, "web").holds_worker = false;
  const measure::Record freed = run(scenario);
  CHECK(figure(freed, "web.utilisation").value == doctest::Approx(0.05).epsilon(0.05));
}

spec::Scenario cards_in_two_sites() {
  spec::Scenario scenario = two_cards();
  scenario.nodes["web-node"].sites = {{"south", 2}};
  scenario.nodes["store-node"].sites = {{"north", 2}};
  scenario.clients["crowd"].sites = {{"south", Probability{1}}};
  scenario.links["between"].from = "north";
  scenario.links["between"].to = "south";
  scenario.links["between"].delay = constant(millisecond * 5);
  return scenario;
}

TEST_CASE("between sites too: the answer comes through the card of the machine that called") {
  spec::Scenario scenario = cards_in_two_sites();
  CHECK(run(scenario).distributions.at("view.latency").max() == 36'000'000);
  // Two machines of web share 20 answers a second of 60 ms each: one card alone would be too slow.
  scenario.clients["crowd"].plan = spec::ConstantPlan{steady(20)};
  std::get<spec::Station>(scenario.services["web"].kind).balancing = spec::Balancing::round_robin;
  std::get<spec::Station>(scenario.services["store"].kind).balancing = spec::Balancing::round_robin;
  station(scenario, "store").answer_bytes = Bytes{60'000};
  const measure::Record record = run(scenario);
  CHECK(record.distributions.at("view.latency").max() == 136'000'000);
  CHECK(figure(record, "card.web-node.south.utilisation").value ==
        doctest::Approx(0.6).epsilon(0.01));
}

TEST_CASE("cards and disks of several sites give the same record on one thread and on two") {
  spec::Scenario scenario = cards_in_two_sites();
  scenario.clients["crowd"].plan = spec::PoissonPlan{steady(60)};
  station(scenario, "store").storage_bytes = Bytes{2'000};
  scenario.nodes["store-node"].storage_bandwidth = BitRate{8e6};
  const measure::Record one = run(scenario), two = run(scenario, 2);
  CHECK(one.fingerprint == two.fingerprint);
  CHECK(one.distributions == two.distributions);
  CHECK(one.tables == two.tables);
}

TEST_CASE("what is in the card of a machine that is lost fails, and all are accounted for") {
  spec::Scenario scenario = two_cards();
  scenario.clients["crowd"].plan = spec::ConstantPlan{steady(25)};  // both cards hold 20/s
  station(scenario, "store").request_bytes = Bytes{100'000};
  scenario.nodes["web-node"].network_card = {};
  scenario.nodes["web-node"].workers = 1000;
  scenario.nodes["store-node"].count = 2;
  spec::Incident& loss = scenario.incidents["gone"];
  loss.kind = spec::Incident::Kind::loss;
  loss.node = "store-node";
  loss.at = second * 10;
  loss.length = second;
  loss.enabled = true;
  const measure::Ledger ledger = run(scenario).ledgers.at("view");
  CHECK(ledger.dropped > 20);
  CHECK(ledger.answered + ledger.dropped == 500);
}

// Three pieces of a kilobyte at 8 Mbit/s, changed on the way.
class Swap final : public sim::Process {
 public:
  explicit Swap(double after) : after_(after), pipe_(What::pipe, 0, 8e6, counts_) {}

  void start(sim::Context& context) override {
    mail_.open(context);
    context.schedule(Instant{1'500'000}, kind_of(What::request));
    for (std::uint64_t i = 0; i < 3; ++i) pipe_.push(mail_, {kind_of(What::served), 0, i}, 1'000);
  }
  void handle(sim::Context& context, const sim::Event& event) override {
    mail_.open(context);
    if (event.kind == kind_of(What::request))
      pipe_.set_bandwidth(mail_, after_);
    else if (pipe_.due(mail_, event.b))
      through.push_back(context.now().ns / 1'000);
  }

  std::vector<std::int64_t> through;  // microseconds

 private:
  double after_;
  Mail mail_;
  PipeCounts counts_;
  Pipe pipe_;
};

std::vector<std::int64_t> swapped_to(double bits_per_second) {
  sim::Simulation simulation;
  Swap& swap = simulation.emplace<Swap>("swap", bits_per_second);
  sim::RunOptions options;
  options.until = Instant{second.ns};
  REQUIRE(simulation.run(options).ok());
  return swap.through;
}

TEST_CASE("a change of bandwidth concerns all that waits, and what is left of the first") {
  CHECK(swapped_to(8e6) == std::vector<std::int64_t>{1'000, 2'000, 3'000});
  CHECK(swapped_to(16e6) == std::vector<std::int64_t>{1'000, 1'750, 2'250});
  CHECK(swapped_to(4e6) == std::vector<std::int64_t>{1'000, 2'500, 4'500});
  CHECK(swapped_to(0) == std::vector<std::int64_t>{1'000});
}

}  // namespace
}  // namespace springtide::models::chain
