// What the words of the service chain become.
#include <doctest/doctest.h>

#include "spec/chain_words.h"
#include "spec/scenario_reader.h"

using namespace springtide;
using namespace springtide::spec;

namespace {

const std::string plain = R"({
  "springtide": 1, "duration": "10s",
  "clients": { "crowd": { "plan": { "poisson": "8k/s" }, "asks": "serve" } },
  "operations": { "serve": { "calls": { "web": {} } } },
  "services": { "web": { "on": "node", "time": "100us" } },
  "nodes": { "node": {} }
})";

Scenario read(const std::vector<std::string>& settings) {
  auto result = load_scenario_text(plain, "x", settings);
  if (!result.ok()) FAIL(to_string(result.problems()));
  return std::move(result.value().scenario);
}

// The tree of the only operation, where its services are there.
std::vector<Call> tree(const std::string& calls) {
  return read({"/operations/serve/calls=" + calls, R"(/services/a={"on":"node","time":"1ms"})",
               R"(/services/b={"on":"node","time":"1ms","bulkheads":{"heavy":1}})",
               "/nodes/node/workers=2", "/nodes/node/count=2", "/clients/crowd/deadline=1s",
               R"(/caches={"lists":{"hit-ratio":"90%"}})"})
      .operations.at("serve")
      .calls;
}

std::string problems(const std::vector<std::string>& settings) {
  const auto result = load_scenario_text(plain, "x", settings);
  return result.ok() ? "" : to_string(result.problems());
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("calls are a tree: in sequence, at once, and within the service that is called") {
  const auto calls = tree(R"([{"web":{"calls":[
      {"parallel":{"probability":"30%","calls":[{"a":{"cache":"lists"}},
                                                {"b":{"bulkhead":"heavy"}}]}},
      {"a":{"calls":{"b":{}}}}]}},{"b":{}}])");
  REQUIRE(calls.size() == 2);
  REQUIRE(calls[0].calls.size() == 2);
  const Call& group = calls[0].calls[0];
  CHECK(group.parallel);
  CHECK(group.service.empty());
  CHECK(group.probability.value == doctest::Approx(0.3));
  REQUIRE(group.calls.size() == 2);
  CHECK(group.calls[0].cache == "lists");
  CHECK(group.calls[1].bulkhead == "heavy");
  CHECK(group.calls[1].written_at == "/operations/serve/calls/0/web/calls/0/parallel/calls/1/b");
  CHECK_FALSE(calls[0].calls[1].parallel);
  CHECK(calls[0].calls[1].calls[0].service == "b");
  CHECK(calls[0].calls[1].calls[0].written_at == "/operations/serve/calls/0/web/calls/1/a/calls/b");
  CHECK(calls[1].service == "b");
}

