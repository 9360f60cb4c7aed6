// What nobody uses is a mistake, most often a reference that was forgotten. Only asked of a
// scenario that is right otherwise: a misspelt reference would be told twice.
#include "spec/checks/chain/parts.h"
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

// Words of a station that change nothing, as the scenario is.
void without_effect(Checker& checker, const std::string& at, const Service& service,
                    const Station& station) {
  const Scenario& scenario = checker.scenario();
  const auto is_shed = [&](const auto& entry) {
    return entry.second.priority >= station.shed->priority;
  };
  if (station.shed && std::none_of(scenario.clients.begin(), scenario.clients.end(), is_shed))
    checker.problem(at + "/shed", {"no clients have such a priority, so nothing is ever shed",
                                   {},
                                   "give clients a \"priority\", or lower that of \"shed\""});
  if (!station.failover && scenario.nodes.at(service.on).sites.size() < 2)
    checker.problem(
        at + "/failover",
        {"there is no other site to go to", {}, "add \"sites\" to its node, or remove it", true});
}

void unused_of_chain(Checker& checker) {
  const Scenario& scenario = checker.scenario();
  Names called, cached, diverted;
  std::map<std::string, Names> bulkheads;
  for_each_call(scenario, [&](const CallPlace& place) {
    called.push_back(place.call.service);
    cached.push_back(place.call.cache);
    bulkheads[place.call.service].push_back(place.call.bulkhead);
  });
  for (const auto& [name, pool] : scenario.packets) called.push_back(pool.service);
  for (const auto& [name, playbook] : scenario.playbooks)
    for (const auto& [from, to] : playbook.actions.divert) called.push_back(to);
  unused(checker, "services", "no operation calls this service", "\"calls\" of an operation",
         scenario.services, called);
  unused(checker, "queues", "nothing is ever put to this queue",
         "\"calls\" of an operation or \"divert\" of a playbook", scenario.queues, called);
  unused(checker, "caches", "no call asks this cache", "\"cache\" of a call", scenario.caches,
         cached);
  for (const auto& [name, service] : scenario.services)
    if (const Station* station = station_of(scenario, name)) {
      without_effect(checker, "/services/" + name, service, *station);
      unused(checker, ("services/" + name + "/bulkheads").c_str(), "no call names this bulkhead",
             "\"bulkhead\" of a call", station->bulkheads, bulkheads[name]);
    }
}

}  // namespace

void check_unused(Checker& checker) {
  const Scenario& scenario = checker.scenario();
  Names asked, stood_on;
  for (const auto& [name, clients] : scenario.clients) {
    add_names(asked_by(clients), asked);
    stood_on.push_back(clients.on);
  }
  for (const auto& [name, pool] : scenario.packets) add_names(pool.sets_off, asked);
  for (const auto& [name, service] : scenario.services) stood_on.push_back(service.on);
  for (const auto& [name, queue] : scenario.queues) stood_on.push_back(queue.on);
  for (const auto& [name, cluster] : scenario.clusters) stood_on.push_back(cluster.node);
  unused(checker, "operations", "no clients ask this operation",
         "\"asks\" of clients or \"sets-off\" of packets", scenario.operations, asked);
  unused_of_chain(checker);
  unused(checker, "nodes", "nothing stands on this node", "\"on\" of a service or of clients",
         scenario.nodes, stood_on);
}

}  // namespace springtide::spec
