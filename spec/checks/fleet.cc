// Clusters, resources, live control.
#include "spec/checks/fleet.h"

#include <set>

#include "spec/checks/checks.h"

namespace springtide::spec {
namespace {

const Service* access_service(const Scenario& scenario) {
  for (const auto& [name, service] : scenario.services)
    if (std::holds_alternative<RedPacketAccess>(service.kind)) return &service;
  return nullptr;
}

Names of_clusters(const Scenario& scenario, std::string Cluster::*member) {
  std::set<std::string> names;
  for (const auto& [name, cluster] : scenario.clusters) names.insert(cluster.*member);
  names.erase("");
  return {names.begin(), names.end()};
}

// Where clusters say how many servers there are, the node need not; if it does, both must agree.
void check_counts(Checker& checker) {
  const Scenario& scenario = checker.scenario();
  std::map<std::string, std::int64_t> servers;
  for (const auto& [name, cluster] : scenario.clusters)
    servers[node_of(scenario, cluster)] += cluster.servers;
  for (const auto& [node, sum] : servers) {
    const auto found = scenario.nodes.find(node);
    const std::string at = "/nodes/" + node + "/count";
    if (found == scenario.nodes.end() || !checker.is_written(at) || found->second.count == sum)
      continue;
    checker.problem(at, {fmt::format("its clusters have {} servers", sum),
                         fmt::format("{}, or no count", sum)});
  }
}

void check_clusters(Checker& checker) {
  const Scenario& scenario = checker.scenario();
  if (scenario.clusters.empty()) return;
  if (!has_access_service(scenario)) {
    checker.problem("/clusters", {"clusters are of access servers, and there is none",
                                  "a service with \"kind\": \"red-packet-access\""});
    return;
  }
  for (const auto& [name, cluster] : scenario.clusters) {
    const std::string at = "/clusters/" + name;
    if (!cluster.node.empty()) checker.named(at + "/node", "node", cluster.node, scenario.nodes);
    if (cluster.site.empty() && checker.is_written(at + "/site"))
      checker.problem(at + "/site", {"this is empty", "the name of a site"});
    if (cluster.carrier.empty() && checker.is_written(at + "/carrier"))
      checker.problem(at + "/carrier", {"this is empty", "the name of a carrier"});
  }
  check_counts(checker);
}

// Servers that a carrier's users may connect to; of all carriers where none is named.
std::int64_t servers_of(const Scenario& scenario, const std::string& carrier) {
  if (scenario.clusters.empty()) return machines_of(scenario, access_service(scenario)->on);
  std::int64_t servers = 0;
  for (const auto& [name, cluster] : scenario.clusters)
    if (carrier.empty() || cluster.carrier == carrier) servers += cluster.servers;
  return servers;
}

void too_few(Checker& checker, const std::string& pointer, const std::string& whose,
             std::int64_t servers, std::int64_t each, double online) {
  const double room = static_cast<double>(servers) * static_cast<double>(each);
  if (servers == 0 || online <= room) return;
  checker.problem(pointer,
                  {fmt::format("{} servers with {} connections each cannot hold the {:.0f} users{} "
                               "who are online",
                               servers, each, online, whose)});
}

void check_connections(Checker& checker, const std::string& name, const Clients& clients) {
  const Scenario& scenario = checker.scenario();
  const Service* access = access_service(scenario);
  if (access == nullptr || !std::holds_alternative<CuesPlan>(clients.plan)) return;
  const std::int64_t each = std::get<RedPacketAccess>(access->kind).connections;
  if (each == 0) return;
  const Phones& phones = clients.phones;
  const auto online = static_cast<double>(phones.online > 0 ? phones.online : clients.population);
  const std::string at = "/clients/" + name;
  too_few(checker, phones.online > 0 ? at + "/phones/online" : at + "/population", "",
          servers_of(scenario, ""), each, online);
  for (const auto& [carrier, share] : phones.carriers)
    too_few(checker, at + "/phones/carriers/" + carrier, fmt::format(" of \"{}\"", carrier),
            servers_of(scenario, carrier), each, online * share.value);
}

void check_resources(Checker& checker) {
  const Scenario& scenario = checker.scenario();
  if (scenario.resources.empty()) return;
  if (!has_cues(scenario))
    checker.problem("/resources",
                    {"no clients follow cues, so nothing ever shows them", {}, {}, true});
  const Names carriers = carriers_of(scenario);
  for (const auto& [name, resource] : scenario.resources) {
    const std::string at = "/resources/" + name;
    for (const auto& [carrier, rate] : resource.bandwidth)
      checker.named_key(at + "/bandwidth/" + carrier, "carrier of a cluster", carrier, carriers);
    if (resource.push_length > resource.push)
      checker.problem(at + "/push-length",
                      {"the push would go on after the start",
                       "at most \"push\", " + springtide::to_string(resource.push)});
    if (resource.per_cue > resource.count)
      checker.problem(at + "/per-cue", {"a cue cannot show more than there are",
                                        fmt::format("at most \"count\", {}", resource.count)});
  }
}

void check_control(Checker& checker) {
  const Scenario& scenario = checker.scenario();
  if (!scenario.control) return;
  if (!has_cues(scenario))
    checker.problem("/control",
                    {"no clients follow cues, so no change ever follows one", {}, {}, true});
  else if (!has_access_service(scenario))
    checker.problem("/control", {"changes go to access servers, and there is none",
                                 "a service with \"kind\": \"red-packet-access\""});
}

}  // namespace

bool has_access_service(const Scenario& scenario) { return access_service(scenario) != nullptr; }

bool has_cues(const Scenario& scenario) {
  return std::any_of(scenario.clients.begin(), scenario.clients.end(), [](const auto& entry) {
    return std::holds_alternative<CuesPlan>(entry.second.plan);
  });
}

Names sites_of(const Scenario& scenario) { return of_clusters(scenario, &Cluster::site); }
Names carriers_of(const Scenario& scenario) { return of_clusters(scenario, &Cluster::carrier); }

std::string node_of(const Scenario& scenario, const Cluster& cluster) {
  const Service* access = access_service(scenario);
  return !cluster.node.empty() || access == nullptr ? cluster.node : access->on;
}

std::int64_t machines_of(const Scenario& scenario, const std::string& node) {
  std::int64_t in_clusters = 0;
  for (const auto& [name, cluster] : scenario.clusters)
    if (node_of(scenario, cluster) == node) in_clusters += cluster.servers;
  if (in_clusters > 0) return in_clusters;
  const auto found = scenario.nodes.find(node);
  if (found == scenario.nodes.end()) return 0;
  std::int64_t in_sites = 0;
  for (const auto& [site, count] : found->second.sites) in_sites += count;
  return in_sites > 0 ? in_sites : found->second.count;
}

void check_fleet(Checker& checker) {
  check_clusters(checker);
  for (const auto& [name, clients] : checker.scenario().clients)
    check_connections(checker, name, clients);
  check_resources(checker);
  check_control(checker);
}

}  // namespace springtide::spec
