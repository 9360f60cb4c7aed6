// Thresholds, and the sources of values.
#include "spec/chain_words.h"
#include "spec/checks/checks.h"
#include "spec/checks/fleet.h"
#include "spec/nearest.h"

namespace springtide::spec {
namespace {

// What the models measure beside what the scenario names.
Names parts_of_models(const Scenario& scenario) {
  Names parts;
  if (has_access_service(scenario)) add_names({"client", "server", "network", "packets"}, parts);
  if (has_cues(scenario)) parts.push_back("crowd");
  if (!scenario.resources.empty()) parts.push_back("resources");
  if (scenario.control) parts.push_back("control");
  for (const auto& [name, pool] : scenario.packets)
    if (!pool.sets_off.empty()) parts.push_back("backend");
  if (is_chain_scenario(scenario))
    add_names({"service", "card", "disk", "queue", "cache", "breaker", "retries"}, parts);
  return parts;
}

// Each name once, where it stands first.
Names without_repeats(const Names& names) {
  Names once;
  for (const std::string& name : names)
    if (!contains(once, name)) once.push_back(name);
  return once;
}

// What a run measures is known only when it ends, but not of what: better told before the run.
Names known_roots(const Scenario& scenario) {
  Names known;
  add_names(scenario.operations, known);
  add_names(scenario.services, known);
  add_names(scenario.clients, known);
  add_names(scenario.nodes, known);
  add_names(scenario.links, known);
  add_names(scenario.clusters, known);
  add_names(scenario.resources, known);
  add_names(scenario.packets, known);
  add_names(scenario.queues, known);
  add_names(scenario.caches, known);
  add_names(scenario.playbooks, known);
  add_names(scenario.phases, known);
  add_names(parts_of_models(scenario), known);
  return known;
}

void check_thresholds(Checker& checker) {
  for (const auto& [metric, conditions] : checker.scenario().thresholds) {
    const std::string at = "/thresholds/" + escape_pointer(metric);
    if (metric.empty())
      checker.problem(at, {"a threshold names its metric", "one such as serve.latency", {}, true});
    if (conditions.empty())
      checker.problem(at, {"a metric without a condition", R"(["p(99)<2ms"])"});
    check_metric(checker, at, metric, true);
  }
}

// The first part of a pointer that does not exist, and what it may have meant.
std::string missing_part(const Document& document, const Names& parts) {
  const Json* value = &document.root;
  std::string reached;
  for (const std::string& part : parts) {
    const std::string next = reached + "/" + escape_pointer(part);
    const Json* found = document.find(next);
    if (found == nullptr) {
      Names known;
      add_names(value->members, known);
      const std::string meant = nearest(part, known);
      if (!meant.empty()) return fmt::format("did you mean {}/{}?", reached, meant);
      return fmt::format("{} does not exist", next);
    }
    value = found;
    reached = next;
  }
  return {};
}

void check_sources(Checker& checker) {
  for (const auto& [pointer, source] : checker.scenario().sources) {
    if (checker.is_written(pointer) && !pointer.empty()) continue;
    Names parts;
    const std::string at = "/sources/" + escape_pointer(pointer);
    if (!split_pointer(pointer, parts) || parts.empty()) {
      checker.problem(
          at, {"the key is not a JSON pointer", "one such as /nodes/node/workers", {}, true});
      continue;
    }
    checker.problem(
        at, {"nothing stands where the key points to", "a pointer to a value of the scenario",
             missing_part(checker.document(), parts), true});
  }
}

}  // namespace

void check_metric(Checker& checker, const std::string& at, const std::string& metric, bool of_key) {
  const std::string first_part = metric.substr(0, metric.find('.'));
  const Names known = known_roots(checker.scenario());
  if (first_part.empty() || contains(known, first_part)) return;
  checker.problem(at, {fmt::format("nothing of this scenario is called \"{}\"", first_part),
                       "the name of an operation or a service, a dot, and what is measured",
                       nearest_hint(first_part, without_repeats(known)), of_key});
}

void check_judging(Checker& checker) {
  check_thresholds(checker);
  check_sources(checker);
}

}  // namespace springtide::spec
