// What nobody uses is a mistake, most often a reference that was forgotten. Only asked of a
// scenario that is right otherwise: a misspelt reference would be told twice.
#include "spec/checks/checks.h"

namespace springtide::spec {
namespace {

template <class T>
void unused(Checker& checker, const char* collection, const char* what, const char* where,
            const std::map<std::string, T>& entries, const Names& used) {
  for (const auto& [name, entry] : entries)
    if (!contains(used, name))
      checker.problem(fmt::format("/{}/{}", collection, name),
                      {what, {}, fmt::format("name it in {}, or remove it", where), true});
}

}  // namespace

void check_unused(Checker& checker) {
  const Scenario& scenario = checker.scenario();
  Names asked, called, stood_on;
  for (const auto& [name, clients] : scenario.clients) {
    asked.push_back(clients.asks);
    stood_on.push_back(clients.on);
  }
  for (const auto& [name, operation] : scenario.operations)
    for (const Call& call : operation.calls) called.push_back(call.service);
  for (const auto& [name, pool] : scenario.packets) {
    called.push_back(pool.service);
    add_names(pool.sets_off, asked);
  }
  for (const auto& [name, service] : scenario.services) stood_on.push_back(service.on);
  for (const auto& [name, cluster] : scenario.clusters) stood_on.push_back(cluster.node);
  unused(checker, "operations", "no clients ask this operation",
         "\"asks\" of clients or \"sets-off\" of packets", scenario.operations, asked);
  unused(checker, "services", "no operation calls this service", "\"calls\" of an operation",
         scenario.services, called);
  unused(checker, "nodes", "nothing stands on this node", "\"on\" of a service or of clients",
         scenario.nodes, stood_on);
}

}  // namespace springtide::spec
