// Entries by a rule: {1..40} in a key.
#include "spec/json/expand.h"

#include <doctest/doctest.h>

#include "spec/scenario_reader.h"

using namespace springtide;
using namespace springtide::spec;

namespace {

struct Expanded {
  std::string text;  // canonical
  Diagnostics problems;
};

Expanded expand(std::string_view text) {
  Document document;
  document.sources = {"x"};
  Expanded expanded;
  REQUIRE(parse_json(text, 0, document, document.root, expanded.problems));
  expand_rules(document, expanded.problems);
  expanded.text = canonical(document.root);
  return expanded;
}

std::string same(std::string_view text) {
  const Expanded expanded = expand(text);
  CHECK(expanded.problems.empty());
  return expanded.text;
}

}  // namespace

TEST_CASE("a rule stands for its entries, and {n} is the number in keys and texts within") {
  CHECK(same(R"({"a-{2..3}-z":{"on":"node-{n}","x-{n}":["{n}ms",{"y":"{n}{n}"}]},"b":1})") ==
        same(R"({"a-2-z":{"on":"node-2","x-2":["2ms",{"y":"22"}]},
                 "a-3-z":{"on":"node-3","x-3":["3ms",{"y":"33"}]},"b":1})"));
}

TEST_CASE("without a rule nothing changes") {
  const std::string text = R"({"a{n}":"{n}","b{1-2}":1,"c{1..x}":[{"{":"}"}],"d..e":null})";
  Document document;
  document.sources = {"x"};
  Diagnostics problems;
  REQUIRE(parse_json(text, 0, document, document.root, problems));
  CHECK(same(text) == canonical(document.root));
}

TEST_CASE("in a list a rule becomes as many objects in the order of the numbers") {
  CHECK(same(R"({"l":[{"b":{}},{"a-{9..11}":{"t":"{n}s"}},{"c":{}}]})") ==
        same(R"({"l":[{"b":{}},{"a-9":{"t":"9s"}},{"a-10":{"t":"10s"}},{"a-11":{"t":"11s"}},
                      {"c":{}}]})"));
}

TEST_CASE("rules are found at any depth of lists and objects") {
  CHECK(same(R"([{"a":[{"b":{"c-{1..2}":"{n}"}}]}])") ==
        same(R"([{"a":[{"b":{"c-1":"1","c-2":"2"}}]}])"));
}

TEST_CASE("calls by a rule without a list are a list") {
  CHECK(same(R"({"calls":{"a-{9..10}":{}}})") == same(R"({"calls":[{"a-9":{}},{"a-10":{}}]})"));
  CHECK(same(R"({"deliver":{"a-{9..10}":{}}})") == same(R"({"deliver":[{"a-9":{}},{"a-10":{}}]})"));
  CHECK(same(R"({"other":{"a-{9..10}":{}}})") == same(R"({"other":{"a-9":{},"a-10":{}}})"));
}

TEST_CASE("a rule within a rule has its own number") {
  CHECK(same(R"({"o-{1..2}":{"t":"{n}","calls":[{"s-{5..6}":{"t":"{n}"}}]}})") ==
        same(R"({"o-1":{"t":"1","calls":[{"s-5":{"t":"5"}},{"s-6":{"t":"6"}}]},
                 "o-2":{"t":"2","calls":[{"s-5":{"t":"5"}},{"s-6":{"t":"6"}}]}})"));
}

TEST_CASE("two rules in one key make all pairs, so that nothing is left to expand") {
  CHECK(same(R"({"a{1..2}-{8..9}":"{n}"})") ==
        same(R"({"a1-8":"1","a1-9":"1","a2-8":"2","a2-9":"2"})"));
}

TEST_CASE("an entry that is written out lies over that of the rule") {
  CHECK(same(R"({"a-{1..2}":{"x":1,"y":2},"a-2":{"x":7,"z":3}})") ==
        same(R"({"a-1":{"x":1,"y":2},"a-2":{"x":7,"y":2,"z":3}})"));
}

TEST_CASE("a rule that counts down or too far is told where it stands") {
  const auto told = [](std::string_view text) { return to_string(expand(text).problems); };
  CHECK(told(R"({"a-{3..2}":1})").find("x:1:2: error: this rule has no entry") == 0);
  CHECK(told(R"({"a-{1..10001}":1})").find("too many entries") != std::string::npos);
  CHECK(told(R"({"a-{0..9223372036854775807}":1})").find("too many") != std::string::npos);
  CHECK(told(R"({"a-{1..10000}":1})").empty());
}

TEST_CASE("rules in rules cannot exhaust the machine") {
  const Expanded expanded =
      expand(R"({"a-{1..9999}":{"b-{1..9999}":{"c-{1..9999}":{"d-{1..9999}":{}}}}})");
  CHECK_FALSE(expanded.problems.empty());
  CHECK(expanded.problems.size() <= problem_limit);
}

TEST_CASE("problems of an entry by a rule point to the rule") {
  const auto loaded = load_scenario_text(R"({
  "springtide": 1, "duration": "10s",
  "clients": { "crowd": { "plan": { "poisson": "8k/s" }, "asks": "serve" } },
  "operations": { "serve": { "calls": { "s-{1..3}": {} } } },
  "services": { "s-{1..3}": { "on": "node", "time": "{n}" } },
  "nodes": { "node": {} } })",
                                         "x");
  REQUIRE_FALSE(loaded.ok());
  CHECK(loaded.problems().size() == 3);
  CHECK(loaded.problems().front().line == 5);
  CHECK(loaded.problems().front().pointer == "/services/s-1/time");
}

TEST_CASE("settings and overlays reach single entries of a rule") {
  const auto loaded = load_scenario_text(R"({
  "springtide": 1, "duration": "10s",
  "clients": { "crowd": { "plan": { "poisson": "8k/s" }, "asks": "serve" } },
  "operations": { "serve": { "calls": { "s-{1..3}": {} } } },
  "services": { "s-{1..3}": { "on": "node", "time": "{n}ms" } },
  "nodes": { "node": {} } })",
                                         "x", {"/services/s-2/queue=5"});
  REQUIRE(loaded.ok());
  const auto& services = loaded.value().scenario.services;
  CHECK(services.size() == 3);
  CHECK(std::get<Station>(services.at("s-2").kind).queue == 5);
  CHECK(std::get<Station>(services.at("s-2").kind).time.mean_seconds() == doctest::Approx(0.002));
  CHECK_FALSE(std::get<Station>(services.at("s-3").kind).queue.has_value());
  CHECK(loaded.value().scenario.operations.at("serve").calls.size() == 3);
}
