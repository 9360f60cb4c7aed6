#include "models/fleet/clients/machines_layout.h"

#include <algorithm>

#include "models/findings.h"
#include "models/fleet/server_parts.h"
#include "models/red_packet/layout.h"

namespace springtide::models::fleet {
namespace {

constexpr const char* instead = "use \"road\": \"detailed\"";

class Check {
 public:
  explicit Check(const spec::Scenario& scenario) : scenario_(scenario) {}

  Diagnostics problems() {
    const std::string& clients_node = scenario_.clients.begin()->second.on;
    if (!scenario_.clusters.empty())
      findings_.add("/clusters", "client machines reach one server; clusters are for a crowd", "");
    if (scenario_.control)
      findings_.add("/control", "live control follows cues; there are none", "");
    if (!scenario_.resources.empty())
      findings_.add("/resources", "resources are fetched at cues; there are none", "");
    for (const auto& [name, link] : scenario_.links)
      if (link.bandwidth)
        findings_.add("/links/" + name + "/bandwidth",
                      "the fleet road does not know the bandwidth of this link", instead);
    const auto node = scenario_.nodes.find(clients_node);
    if (node != scenario_.nodes.end() &&
        (node->second.network_card.packet_rate || node->second.network_card.bandwidth))
      findings_.add("/nodes/" + clients_node + "/network-card",
                    "the fleet road does not know the cards of client machines", instead);
    for (const auto& [name, pool] : scenario_.packets)
      if (pool.kind == spec::PacketPool::Kind::seed)
        findings_.add("/packets/" + name + "/kind", "seed packets are for a crowd", "");
    for (const auto& [name, incident] : scenario_.incidents) {
      if (!incident.enabled) continue;
      if (incident.kind != spec::Incident::Kind::standstill)
        findings_.add("/incidents/" + name + "/kind",
                      "client machines know no other server to go to", "");
      else if (incident.node == clients_node)
        findings_.add("/incidents/" + name + "/node",
                      "the fleet road knows no standstill of a client machine", instead);
    }
    return findings_.take();
  }

 private:
  const spec::Scenario& scenario_;
  Findings findings_;
};

ServerSpec server_of(const red_packet::Layout& layout) {
  const red_packet::AccessServerSpec& from = layout.server;
  ServerSpec made;
  made.seed = from.seed;
  made.service = from.service;
  made.network_card = from.network_card;
  made.link = from.link;
  made.clock_offset = from.clock_offset;
  made.mixed = true;
  Way way = one_way(from.link, from.go.thread_wake);
  Duration soonest = layout.clients.front().user.write_segment;
  for (const auto& machine : layout.clients)
    soonest = std::min(soonest, machine.user.write_segment);
  made.earliest_reply = way.shortest_delay * 2 + soonest;
  made.way = std::make_shared<Way>(std::move(way));
  made.runtime = make_runtime(from.service, from.go, from.processors, from.pools.size(), 0);
  made.runtime.seed = from.seed;
  for (const red_packet::StandStill& still : layout.stand_stills)
    made.runtime.stills.push_back({still.from, still.to});
  std::sort(made.runtime.stills.begin(), made.runtime.stills.end());
  return made;
}

}  // namespace

bool has_client_machines(const spec::Scenario& scenario) {
  return scenario.clients.size() == 1 &&
         std::holds_alternative<spec::SlotsPlan>(scenario.clients.begin()->second.plan);
}

Result<Layout> lay_out_machines(const spec::Scenario& scenario, std::uint64_t seed) {
  Diagnostics problems = Check(scenario).problems();
  auto machines = red_packet::lay_out(scenario, seed);
  if (!machines)
    problems.insert(problems.end(), machines.problems().begin(), machines.problems().end());
  if (!problems.empty()) return problems;
  Layout layout;
  layout.operation = machines.value().operation;
  layout.population = layout.online = scenario.clients.begin()->second.population;
  ServerLayout server;
  server.label = machines.value().server.name;
  server.server = server_of(machines.value());
  server.crowd.users = server.crowd.online = static_cast<std::uint32_t>(layout.population);
  layout.cores = server.server.runtime.cores;
  layout.clusters.push_back({"all", "", "", 0, 1, layout.cores, {}});
  layout.servers.push_back(std::move(server));
  layout.machines = std::make_shared<red_packet::Layout>(std::move(machines.value()));
  return layout;
}

}  // namespace springtide::models::fleet
