// Red packets, disturbances, phases.
#include "spec/checks/checks.h"
#include "spec/checks/fleet.h"

namespace springtide::spec {
namespace {

// What only a pool of seed packets has.
void check_not_seed(Checker& checker, const std::string& at) {
  for (const char* key : {"sponsors", "per-user", "per-sponsor", "sets-off"})
    if (checker.is_written(at + "/" + key))
      checker.problem(at + "/" + key,
                      {"only seed packets have this", "a pool with \"kind\": \"seed\"", {}, true});
}

void check_seed(Checker& checker, const std::string& at, const PacketPool& pool) {
  for (const auto& [operation, times] : pool.sets_off)
    checker.named_key(at + "/sets-off/" + operation, "operation", operation,
                      checker.scenario().operations);
  if (pool.per_sponsor > 0 && pool.per_user > pool.sponsors * pool.per_sponsor)
    checker.problem(at + "/per-user",
                    {"no user can have so many", fmt::format("at most sponsors x per-sponsor, {}",
                                                             pool.sponsors * pool.per_sponsor)});
}

void check_node(Checker& checker, const std::string& at, const Incident& incident) {
  const Scenario& scenario = checker.scenario();
  checker.named(at + "/node", "node", incident.node, scenario.nodes);
  const std::int64_t machines = machines_of(scenario, incident.node);
  if (machines > 0 && incident.index >= machines)
    checker.problem(at + "/index",
                    {"there is no machine of this number", fmt::format("0 to {}", machines - 1)});
}

// A part of the fleet: servers of a site, of a carrier, of both, or of a cluster.
void check_part(Checker& checker, const std::string& at, const Incident& incident) {
  const Scenario& scenario = checker.scenario();
  if (!incident.site.empty())
    checker.named(at + "/site", "site of a cluster", incident.site, sites_of(scenario));
  if (!incident.carrier.empty())
    checker.named(at + "/carrier", "carrier of a cluster", incident.carrier, carriers_of(scenario));
  if (!incident.cluster.empty())
    checker.named(at + "/cluster", "cluster", incident.cluster, scenario.clusters);
  const bool both = !incident.site.empty() && !incident.carrier.empty();
  const auto stands_there = [&](const auto& entry) {
    return entry.second.site == incident.site && entry.second.carrier == incident.carrier;
  };
  if (both && contains(sites_of(scenario), incident.site) &&
      contains(carriers_of(scenario), incident.carrier) &&
      std::none_of(scenario.clusters.begin(), scenario.clusters.end(), stands_there))
    checker.problem(at + "/carrier", {fmt::format("it has no cluster in \"{}\"", incident.site)});
}

void check_loss(Checker& checker, const std::string& at, const Incident& incident) {
  const int named = int{!incident.node.empty()} + int{!incident.cluster.empty()} +
                    int{!incident.site.empty() || !incident.carrier.empty()};
  if (named == 0)
    checker.problem(
        at, {"it is not said what is lost", "a node, a cluster, or a site or carrier or both"});
  else if (named > 1)
    checker.problem(at, {"more than one thing is named that is lost",
                         "a node, a cluster, or a site or carrier or both"});
  if (!incident.node.empty()) check_node(checker, at, incident);
  check_part(checker, at, incident);
}

void check_standstill(Checker& checker, const std::string& at, const Incident& incident) {
  if (incident.node.empty())
    checker.problem(at, {"it is not said which machine stands still", "\"node\""});
  else
    check_node(checker, at, incident);
  for (const char* key : {"site", "carrier", "cluster"})
    if (checker.is_written(at + "/" + key))
      checker.problem(
          at + "/" + key,
          {"a standstill is of one machine", "\"node\", or \"kind\": \"loss\"", {}, true});
}

void check_phase(Checker& checker, const std::string& name, const Phase& phase) {
  const Scenario& scenario = checker.scenario();
  if (scenario.duration.ns <= 0 || phase.to <= scenario.duration) return;
  checker.problem("/phases/" + name + "/to",
                  {"the run is over before the phase", "at most " + checker.end(),
                   fmt::format("a shorter run leaves it out with --set /phases/{}=null", name)});
}

void check_pools(Checker& checker) {
  const Scenario& scenario = checker.scenario();
  for (const auto& [name, pool] : scenario.packets) {
    const std::string at = "/packets/" + name;
    checker.named(at + "/service", "service", pool.service, scenario.services);
    const auto service = scenario.services.find(pool.service);
    if (service != scenario.services.end() &&
        !std::holds_alternative<RedPacketAccess>(service->second.kind))
      checker.problem(at + "/service", {"this service issues no packets",
                                        "a service with \"kind\": \"red-packet-access\""});
    if (pool.kind == PacketPool::Kind::seed)
      check_seed(checker, at, pool);
    else
      check_not_seed(checker, at);
  }
}

}  // namespace

void check_night(Checker& checker) {
  check_pools(checker);
  const Scenario& scenario = checker.scenario();
  for (const auto& [name, incident] : scenario.incidents) {
    const std::string at = "/incidents/" + name;
    if (incident.kind == Incident::Kind::loss)
      check_loss(checker, at, incident);
    else
      check_standstill(checker, at, incident);
    if (incident.enabled && checker.is_over_by(incident.at))
      checker.problem(at + "/at", {"the run is over by then", checker.before_the_end()});
  }
  for (const auto& [name, phase] : scenario.phases) check_phase(checker, name, phase);
}

}  // namespace springtide::spec
