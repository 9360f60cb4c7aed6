#include <doctest/doctest.h>

#include "spec/presets.h"
#include "spec/scenario_reader.h"
#include "spec/schema.h"

using namespace springtide;
using namespace springtide::spec;

namespace {

const std::string station = R"({
  "springtide": 1, "duration": "10s",
  "clients": { "crowd": { "plan": { "poisson": "8k/s" }, "asks": "serve" } },
  "operations": { "serve": { "calls": { "station": {} } } },
  "services": { "station": { "on": "node", "time": "100us" } },
  "nodes": { "node": {} }
})";

LoadedScenario loaded(const std::vector<std::string>& settings) {
  auto result = load_scenario_text(station, "x", settings);
  if (!result.ok()) FAIL(to_string(result.problems()));
  return std::move(result.value());
}

Scenario read(const std::vector<std::string>& settings) { return loaded(settings).scenario; }

const Distribution::Form& time_of(const Scenario& scenario) {
  return std::get<Station>(scenario.services.at("station").kind).time.form();
}

}  // namespace

TEST_CASE("a textbook scenario is read") {
  const auto result = read_scenario("scenarios/textbook/mm8.json");
  if (!result.ok()) FAIL(to_string(result.problems()));
  const Scenario& scenario = result.value();
  CHECK(scenario.title == "M/M/8");
  CHECK(scenario.duration.ns == (second * 30).ns);
  CHECK(scenario.nodes.at("node").workers == 8);
  CHECK(std::get<PoissonPlan>(scenario.clients.at("crowd").plan).rate.at(Duration{}).per_second ==
        72'000);
}

TEST_CASE("every distribution is read with its parameters") {
  const auto of = [](const std::string& json) { return read({"/services/station/time=" + json}); };
  CHECK(std::get<Constant>(time_of(of("2ms"))).value.ns == 2'000'000);
  CHECK(std::get<Exponential>(time_of(of(R"({"exponential":{"mean":"3ms"}})"))).mean.ns ==
        3'000'000);
  const Scenario uniform = of(R"({"uniform":{"low":"1ns","high":"5ns"}})");
  CHECK(std::get<Uniform>(time_of(uniform)).low.ns == 1);
  CHECK(std::get<Uniform>(time_of(uniform)).high.ns == 5);
  const Scenario lognormal = of(R"({"lognormal":{"median":"1ms","p99":"9ms"}})");
  CHECK(std::get<Lognormal>(time_of(lognormal)).median.ns == 1'000'000);
  CHECK(std::get<Lognormal>(time_of(lognormal)).p99.ns == 9'000'000);
  const Scenario pareto = of(R"({"pareto":{"minimum":"1ms","shape":2.5}})");
  CHECK(std::get<Pareto>(time_of(pareto)).shape == 2.5);
  CHECK(std::get<Erlang>(time_of(of(R"({"erlang":{"mean":"1ms","phases":4}})"))).phases == 4);
  const Scenario hyper =
      of(R"({"hyperexponential":{"probability":"10%","mean-1":"8ms","mean-2":"1ms"}})");
  CHECK(std::get<Hyperexponential>(time_of(hyper)).p == doctest::Approx(0.1));
  CHECK(std::get<Hyperexponential>(time_of(hyper)).mean_2.ns == 1'000'000);
  const Scenario empirical = of(R"({"empirical":{"file":"tests/spec/measured.txt"}})");
  CHECK(std::get<Empirical>(time_of(empirical)).values->size() == 3);
}

TEST_CASE("every plan is read with its parameters") {
  const auto of = [](const std::string& json) {
    return read({"/clients/crowd/plan=" + json, "/clients/crowd/population=100"})
        .clients.at("crowd")
        .plan;
  };
  const auto steps = std::get<ConstantPlan>(of(R"({"constant":{"0s":"1/s","1min":"60/min"}})"));
  CHECK(steps.rate.size() == 2);
  CHECK(steps.rate.at(minute).per_second == doctest::Approx(1));
  CHECK(std::get<RenewalPlan>(of(R"({"renewal":"1ms"})")).interval.mean_seconds() == 0.001);
  const auto closed = std::get<ClosedPlan>(of(R"({"closed":{"users":7,"think":"1s"}})"));
  CHECK(closed.users == 7);
  CHECK(closed.think.mean_seconds() == 1);
  CHECK(std::get<SlotsPlan>(of(R"({"slots":{"rate":"5/s","strips":3}})")).strips == 3);
}

TEST_CASE("calls are a list in order, and a single call may stand without the list") {
  const auto calls = read({R"(/operations/serve/calls=[{"b":{}},{"station":{}},{"b":{}}])",
                           R"(/services/b={"on":"node","time":"1ms"})"})
                         .operations.at("serve")
                         .calls;
  REQUIRE(calls.size() == 3);
  CHECK(calls[0].service == "b");
  CHECK(calls[1].service == "station");
  CHECK(read({}).operations.at("serve").calls.size() == 1);
}

TEST_CASE("a runtime is its preset with the given constants changed, each of them kept") {
  const Scenario scenario = read({R"(/runtimes/server={"preset":"go1.8","switch-cost":"1us"})",
                                  "/nodes/node/runtime=server", "/nodes/other/runtime=go1.19",
                                  "/clients/crowd/on=other"});
  const Runtime server = runtime_of(scenario, scenario.nodes.at("node"));
  GoRuntime expected = preset("go1.8")->go;
  CHECK(server.go.switch_cost.ns == 1000);
  CHECK(server.go.timer_pop_cost.ns == expected.timer_pop_cost.ns);
  CHECK(server.overrides == std::map<std::string, std::string>{{"switch-cost", "\"1us\""}});
  CHECK(runtime_of(scenario, scenario.nodes.at("other")).preset == "go1.19");
  CHECK(runtime_of(scenario, Node{}).preset == "threads");
}

TEST_CASE("the access server is a kind of service with keys of its own") {
  const Scenario scenario = read({R"(/services/access={"on":"node","kind":"red-packet-access",
      "sets":128,"reader-segment":"7us"})",
                                  R"(/operations/serve/calls=[{"station":{}},{"access":{}}])"});
  const auto& access = std::get<RedPacketAccess>(scenario.services.at("access").kind);
  CHECK(access.sets == 128);
  CHECK(access.reader_segment.ns == 7000);
  CHECK(access.set_queue == 4687);
}

