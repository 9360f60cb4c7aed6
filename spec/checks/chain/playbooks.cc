// Playbooks and reconciliation: what they name, and what they can change.
#include "spec/checks/chain/parts.h"
#include "spec/checks/checks.h"

namespace springtide::spec {
namespace {

template <class T, class Collection>
void keys_named(Checker& checker, const std::string& at, const char* what,
                const std::map<std::string, T>& entries, const Collection& known) {
  for (const auto& [name, value] : entries) checker.named_key(at + "/" + name, what, name, known);
}

void check_modules(Checker& checker, const std::string& at, const Actions& actions) {
  const Names modules = modules_of(checker.scenario());
  keys_named(checker, at + "/sample", "module", actions.sample, modules);
  for (std::size_t i = 0; i < actions.switch_off.size(); ++i)
    checker.named(fmt::format("{}/switch-off/{}", at, i), "module", actions.switch_off[i], modules);
}

void check_promotion(Checker& checker, const std::string& at, const Actions& actions) {
  const Scenario& scenario = checker.scenario();
  keys_named(checker, at + "/promotion", "clients", actions.promotion, scenario.clients);
  for (const auto& [name, factor] : actions.promotion) {
    const auto clients = scenario.clients.find(name);
    if (clients == scenario.clients.end()) continue;
    const Plan& plan = clients->second.plan;
    if (std::holds_alternative<PoissonPlan>(plan) || std::holds_alternative<ConstantPlan>(plan) ||
        std::holds_alternative<FunnelPlan>(plan))
      continue;
    checker.problem(at + "/promotion/" + name, {"their plan has no rate that could change",
                                                "clients with a plan of a rate or a funnel",
                                                {},
                                                true});
  }
}

void check_divert(Checker& checker, const std::string& at, const Actions& actions) {
  const Scenario& scenario = checker.scenario();
  keys_named(checker, at + "/divert", "queue", actions.divert, scenario.queues);
  for (const auto& [from, to] : actions.divert) {
    checker.named(at + "/divert/" + from, "queue", to, scenario.queues);
    if (from == to)
      checker.problem(at + "/divert/" + from, {"a queue cannot be diverted to itself"});
  }
}

// A card or a disk that is never too slow needs no replacement.
void check_replaced(Checker& checker, const std::string& at, const Actions& actions) {
  const Scenario& scenario = checker.scenario();
  for (const auto& [name, bandwidth] : actions.card) {
    const auto node = scenario.nodes.find(name);
    if (node != scenario.nodes.end() && !node->second.network_card.bandwidth)
      checker.problem(at + "/card/" + name,
                      {"its cards are infinitely fast already",
                       {},
                       "add \"network-card\": {\"bandwidth\": ...} to the node",
                       true});
  }
  for (const auto& [name, bandwidth] : actions.disk) {
    const auto node = scenario.nodes.find(name);
    if (node != scenario.nodes.end() && !node->second.storage_bandwidth)
      checker.problem(at + "/disk/" + name, {"its disks are infinitely fast already",
                                             {},
                                             "add \"storage-bandwidth\" to the node",
                                             true});
  }
}

void check_actions(Checker& checker, const std::string& at, const Actions& actions) {
  const Scenario& scenario = checker.scenario();
  check_modules(checker, at, actions);
  keys_named(checker, at + "/delay", "operation", actions.delay, scenario.operations);
  check_promotion(checker, at, actions);
  keys_named(checker, at + "/card", "node", actions.card, scenario.nodes);
  keys_named(checker, at + "/disk", "node", actions.disk, scenario.nodes);
  check_replaced(checker, at, actions);
  check_divert(checker, at, actions);
  keys_named(checker, at + "/admit", "service", actions.admit, scenario.services);
  keys_named(checker, at + "/machines", "node", actions.machines, scenario.nodes);
  keys_named(checker, at + "/workers", "node", actions.workers, scenario.nodes);
  keys_named(checker, at + "/consumers", "queue", actions.consumers, scenario.queues);
}

void check_trigger(Checker& checker, const std::string& at, const Trigger& trigger) {
  check_metric(checker, at + "/metric", trigger.metric, false);
  if (trigger.for_time.ns % second.ns != 0)
    checker.problem(at + "/for", {"metrics are of whole seconds", "whole seconds"});
}

void check_playbook(Checker& checker, const std::string& at, const Playbook& playbook) {
  if (playbook.when) check_trigger(checker, at + "/when", *playbook.when);
  if (playbook.undo && playbook.undo->when)
    check_trigger(checker, at + "/undo/when", *playbook.undo->when);
  if (playbook.enabled && playbook.at && checker.is_over_by(*playbook.at))
    checker.problem(at + "/at", {"the run is over by then", checker.before_the_end()});
  check_actions(checker, at + "/actions", playbook.actions);
}

void check_reconciliation(Checker& checker, const std::string& name) {
  const Scenario& scenario = checker.scenario();
  const std::string at = "/reconciliation/" + name;
  checker.named_key(at, "queue", name, scenario.queues);
  const auto queue = scenario.queues.find(name);
  if (queue != scenario.queues.end() && queue->second.deliver.empty())
    checker.problem(at, {"this queue delivers nothing, so nothing can be missing", {}, {}, true});
}

}  // namespace

void check_chain_playbooks(Checker& checker) {
  const Scenario& scenario = checker.scenario();
  for (const auto& [name, playbook] : scenario.playbooks)
    check_playbook(checker, "/playbooks/" + name, playbook);
  for (const auto& [name, reconciliation] : scenario.reconciliation)
    check_reconciliation(checker, name);
}

}  // namespace springtide::spec
