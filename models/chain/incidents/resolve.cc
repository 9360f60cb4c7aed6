#include "models/chain/incidents/resolve.h"

#include <algorithm>

#include "models/findings.h"

namespace springtide::models::chain {
namespace {

using Kind = spec::Incident::Kind;

class Resolver {
 public:
  Resolver(const spec::Scenario& scenario, Plan& plan) : scenario_(scenario), plan_(plan) {}

  Diagnostics add_all() {
    for (const auto& [name, incident] : scenario_.incidents)
      if (incident.enabled) add(name, incident);
    return findings_.take();
  }

 private:
  void add(const std::string& name, const spec::Incident& incident) {
    const std::string at = "/incidents/" + name;
    IncidentPlan made;
    made.kind = incident.kind;
    made.name = name;
    made.begin = Instant{} + incident.at;
    made.end = made.begin + incident.length;
    made.factor = incident.factor;
    made.calls = incident.calls;
    if (!incident.cluster.empty() || !incident.carrier.empty())
      return findings_.add(at, "a service chain has no carriers and clusters",
                           "name a node, a service or a site");
    if (incident.kind == Kind::link)
      name_link(at, incident, made);
    else if (incident.kind == Kind::disk)
      name_disks(at, incident, made);
    else
      name_machines(at, incident, made);
    plan_.incidents.push_back(std::move(made));
  }

  void name_machines(const std::string& at, const spec::Incident& incident, IncidentPlan& made) {
    const std::uint32_t only = incident.site.empty() ? none : site(incident.site);
    if (!incident.site.empty() && only == none)
      return findings_.add(at + "/site", "no machine stands in this site");
    if (incident.kind == Kind::loss && incident.node.empty() && incident.service.empty())
      made.lost_site = only;
    for (std::uint32_t i = 0; i < plan_.services.size(); ++i) {
      const ServicePlan& service = plan_.services[i];
      if (!incident.service.empty() && incident.service != service.name) continue;
      if (!incident.node.empty() && incident.node != plan_.nodes[service.node].name) continue;
      const bool one = !incident.node.empty() && !incident.all;
      add_ranges(i, only, one ? static_cast<std::uint32_t>(incident.index) : none, made);
    }
    if (made.machines.empty())
      findings_.add(at, "no machine of a service is concerned", "name one that stands there");
  }

  // All machines of a service, or those in one site; or one of them, counted over these sites.
  void add_ranges(std::uint32_t service, std::uint32_t only, std::uint32_t index,
                  IncidentPlan& made) const {
    const std::vector<std::uint32_t>& machines = plan_.services[service].machines;
    for (std::uint32_t site = 0; site < machines.size(); ++site) {
      if (machines[site] == 0 || (only != none && only != site)) continue;
      if (index == none)
        made.machines.push_back({service, site, 0, plan_.services[service].places(site)});
      else if (index < machines[site])
        return made.machines.push_back({service, site, index, index + 1});
      else
        index -= machines[site];
    }
  }

  // Of the machines of a node or of a service's node, of a site, or of both.
  void name_disks(const std::string& at, const spec::Incident& incident, IncidentPlan& made) {
    const auto service = scenario_.services.find(incident.service);
    const std::string& of_node =
        service == scenario_.services.end() ? incident.node : service->second.on;
    const std::uint32_t only = incident.site.empty() ? none : site(incident.site);
    std::uint32_t index =
        !incident.node.empty() && !incident.all ? static_cast<std::uint32_t>(incident.index) : none;
    for (std::uint32_t i = 0; i < plan_.nodes.size(); ++i) {
      const NodePlan& node = plan_.nodes[i];
      if (!node.disk || (!of_node.empty() && of_node != node.name)) continue;
      for (std::uint32_t k = 0; k < plan_.sites.size(); ++k) {
        if (node.machines[k] == 0 || (!incident.site.empty() && only != k)) continue;
        if (index == none)
          made.disks.push_back({i, k, 0, node.places(k)});
        else if (index < node.machines[k])
          return made.disks.push_back({i, k, index, index + 1});
        else
          index -= node.machines[k];
      }
    }
    if (made.disks.empty())
      findings_.add(at, "no disk is concerned", "name a node with \"storage-bandwidth\"");
  }

  void name_link(const std::string& at, const spec::Incident& incident, IncidentPlan& made) {
    made.delay = incident.delay;
    made.loss = incident.link_loss.value;
    made.cut = incident.cut;
    const auto link = scenario_.links.find(incident.link);
    if (link == scenario_.links.end()) return findings_.add(at + "/link", "there is no such link");
    made.from_site = site(link->second.from);
    made.to_site = site(link->second.to);
    if (made.from_site != none && made.to_site != none) return;
    made.from_site = made.to_site = none;
    for (std::uint32_t i = 0; i < plan_.links.size(); ++i)
      if (plan_.links[i].name == incident.link) made.link = i;
    if (made.link == none) findings_.add(at + "/link", "no call of this scenario goes over it");
  }

  std::uint32_t site(const std::string& name) const {
    const auto at = std::find(plan_.sites.begin(), plan_.sites.end(), name);
    return at == plan_.sites.end() ? none : static_cast<std::uint32_t>(at - plan_.sites.begin());
  }

  const spec::Scenario& scenario_;
  Plan& plan_;
  Findings findings_;
};

}  // namespace

Diagnostics add_incidents(const spec::Scenario& scenario, Plan& plan) {
  return Resolver(scenario, plan).add_all();
}

}  // namespace springtide::models::chain