TEST_CASE("whole numbers are exact up to 2^64 and may be written as 1e6") {
  CHECK(read({"/seed=18446744073709551615"}).seed == 18446744073709551615U);
  CHECK(read({"/nodes/node/workers=1e3"}).nodes.at("node").workers == 1000);
  CHECK(read({"/nodes/node/workers=8.0"}).nodes.at("node").workers == 8);
}

TEST_CASE("a setting is JSON or else text, makes what is missing, and null removes") {
  CHECK(read({"/title=two words"}).title == "two words");
  CHECK(read({"/title=\"12\""}).title == "12");
  CHECK(read({"/nodes/spare/network-card/receive-ring=512", "/clients/crowd/on=spare"})
            .nodes.at("spare")
            .network_card.receive_ring == 512);
  CHECK(read({"/title=x", "/title=null"}).title.empty());
  CHECK(read({"/operations/serve/calls=[{\"station\":{}}]",
              "/operations/serve/calls/-={\"station\":{}}"})
            .operations.at("serve")
            .calls.size() == 2);
  CHECK(
      read({"/thresholds/serve.latency=[\"p(99)<=2ms\"]"}).thresholds.at("serve.latency").front() ==
      "p(99)<=2ms");
}

TEST_CASE("the effective scenario does not depend on spelling, and names every change") {
  const LoadedScenario plain = loaded({});
  CHECK(loaded({"/nodes/node/workers=4"}).hash != plain.hash);
  CHECK(loaded({"/nodes/node/workers=4.0"}).hash == loaded({"/nodes/node/workers=4"}).hash);
  CHECK(loaded({"/nodes/node/workers=4e0", "/nodes/node/workers=null"}).hash == plain.hash);
  CHECK(plain.hash.size() == 64);
  const auto again = load_scenario_text(plain.effective_json, "y");
  REQUIRE(again.ok());
  CHECK(again.value().effective_json == plain.effective_json);
  CHECK(plain.effective_json.find("\"clients\"") < plain.effective_json.find("\"duration\""));
}

TEST_CASE("an overlay merges as RFC 7396 says") {
  const auto result = load_scenario({.path = "scenarios/textbook/mm8.json",
                                     .overlays = {"tests/spec/overlay.json"},
                                     .settings = {}});
  if (!result.ok()) FAIL(to_string(result.problems()));
  const Scenario& scenario = result.value().scenario;
  CHECK(scenario.nodes.at("node").workers == 16);
  CHECK(scenario.nodes.at("node").cores == 1);
  CHECK(scenario.title == "M/M/8");
  CHECK(scenario.thresholds.empty());
}

TEST_CASE("a later problem can be told where its value was written") {
  const LoadedScenario scenario = loaded({"/nodes/node/workers=3"});
  CHECK(scenario.positions.problem("/duration", "too short").to_string() ==
        "x:2:32: error: /duration: too short");
  CHECK(scenario.positions.problem("/nodes/node/workers", "too few").to_string() ==
        "--set:1:21: error: /nodes/node/workers: too few");
  CHECK(scenario.positions.problem("/nodes/node/memory", "too small").to_string() ==
        "x:6:22: error: /nodes/node/memory: too small");
}