TEST_CASE("a call says what its caller does when it ends badly") {
  const auto calls = tree(R"([{"web":{}},{"a":{"timeout":"20ms","probability":"5%","repeat":3,
      "module":"lists","deadline":true,"cache":"lists",
      "retries":{"attempts":3,"back-off":"100ms","growth":1.5,"most":"1s","jitter":"40%",
                 "budget":{"ratio":"20%","per-second":"7/s"}},
      "breaker":{"failures":"60%","calls":9,"window":"4s","open":"3s","probes":2},
      "hedge":{"after":"5ms"},"fallback":{"time":"2ms"}}},{"b":{"one-way":{"loss":"1%"},
      "bulkhead":"heavy"}}])");
  const Call& call = calls.at(1);
  CHECK(call.timeout->ns == 20'000'000);
  CHECK(call.probability.value == doctest::Approx(0.05));
  CHECK(call.repeat == 3);
  CHECK(call.module == "lists");
  CHECK(call.deadline);
  CHECK(call.retries.attempts == 3);
  CHECK(call.retries.back_off.mean_seconds() == doctest::Approx(0.1));
  CHECK(call.retries.growth == 1.5);
  CHECK(call.retries.most->ns == 1'000'000'000);
  CHECK(call.retries.jitter.value == doctest::Approx(0.4));
  CHECK(call.retries.budget->ratio.value == doctest::Approx(0.2));
  CHECK(call.retries.budget->per_second.per_second == 7);
  CHECK(call.breaker->failures.value == doctest::Approx(0.6));
  CHECK(call.breaker->calls == 9);
  CHECK(call.breaker->window.ns == 4'000'000'000);
  CHECK(call.breaker->open.ns == 3'000'000'000);
  CHECK(call.breaker->probes == 2);
  CHECK(call.hedge->after.ns == 5'000'000);
  CHECK(call.fallback->time.mean_seconds() == doctest::Approx(0.002));
  CHECK_FALSE(call.one_way.has_value());
  CHECK(calls.at(2).one_way->loss.value == doctest::Approx(0.01));
}

TEST_CASE("a number that is not known exactly has three values; a plain one is all three") {
  const auto funnel = [](const std::string& exposures) {
    const Scenario scenario =
        read({R"(/clients/crowd/plan={"funnel":{"dynamic":3,"exposures":)" + exposures + "}}"});
    return std::get<FunnelPlan>(scenario.clients.at("crowd").plan);
  };
  const FunnelPlan plain_one = funnel(R"("5/s")");
  CHECK(plain_one.exposures.at(Duration{}).low.per_second == 5);
  CHECK(plain_one.exposures.at(Duration{}).high.per_second == 5);
  CHECK(plain_one.exposures.at(Duration{}).confidence.value == 1);
  CHECK(plain_one.dynamic.mid == 3);
  CHECK(plain_one.clicks.mid.value == 1);
  const std::string range = R"({"low":"1/s","mid":"2/s","high":"4/s","confidence":"80%"})";
  const FunnelPlan alone = funnel(range);
  REQUIRE(alone.exposures.size() == 1);
  CHECK(alone.exposures.at(Duration{}).low.per_second == 1);
  CHECK(alone.exposures.at(Duration{}).high.per_second == 4);
  CHECK(alone.exposures.at(Duration{}).confidence.value == doctest::Approx(0.8));
  const FunnelPlan steps = funnel(R"({"0s":"9/s","1min":)" + range + "}");
  REQUIRE(steps.exposures.size() == 2);
  CHECK(steps.exposures.at(minute).mid.per_second == 2);
}

TEST_CASE("the numbers of an uncertain one stand in order, and say how sure they are") {
  const auto told = [](const std::string& clicks) {
    return problems(
        {R"(/clients/crowd/plan={"funnel":{"exposures":"5/s","clicks":)" + clicks + "}}"});
  };
  CHECK(told(R"({"low":"1%","mid":"2%","high":"3%","confidence":"50%"})").empty());
  CHECK(has(told(R"({"low":"3%","mid":"2%","high":"3%","confidence":"50%"})"), "clicks/mid"));
  CHECK(has(told(R"({"low":"1%","mid":"2%","high":"1%","confidence":"50%"})"), "clicks/high"));
  CHECK(has(told(R"({"low":"1%","mid":"2%","high":"3%"})"), "\"confidence\" is missing"));
  CHECK(has(told(R"({"low":"1%","mid":"2%","high":"300%","confidence":"50%"})"), "clicks/high"));
}

TEST_CASE("clients ask one operation, or several by share") {
  const Scenario one = read({});
  CHECK(one.clients.at("crowd").asks == "serve");
  CHECK(one.clients.at("crowd").asks_shares.empty());
  const Scenario several = read({R"(/operations/pay={"calls":{"web":{}}})",
                                 R"(/clients/crowd/asks={"serve":"60%","pay":"40%"})"});
  CHECK(several.clients.at("crowd").asks.empty());
  CHECK(several.clients.at("crowd").asks_shares.at("pay").value == doctest::Approx(0.4));
  CHECK(has(problems({R"(/clients/crowd/asks={"serve":"60%"})"}), "the shares add up to"));
}

TEST_CASE("the bound of a trigger has the unit of its metric") {
  const auto bound = [](const std::string& text) {
    const Scenario scenario = read({R"(/playbooks/p={"when":{"metric":"web.x","above":)" + text +
                                    R"(},"actions":{"admit":{"web":"50%"}}})"});
    return *scenario.playbooks.at("p").when->above;
  };
  CHECK(bound("12").unit == Bound::Unit::none);
  CHECK(bound("12").value == 12);
  CHECK(bound("\"200k/s\"").unit == Bound::Unit::per_second);
  CHECK(bound("\"200k/s\"").value == 200'000);
  CHECK(bound("\"250ms\"").unit == Bound::Unit::seconds);
  CHECK(bound("\"250ms\"").value == doctest::Approx(0.25));
  CHECK(bound("\"80%\"").unit == Bound::Unit::share);
  CHECK(bound("\"80%\"").value == doctest::Approx(0.8));
  CHECK(bound("\"1kB\"").unit == Bound::Unit::bytes);
  CHECK(bound("\"1Gbit/s\"").unit == Bound::Unit::bits_per_second);
}

TEST_CASE("a scenario of the other worlds uses no word of the chain") {
  CHECK(chain_words(read({})).empty());
  CHECK_FALSE(is_chain_scenario(read({})));
  const auto night = read_scenario("scenarios/gala-2015/night.json");
  REQUIRE(night.ok());
  CHECK(chain_words(night.value()).empty());
  CHECK_FALSE(is_chain_scenario(night.value()));
}

TEST_CASE("each word of the chain is told where it stands") {
  const auto only = [](const std::vector<std::string>& settings) {
    const Scenario scenario = read(settings);
    CHECK(is_chain_scenario(scenario));
    const auto words = chain_words(scenario);
    return words.size() == 1 ? words.front() : std::to_string(words.size()) + " words";
  };
  CHECK(only({"/clients/crowd/deadline=1s"}) == "/clients/crowd/deadline");
  CHECK(only({"/clients/crowd/patience=1s"}) == "/clients/crowd/patience");
  CHECK(only({R"(/clients/crowd/plan={"funnel":{"exposures":"5/s"}})"}) ==
        "/clients/crowd/plan/funnel");
  CHECK(only({R"(/operations/serve/calls={"web":{"timeout":"1s"}})"}) ==
        "/operations/serve/calls/web/timeout");
  CHECK(only({R"(/operations/serve/calls={"web":{"retries":{"attempts":2}}})"}) ==
        "/operations/serve/calls/web/retries");
  CHECK(only({R"(/operations/serve/calls=[{"parallel":{"calls":[{"web":{}}]}}])"}) ==
        "/operations/serve/calls/0/parallel");
  CHECK(only({"/services/web/discipline=lifo"}) == "/services/web/discipline");
  CHECK(only({"/services/web/answer-bytes=1kB"}) == "/services/web/answer-bytes");
  CHECK(only({R"(/nodes/node/sites={"a":1})"}) == "/nodes/node/sites");
  CHECK(
      only({R"(/incidents/i={"kind":"slow","node":"node","factor":2,"at":"1s","length":"1s"})"}) ==
      "/incidents/i/kind");
  CHECK(only({R"(/playbooks/p={"at":"1s","actions":{"admit":{"web":"50%"}}})"}) == "/playbooks/p");
}

TEST_CASE("older words that a textbook station has not lead to the chain, too") {
  const auto by = [](const std::vector<std::string>& settings) {
    const Scenario scenario = read(settings);
    return is_chain_scenario(scenario) && chain_words(scenario).empty();
  };
  CHECK(by({"/nodes/node/count=2"}));
  CHECK(by({R"(/nodes/node/network-card={"bandwidth":"1Gbit/s"})"}));
  CHECK(by({R"(/services/b={"on":"node","time":"1ms"})",
            R"(/operations/serve/calls=[{"web":{}},{"b":{}}])"}));
  CHECK(by({R"(/incidents/i={"node":"node","at":"1s","length":"1s","enabled":true})"}));
  CHECK_FALSE(by({R"(/incidents/i={"node":"node","at":"1s","length":"1s"})"}));
}
