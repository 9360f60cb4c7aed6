// Disturbances: what each kind does to calls in progress and to new ones, and who takes over.
#include <cmath>

#include <doctest/doctest.h>

#include "models/chain/incidents/pace.h"
#include "tests/models/chain/small_scenarios.h"

namespace springtide::models::chain {
namespace {

using Kind = spec::Incident::Kind;

spec::Incident& add_incident(spec::Scenario& scenario, Kind kind, Duration at, Duration length) {
  spec::Incident& made = scenario.incidents["trouble"];
  made.kind = kind;
  made.at = at;
  made.length = length;
  made.enabled = true;
  return made;
}

// "view" asks "web" twice a second, at 0, 0.5 s, ...; each call takes 0.9 s.
spec::Scenario two_machines() {
  spec::Scenario scenario = two_services();
  scenario.clients["crowd"].plan = spec::ConstantPlan{steady(2)};
  time_of(scenario, "web") = constant(millisecond * 900);
  scenario.nodes["web-node"].workers = 1;
  scenario.nodes["web-node"].count = 2;
  std::get<spec::Station>(scenario.services.at("web").kind).balancing =
      spec::Balancing::least_loaded;
  return scenario;
}

double failed(const measure::Record& record, std::size_t from, std::size_t to) {
  return sum_of(record, "view.failed", from, to);
}

// But for those who are under way at the two ends.
bool nearly_all_are_good(const measure::Record& record, std::size_t from, std::size_t to) {
  const double asked = sum_of(record, "view.requests", from, to);
  const double good = sum_of(record, "view.goodput", from, to);
  return std::abs(asked - good) < 0.02 * asked;
}

TEST_CASE("a lost machine fails what is in progress on it, gets nothing new, and comes back") {
  spec::Scenario scenario = two_machines();
  add_incident(scenario, Kind::loss, millisecond * 10'250, second * 5).node = "web-node";
  const measure::Record record = run(scenario);
  CHECK(failed(record, 10, 11) == 1);
  CHECK(failed(record, 0, 20) == 1);
  const std::vector<double>& busy = series(record, "web.busy");
  for (std::size_t i = 11; i < 15; ++i) CHECK(busy[i] == doctest::Approx(1));
  CHECK(busy[9] == doctest::Approx(1.8));
  CHECK(busy[17] == doctest::Approx(2));  // it works off what has waited
  REQUIRE(record.marks.size() == 1);
  CHECK(record.marks[0] ==
        measure::Mark{"incident", "trouble", Instant{10'250'000'000}, Instant{15'250'000'000}});
}

TEST_CASE("where all machines of a service are lost calls fail at once, and so do its callers") {
  spec::Scenario scenario = two_services();
  scenario.operations["view"].calls = {call("web", {call("store")})};
  add_incident(scenario, Kind::loss, second * 10, second * 5).service = "store";
  const measure::Record record = run(scenario);
  CHECK(failed(record, 10, 15) == 50);
  CHECK(failed(record, 0, 20) == 50);
  CHECK(record.ledgers.at("view").in_flight == 0);
  CHECK(cell(record, "services", "web", "failed") == 50);
}

TEST_CASE("calls that a lost machine had made are answered to nobody and not made again") {
  spec::Scenario scenario = two_services();
  scenario.clients["crowd"].plan = spec::ConstantPlan{steady(1)};
  time_of(scenario, "store") = constant(millisecond * 500);
  spec::Call store = call("store"), group;
  store.timeout = millisecond * 400;
  store.retries.attempts = 100;
  group.parallel = true;
  group.calls = {store};
  scenario.operations["view"].calls = {call("web", {group})};
  scenario.nodes["web-node"].workers = scenario.nodes["store-node"].workers = 100;
  add_incident(scenario, Kind::loss, millisecond * 10'500, second * 60).node = "web-node";
  const measure::Record record = run(scenario);
  // requests 0 to 10 are lost with the machine, those after it find nobody
  CHECK(record.ledgers.at("view").dropped == 20);
  // 2 + 4 + 7 + 9 + ... attempts until then, and none after
  const std::int64_t attempts = cell(record, "calls", "view/web/group/store", "attempts");
  CHECK(attempts == 157);
  CHECK(cell(record, "calls", "view/web/group/store", "retries") ==
        attempts - cell(record, "calls", "view/web/group/store", "begun"));
  CHECK(sum_of(record, "store.arrivals", 11, 20) == 0);
}

// Users in both sites; "web" stands in both, 5 ms apart.
spec::Scenario two_fronts() {
  spec::Scenario scenario = two_services();
  scenario.duration = second * 15;
  scenario.clients["crowd"].plan = spec::PoissonPlan{steady(200)};
  scenario.clients["crowd"].patience = constant(second);
  scenario.clients["crowd"].deadline = second;
  scenario.clients["crowd"].sites = {{"north", Probability{0.5}}, {"south", Probability{0.5}}};
  time_of(scenario, "web") = constant(millisecond * 10);
  scenario.nodes["web-node"].sites = {{"north", 1}, {"south", 1}};
  scenario.links["between"].from = "north";
  scenario.links["between"].to = "south";
  scenario.links["between"].delay = constant(millisecond * 5);
  return scenario;
}

TEST_CASE("when a site is lost its users are served by the nearest other one, or by nobody") {
  spec::Scenario scenario = two_fronts();
  add_incident(scenario, Kind::loss, second * 5, second * 5).site = "south";
  const measure::Record saved = run(scenario);
  std::get<spec::Station>(scenario.services.at("web").kind).failover = false;
  const measure::Record lost = run(scenario);
  CHECK(nearly_all_are_good(saved, 6, 10));
  CHECK(sum_of(lost, "view.goodput", 6, 10) < 0.6 * sum_of(lost, "view.requests", 6, 10));
  CHECK(sum_of(saved, "web.north.arrivals", 6, 10) > 700);
  CHECK(sum_of(saved, "web.south.arrivals", 5, 10) == 0);
  CHECK(sum_of(saved, "web.south.arrivals", 11, 15) > 300);
  // nobody is left to refuse: what was under way is noticed by its time-outs
  for (const measure::Record* record : {&saved, &lost}) CHECK(failed(*record, 0, 15) == 0);
  CHECK(saved.ledgers.at("view").timed_out > 0);
  CHECK(saved.ledgers.at("view").timed_out < 10);
  CHECK(lost.ledgers.at("view").timed_out > 400);
}

TEST_CASE("calls to a service whose machines are all lost go to the other site while it lives") {
  spec::Scenario scenario = two_fronts();
  spec::Incident& incident = add_incident(scenario, Kind::loss, second * 5, second * 5);
  incident.service = "web";
  incident.site = "south";
  const measure::Record record = run(scenario);
  CHECK(sum_of(record, "web.south.arrivals", 5, 10) == 0);
  CHECK(nearly_all_are_good(record, 6, 15));
  CHECK(failed(record, 5, 6) > 0);
  std::get<spec::Station>(scenario.services.at("web").kind).failover = false;
  CHECK(failed(run(scenario), 5, 10) > 400);
}

TEST_CASE("slow is not dead: work takes longer while it lasts, and its worker with it") {
  spec::Scenario scenario = two_machines();
  spec::Incident& incident = add_incident(scenario, Kind::slow, second * 10, second);
  incident.service = "web";
  incident.factor = 3;
  const measure::Record record = run(scenario);
  CHECK(record.ledgers.at("view").answered == 40);
  // 0.4 s before it, 1 s of it for a third, the rest after
  CHECK(record.distributions.at("view.latency").max() >= 1'566'000'000);
  CHECK(record.distributions.at("view.latency").min() == 900'000'000);
}

TEST_CASE("the end of work under way moves with the pace of the machine") {
  const Pace slow({{Instant{} + second * 10, Instant{} + second * 13, 3}});
  CHECK(slow.finish(Instant{} + second * 8, second * 5) == Instant{} + second * 15);
  CHECK(slow.finish(Instant{} + second * 8, second * 2) == Instant{} + second * 10);
  CHECK(slow.finish(Instant{} + second * 11, second) ==
        Instant{} + second * 13 + Duration{333'333'333});
  CHECK(slow.finish(Instant{} + second * 13, second) == Instant{} + second * 14);
  const Pace still({{Instant{} + second * 10, Instant{} + second * 13, 0}});
  CHECK(still.finish(Instant{} + second * 9, second * 2) == Instant{} + second * 14);
  CHECK(still.finish(Instant{} + second * 11, second) == Instant{} + second * 14);
  const Pace both({{Instant{}, Instant{} + second * 4, 2}, {Instant{}, Instant{} + second * 8, 2}});
  CHECK(both.finish(Instant{}, second * 2) == Instant{} + second * 6);
}

TEST_CASE("a machine that stands still answers after it, and has not forgotten anything") {
  spec::Scenario scenario = two_machines();
  add_incident(scenario, Kind::standstill, millisecond * 10'250, second * 4).node = "web-node";
  const measure::Record record = run(scenario);
  CHECK(record.ledgers.at("view").answered == 40);
  CHECK(record.distributions.at("view.latency").max() >= 4'900'000'000);
}

TEST_CASE("so many calls fail and no more, the first ones from the instant on") {
  spec::Scenario scenario = two_services();
  spec::Incident& incident = add_incident(scenario, Kind::failures, second * 5, second * 10);
  incident.service = "web";
  incident.calls = 13;
  const measure::Record record = run(scenario);
  CHECK(failed(record, 5, 7) == 13);
  CHECK(failed(record, 0, 20) == 13);
  scenario.operations["view"].calls[0].retries.attempts = 2;
  CHECK(failed(run(scenario), 0, 20) < 13);
  scenario.operations["view"].calls[0].retries.attempts = 1;
  scenario.incidents["trouble"].length = second;
  CHECK(failed(run(scenario), 0, 20) == 10);  // what has not failed by its end does not
}

TEST_CASE("a link may get slower, lose more, or be cut: between sites and within one") {
  for (const bool inside : {false, true}) {
    CAPTURE(inside);
    spec::Scenario scenario = two_fronts();
    scenario.clients["crowd"].plan = spec::ConstantPlan{steady(100)};
    if (inside)
      scenario.links["inside"] = {"crowd", "web", constant(millisecond), {}, {}, {}, {}};
    else
      scenario.nodes["web-node"].sites = {{"north", 2}};  // so south has none of its own
    spec::Incident& incident = add_incident(scenario, Kind::link, second * 5, second * 5);
    incident.link = inside ? "inside" : "between";
    incident.delay = millisecond * 100;
    const double concerned = inside ? 500 : 250;  // of the requests from 5 s to 10 s
    const measure::Record slow = run(scenario);
    CHECK(slow.distributions.at("view.latency").max() >= 200'000'000);
    CHECK(slow.distributions.at("view.latency").max() < 225'000'000);
    CHECK(slow.ledgers.at("view").answered == 1500);
    incident.delay = {};
    incident.link_loss.value = 0.5;
    const double lost = static_cast<double>(run(scenario).ledgers.at("view").timed_out);
    CHECK(lost > concerned * 0.65);  // the request or its answer: 75 %
    CHECK(lost < concerned * 0.85);
    incident.link_loss = {};
    incident.cut = true;
    const measure::Record cut = run(scenario);
    CHECK(cut.ledgers.at("view").timed_out >= static_cast<std::int64_t>(concerned));
    CHECK(cut.ledgers.at("view").timed_out < static_cast<std::int64_t>(concerned) + 10);
    CHECK(sum_of(cut, "view.goodput", 11, 15) == 400);
  }
}

TEST_CASE("a slow disk holds up what is written, and one machine's alone if one is named") {
  spec::Scenario scenario = two_services();
  scenario.operations["view"].calls = {call("store")};
  std::get<spec::Station>(scenario.services.at("store").kind).storage_bytes = Bytes{1'000'000};
  scenario.nodes["store-node"].storage_bandwidth = BitRate{800e6};  // 10 ms each
  spec::Incident& incident = add_incident(scenario, Kind::disk, second * 5, second * 5);
  incident.node = "store-node";
  incident.factor = 0.25;
  const measure::Record record = run(scenario);
  const std::vector<double>& mean = series(record, "view.latency.mean");
  CHECK(mean[3] == doctest::Approx(13));
  CHECK(mean[7] == doctest::Approx(43));
  CHECK(mean[12] == doctest::Approx(13));
  scenario.nodes["store-node"].count = 2;
  incident.index = 1;
  const double half = series(run(scenario), "view.latency.mean")[7];
  CHECK(half > 14);
  CHECK(half < 42);
  incident.all = true;
  CHECK(series(run(scenario), "view.latency.mean")[7] == doctest::Approx(43));
  // two at once multiply, and nothing of either stays
  scenario.incidents["more"] = incident;
  const measure::Record both = run(scenario);
  CHECK(series(both, "view.latency.mean")[6] > 100);
  CHECK(series(both, "view.latency.mean")[14] == doctest::Approx(13));
}

TEST_CASE("a site behind a cut link is passed over for one that can be reached") {
  spec::Scenario scenario = two_fronts();
  scenario.nodes["web-node"].sites = {{"north", 1}, {"west", 1}};
  scenario.clients["crowd"].sites = {{"south", Probability{1}}};
  for (const char* site : {"north", "south"}) {
    spec::Link& link = scenario.links[std::string("west-") + site];
    link.from = "west";
    link.to = site;
    link.delay = constant(millisecond * 30);
  }
  spec::Incident& incident = add_incident(scenario, Kind::link, second * 5, second * 5);
  incident.link = "between";
  incident.cut = true;
  const measure::Record record = run(scenario);
  CHECK(sum_of(record, "web.west.arrivals", 0, 5) == 0);
  CHECK(sum_of(record, "web.north.arrivals", 6, 10) == 0);
  CHECK(nearly_all_are_good(record, 6, 10));
}

TEST_CASE("with incidents the record of several sites is the same for any number of threads") {
  spec::Scenario scenario = two_sites();
  add_incident(scenario, Kind::loss, second, second * 2).site = "south";
  spec::Incident slow = scenario.incidents["trouble"];
  slow.kind = Kind::slow;
  slow.factor = 3;
  slow.site = "north";
  scenario.incidents["slow"] = slow;
  spec::Incident link = slow;
  link.kind = Kind::link;
  link.link = "between";
  link.link_loss.value = 0.1;
  link.at = second * 2;
  scenario.incidents["link"] = link;
  const measure::Record one = run(scenario);
  const measure::Record two = run(scenario, 2);
  CHECK(two.fingerprint == one.fingerprint);
  CHECK(two.distributions == one.distributions);
  CHECK(two.ledgers == one.ledgers);
  CHECK(two.tables == one.tables);
  scenario.incidents.clear();
  CHECK(run(scenario).fingerprint != one.fingerprint);
}

TEST_CASE("an incident that is not enabled changes nothing; one of nothing is told") {
  spec::Scenario scenario = two_sites();
  const std::string without = run(scenario).fingerprint;
  spec::Incident& incident = add_incident(scenario, Kind::link, second, second);
  incident.enabled = false;
  incident.link = "between";
  incident.cut = true;
  CHECK(run(scenario).fingerprint == without);
  incident.enabled = true;
  incident.link = "nowhere";
  CHECK(problems(scenario).find("/incidents/trouble/link") != std::string::npos);
  incident.kind = Kind::disk;
  incident.node = "web-node";
  CHECK(problems(scenario).find("no disk is concerned") != std::string::npos);
}

}  // namespace
}  // namespace springtide::models::chain
