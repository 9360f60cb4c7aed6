// Clients and their plans.
#include "spec/checks/checks.h"

namespace springtide::spec {
namespace {

bool takes_no_time(const Scenario& scenario, const std::string& operation) {
  const auto found = scenario.operations.find(operation);
  if (found == scenario.operations.end()) return false;
  for (const Call& call : found->second.calls) {
    const auto service = scenario.services.find(call.service);
    if (service == scenario.services.end()) return false;
    const auto* station = std::get_if<Station>(&service->second.kind);
    if (station == nullptr || station->time.mean_seconds() > 0) return false;
  }
  return true;
}

void check_plan(Checker& checker, const std::string& at, const Clients& clients) {
  if (const auto* renewal = std::get_if<RenewalPlan>(&clients.plan)) {
    if (renewal->interval.mean_seconds() <= 0)
      checker.problem(at + "/plan/renewal",
                      {"an interval of no length means endless requests at once",
                       "a distribution with a mean above 0"});
  } else if (const auto* closed = std::get_if<ClosedPlan>(&clients.plan)) {
    if (closed->think.mean_seconds() <= 0 && takes_no_time(checker.scenario(), clients.asks))
      checker.problem(at + "/plan/closed",
                      {"users who neither think nor wait ask endlessly at once",
                       "\"think\" or a service with a time above 0"});
  } else if (std::holds_alternative<SlotsPlan>(clients.plan) && clients.population == 0) {
    checker.problem(at + "/plan/slots", {"a plan by slots needs to know how many users there are",
                                         {},
                                         "add \"population\" to these clients"});
  }
}

void check_machines(Checker& checker, const std::string& at, const Clients& clients,
                    const Connect& connect) {
  const auto node = checker.scenario().nodes.find(clients.on);
  if (node == checker.scenario().nodes.end()) return;
  const std::int64_t count = node->second.count;
  if (clients.population > 0 && (clients.population - 1) / connect.per_node >= count)
    checker.problem(
        at + "/population",
        {fmt::format("{} machines with {} users each cannot hold them", count, connect.per_node),
         fmt::format("at most {} x {}", count, connect.per_node)});
  for (const auto& [machine, begin] : connect.begin)
    if (machine >= count)
      checker.problem(fmt::format("{}/connect/begin/{}", at, machine),
                      {"there is no machine of this number",
                       fmt::format("a key from 0 to {}", count - 1),
                       {},
                       true});
}

void check_connect(Checker& checker, const std::string& at, const Clients& clients) {
  const bool follows_cues = std::holds_alternative<CuesPlan>(clients.plan);
  if (!clients.connect || follows_cues) return;
  if (clients.on.empty()) {
    checker.problem(at + "/connect", {"connections need machines that hold them",
                                      {},
                                      "add \"on\", the name of a node, to these clients"});
    return;
  }
  if (clients.population == 0)
    checker.problem(
        at + "/connect",
        {"it is not said how many users connect", {}, "add \"population\" to these clients"});
  check_machines(checker, at, clients, *clients.connect);
}

}  // namespace

void check_load(Checker& checker) {
  const Scenario& scenario = checker.scenario();
  for (const auto& [name, clients] : scenario.clients) {
    const std::string at = "/clients/" + name;
    if (!clients.asks.empty())
      checker.named(at + "/asks", "operation", clients.asks, scenario.operations);
    if (!clients.on.empty()) checker.named(at + "/on", "node", clients.on, scenario.nodes);
    check_plan(checker, at, clients);
    check_connect(checker, at, clients);
  }
}

}  // namespace springtide::spec
