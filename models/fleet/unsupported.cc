#include "models/fleet/unsupported.h"

#include <set>
#include <utility>

#include <fmt/format.h>

#include "models/findings.h"
#include "spec/presets.h"

namespace springtide::models::fleet {
namespace {

class Finder {
 public:
  Finder(const spec::Scenario& scenario, const Run& run) : scenario_(scenario), run_(run) {
    kinds_.insert(scenario.services.at(run.service).on);
    for (const auto& [_, cluster] : scenario.clusters)
      if (!cluster.node.empty()) kinds_.insert(cluster.node);
  }

  Diagnostics find() {
    times();
    clients();
    links();
    access_nodes();
    back_ends();
    packets();
    incidents();
    return findings_.take();
  }

 private:
  void times() {
    if (scenario_.duration.ns % second.ns != 0)
      findings_.add("/duration", "the fleet road goes in whole seconds");
    if (scenario_.warmup.ns % second.ns != 0)
      findings_.add("/warmup", "the fleet road goes in whole seconds");
  }

  // What they ask is one request to the access service.
  void clients() {
    const spec::Clients& clients = scenario_.clients.at(run_.clients);
    if (clients.priority != 0)
      findings_.add("/clients/" + run_.clients + "/priority",
                    "access servers of the fleet road serve in order of coming");
    const auto operation = scenario_.operations.find(clients.asks);
    if (operation == scenario_.operations.end()) return;
    const auto& calls = operation->second.calls;
    if (calls.size() != 1 || calls.front().service != run_.service)
      findings_.add("/operations/" + clients.asks + "/calls",
                    "on the fleet road a request ends at the access service",
                    "what follows a packet is in \"sets-off\" of a pool");
  }

  void links() {
    for (const auto& [name, link] : scenario_.links)
      if (name != run_.link)
        findings_.add("/links/" + name, "nothing on the fleet road passes this link",
                      "\"" + run_.link + "\" joins the clients to the access service");
  }

  void access_nodes() {
    for (const std::string& name : kinds_) {
      const auto node = scenario_.nodes.find(name);
      if (node == scenario_.nodes.end()) continue;
      const std::string at = "/nodes/" + name + "/runtime";
      if (spec::runtime_of(scenario_, node->second).preset == "event-loop")
        findings_.add(at, "the fleet road has no event loops", "a Go runtime, or \"threads\"");
    }
  }

  // Services that packets set off: their nodes are workers and nothing else.
  void back_ends() {
    for (const auto& [name, service] : scenario_.services) {
      const auto* station = std::get_if<spec::Station>(&service.kind);
      if (station == nullptr) continue;
      if (!station->time_by_priority.empty())
        findings_.add("/services/" + name + "/time-by-priority",
                      "operations that packets set off have no priorities");
      const auto node = scenario_.nodes.find(service.on);
      if (node == scenario_.nodes.end()) continue;
      const std::string at = "/nodes/" + service.on;
      if (node->second.speed_spread.value > 0)
        findings_.add(at + "/speed-spread", "the machines of a back end are alike");
      if (node->second.network_card.bandwidth || node->second.network_card.packet_rate)
        findings_.add(at + "/network-card", "a back end has workers, no network card");
    }
  }

  void packets() {
    if (!std::holds_alternative<spec::CuesPlan>(scenario_.clients.at(run_.clients).plan)) return;
    for (const auto& [name, pool] : scenario_.packets)
      if (pool.kind == spec::PacketPool::Kind::sent)
        findings_.add("/packets/" + name + "/kind", "users who follow cues open no sent packets",
                      "\"seed\" or \"shake\"");
  }

  void incidents() {
    for (const auto& [name, incident] : scenario_.incidents)
      if (incident.enabled && incident.kind == spec::Incident::Kind::standstill &&
          !kinds_.contains(incident.node))
        findings_.add("/incidents/" + name + "/node",
                      "on the fleet road only access servers stand still");
  }

  const spec::Scenario& scenario_;
  const Run& run_;
  std::set<std::string> kinds_;  // of machines that are access servers
  Findings findings_;
};

}  // namespace

Diagnostics unsupported(const spec::Scenario& scenario, const Run& run) {
  return Finder(scenario, run).find();
}

}  // namespace springtide::models::fleet
