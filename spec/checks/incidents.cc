// Disturbances: what each kind is of, and that it exists.
#include "spec/checks/chain/parts.h"
#include "spec/checks/checks.h"
#include "spec/checks/fleet.h"

namespace springtide::spec {
namespace {

using Kind = Incident::Kind;

struct OfKinds {
  const char* key;
  std::vector<Kind> kinds;
  const char* whose;
};

// Which kinds know a key; keys that all know are not here.
const std::vector<OfKinds>& keys_of_kinds() {
  static const std::vector<OfKinds> all{
      {"node", {Kind::standstill, Kind::loss, Kind::slow, Kind::disk}, "an incident of machines"},
      {"index", {Kind::standstill, Kind::loss, Kind::slow, Kind::disk}, "an incident of machines"},
      {"all", {Kind::standstill, Kind::loss, Kind::slow, Kind::disk}, "an incident of machines"},
      {"service",
       {Kind::standstill, Kind::loss, Kind::slow, Kind::failures},
       "an incident of a service"},
      {"site", {Kind::loss, Kind::slow, Kind::disk, Kind::failures}, "\"kind\": \"loss\""},
      {"carrier", {Kind::loss}, "\"kind\": \"loss\""},
      {"cluster", {Kind::loss}, "\"kind\": \"loss\""},
      {"link", {Kind::link}, "\"kind\": \"link\""},
      {"factor", {Kind::slow, Kind::disk}, "\"kind\": \"slow\" or \"disk\""},
      {"calls", {Kind::failures}, "\"kind\": \"failures\""},
      {"delay", {Kind::link}, "\"kind\": \"link\""},
      {"loss", {Kind::link}, "\"kind\": \"link\""},
      {"cut", {Kind::link}, "\"kind\": \"link\""},
  };
  return all;
}

void check_keys(Checker& checker, const std::string& at, const Incident& incident) {
  for (const OfKinds& of : keys_of_kinds()) {
    const std::string pointer = at + "/" + of.key;
    const bool known = std::find(of.kinds.begin(), of.kinds.end(), incident.kind) != of.kinds.end();
    if (known || !checker.is_written(pointer)) continue;
    if (incident.kind == Kind::standstill)
      checker.problem(
          pointer, {"a standstill is of one machine", "\"node\", or \"kind\": \"loss\"", {}, true});
    else
      checker.problem(pointer, {"this kind of incident has none of this", of.whose, {}, true});
  }
}

void check_node(Checker& checker, const std::string& at, const Incident& incident) {
  const Scenario& scenario = checker.scenario();
  checker.named(at + "/node", "node", incident.node, scenario.nodes);
  std::int64_t machines = machines_of(scenario, incident.node);
  const auto node = scenario.nodes.find(incident.node);
  if (node != scenario.nodes.end() && !incident.site.empty()) {
    checker.named(at + "/site", "site of the node", incident.site, node->second.sites);
    const auto here = node->second.sites.find(incident.site);
    if (here != node->second.sites.end()) machines = here->second;
  }
  if (incident.all && checker.is_written(at + "/index"))
    checker.problem(at + "/index", {"\"all\" means every machine", {}, "remove one of the two"});
  else if (machines > 0 && incident.index >= machines)
    checker.problem(at + "/index",
                    {"there is no machine of this number", fmt::format("0 to {}", machines - 1)});
}

// A part of the fleet: servers of a site, of a carrier, of both, or of a cluster.
void check_part(Checker& checker, const std::string& at, const Incident& incident) {
  const Scenario& scenario = checker.scenario();
  if (!incident.site.empty() && incident.node.empty())
    checker.named(at + "/site", has_access_service(scenario) ? "site of a cluster" : "site",
                  incident.site, sites_of(scenario), node_sites(scenario));
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

// A site narrows a node or a service of a chain; beside a carrier it is one place; alone it is all
// that stands there.
bool site_is_a_place(const Incident& incident) {
  return !incident.site.empty() && incident.node.empty() && incident.service.empty();
}

void check_place(Checker& checker, const std::string& at, const Incident& incident,
                 const std::string& verb) {
  const bool fleet = has_access_service(checker.scenario());
  const std::string places =
      fleet ? "a node, a cluster, or a site or carrier or both" : "a node, a service, or a site";
  const bool place =
      site_is_a_place(incident) || !incident.carrier.empty() || (fleet && !incident.site.empty());
  const int named = int{!incident.node.empty()} + int{!incident.cluster.empty()} +
                    int{!incident.service.empty()} + int{place};
  if (named == 0)
    checker.problem(at, {fmt::format("it is not said what {}", verb), places});
  else if (named > 1)
    checker.problem(at, {fmt::format("more than one thing is named that {}", verb), places});
  if (!incident.node.empty()) check_node(checker, at, incident);
  if (!incident.service.empty())
    checker.named(at + "/service", "service", incident.service, checker.scenario().services);
  check_part(checker, at, incident);
}

void check_standstill(Checker& checker, const std::string& at, const Incident& incident) {
  if (!incident.service.empty())
    checker.named(at + "/service", "service", incident.service, checker.scenario().services);
  else if (incident.node.empty())
    checker.problem(at, {"it is not said which machine stands still", "\"node\""});
  else
    check_node(checker, at, incident);
}

void check_failures(Checker& checker, const std::string& at, const Incident& incident) {
  if (incident.service.empty())
    checker.problem(at, {"it is not said which service fails", "\"service\""});
  else
    checker.named(at + "/service", "service", incident.service, checker.scenario().services);
  if (incident.calls == 0) checker.problem(at, {"no call fails", "\"calls\", at least 1"});
  check_part(checker, at, incident);
}

void check_link(Checker& checker, const std::string& at, const Incident& incident) {
  if (incident.link.empty())
    checker.problem(at, {"it is not said which link it is", "\"link\""});
  else
    checker.named(at + "/link", "link", incident.link, checker.scenario().links);
  const bool worse = incident.cut || incident.delay.ns > 0 || incident.link_loss.value > 0;
  if (!worse)
    checker.problem(at, {"the link is as before", "\"delay\", \"loss\" or \"cut\": true"});
}

void check_factor(Checker& checker, const std::string& at) {
  if (!checker.is_written(at + "/factor"))
    checker.problem(at, {"it is not said by how much", "\"factor\""});
}

void check_disk(Checker& checker, const std::string& at, const Incident& incident) {
  check_place(checker, at, incident, "has slow disks");
  check_factor(checker, at);
  const auto node = checker.scenario().nodes.find(incident.node);
  if (node != checker.scenario().nodes.end() && !node->second.storage_bandwidth)
    checker.problem(at + "/node",
                    {"its disks are infinitely fast", "a node with \"storage-bandwidth\""});
}

void check_incident(Checker& checker, const std::string& at, const Incident& incident) {
  check_keys(checker, at, incident);
  switch (incident.kind) {
    case Kind::standstill: return check_standstill(checker, at, incident);
    case Kind::loss: return check_place(checker, at, incident, "is lost");
    case Kind::slow:
      check_place(checker, at, incident, "is slow");
      return check_factor(checker, at);
    case Kind::failures: return check_failures(checker, at, incident);
    case Kind::link: return check_link(checker, at, incident);
    case Kind::disk: return check_disk(checker, at, incident);
  }
}

}  // namespace

void check_incidents(Checker& checker) {
  for (const auto& [name, incident] : checker.scenario().incidents) {
    const std::string at = "/incidents/" + name;
    check_incident(checker, at, incident);
    if (incident.enabled && checker.is_over_by(incident.at))
      checker.problem(at + "/at", {"the run is over by then", checker.before_the_end()});
  }
}

}  // namespace springtide::spec
