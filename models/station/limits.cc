#include "models/station/limits.h"

#include <cmath>
#include <set>

#include <fmt/format.h>

#include "models/findings.h"
#include "spec/chain_words.h"

namespace springtide::models::station {
namespace {

void check_steps(const spec::RateSteps& steps, const std::string& pointer, Findings& findings) {
  for (const auto& [_, rate] : steps)
    if (!(rate.per_second >= 0) || std::isinf(rate.per_second))
      findings.add(pointer, "a rate must be finite and not negative");
}

void check_plan(const spec::Plan& plan, const std::string& pointer, Findings& findings) {
  if (const auto* poisson = std::get_if<spec::PoissonPlan>(&plan))
    check_steps(poisson->rate, pointer + "/poisson", findings);
  if (const auto* constant = std::get_if<spec::ConstantPlan>(&plan))
    check_steps(constant->rate, pointer + "/constant", findings);
  if (const auto* renewal = std::get_if<spec::RenewalPlan>(&plan))
    if (!(renewal->interval.mean_seconds() > 0))
      findings.add(pointer + "/renewal", "the interval between requests must not be zero");
  if (const auto* closed = std::get_if<spec::ClosedPlan>(&plan))
    if (closed->users < 0) findings.add(pointer + "/closed/users", "must not be negative");
  if (std::holds_alternative<spec::SlotsPlan>(plan))
    findings.add(pointer + "/slots", "slots need clients of a red-packet service",
                 "stations take the plans poisson, constant, renewal and closed");
}

void check_clients(const spec::Scenario& scenario, Findings& findings) {
  for (const auto& [name, clients] : scenario.clients) {
    const std::string pointer = "/clients/" + name;
    check_plan(clients.plan, pointer + "/plan", findings);
    if (!scenario.operations.contains(clients.asks))
      findings.add(pointer + "/asks", fmt::format("there is no operation '{}'", clients.asks));
    if (clients.connect) findings.add(pointer + "/connect", "stations have no connections");
  }
  for (const auto& [name, operation] : scenario.operations) {
    if (operation.calls.empty())
      findings.add("/operations/" + name + "/calls", "an operation calls at least one service");
    for (const spec::Call& call : operation.calls)
      if (!scenario.services.contains(call.service))
        findings.add("/operations/" + name + "/calls",
                     fmt::format("there is no service '{}'", call.service));
  }
}

void check_node(const spec::Node& node, const std::string& pointer, Findings& findings) {
  if (node.count != 1)
    findings.add(pointer + "/count", "a station is one machine",
                 "give it more workers, or write several services");
  if (node.workers < 1) findings.add(pointer + "/workers", "a station needs a worker");
  if (!node.runtime.empty() && node.runtime != "threads")
    findings.add(pointer + "/runtime", "the workers of a station are plain threads");
  if (node.network_card.bandwidth || node.network_card.packet_rate)
    findings.add(pointer + "/network-card", "requests to stations have no size",
                 "leave the network card out");
}

void check_services(const spec::Scenario& scenario, Findings& findings) {
  std::set<std::string> taken;
  for (const auto& [name, service] : scenario.services) {
    const std::string pointer = "/services/" + name;
    const auto node = scenario.nodes.find(service.on);
    if (node == scenario.nodes.end()) {
      findings.add(pointer + "/on", fmt::format("there is no node '{}'", service.on));
      continue;
    }
    check_node(node->second, "/nodes/" + service.on, findings);
    if (!taken.insert(service.on).second)
      findings.add(pointer + "/on",
                   fmt::format("another station has the workers of '{}'", service.on),
                   "give each station a node of its own");
    const auto& station = std::get<spec::Station>(service.kind);
    if (station.queue && *station.queue < 0)
      findings.add(pointer + "/queue", "must not be negative");
  }
}

void check_rest(const spec::Scenario& scenario, Findings& findings) {
  if (scenario.duration < Duration{}) findings.add("/duration", "must not be negative");
  constexpr Duration longest = minute * 60 * 24 * 100;
  if (scenario.duration > longest)
    findings.add("/duration", "a run keeps figures of every second, at most 100 days of them",
                 "scale the times of the scenario down");
  if (scenario.warmup < Duration{} || scenario.warmup > scenario.duration)
    findings.add("/warmup", "must lie between zero and the duration");
  for (const auto& [name, link] : scenario.links)
    if (link.bandwidth)
      findings.add("/links/" + name + "/bandwidth", "requests to stations have no size");
  for (const std::string& pointer : spec::chain_words(scenario))
    findings.add(pointer, "a textbook station does not know this word of the service chain");
  for (const auto& [name, _] : scenario.packets)
    findings.add("/packets/" + name, "red packets need a red-packet service");
  for (const auto& [name, incident] : scenario.incidents)
    if (incident.enabled) findings.add("/incidents/" + name, "stations know no incidents");
}

bool loses(const spec::Link* link) {
  return link != nullptr && (link->loss.value > 0 || link->loss_burst_start.value > 0);
}

double mean_delay(const spec::Link* link) {
  return link == nullptr ? 0 : link->delay.mean_seconds();
}

double mean_service(const ServiceLayout& service, int priority) {
  const auto own = service.station->time_by_priority.find(priority);
  return own == service.station->time_by_priority.end() ? service.station->time.mean_seconds()
                                                        : own->second.mean_seconds();
}

// A round that may take no time at all, for ever: thinking, links and services of zero mean.
void check_round(const Layout& layout, const ClientLayout& client, Findings& findings) {
  const std::string pointer = "/clients/" + client.name + "/plan/closed";
  double until_here = std::get<spec::ClosedPlan>(client.clients->plan).think.mean_seconds();
  for (std::size_t i = 0; i < client.services.size(); ++i) {
    const ServiceLayout& service = layout.services[client.services[i]];
    until_here += mean_delay(client.onward[i]);
    if (service.station->queue && until_here + mean_delay(client.back[i]) <= 0)
      findings.add(pointer,
                   fmt::format("a user whom '{}' refuses would ask again in the same "
                               "instant, for ever",
                               service.name),
                   "let users think, or give the link a delay");
    until_here += mean_service(service, client.clients->priority);
  }
  if (until_here + mean_delay(client.onward.back()) <= 0)
    findings.add(pointer, "a round of a user takes no time", "let users think");
}

}  // namespace

Diagnostics beyond_this_world(const spec::Scenario& scenario) {
  Findings findings;
  check_clients(scenario, findings);
  check_services(scenario, findings);
  check_rest(scenario, findings);
  return findings.take();
}

Diagnostics endless_loops(const Layout& layout) {
  Findings findings;
  for (const ClientLayout& client : layout.clients) {
    if (!client.closed) continue;
    check_round(layout, client, findings);
    bool lossy = false;
    for (const spec::Link* link : client.onward) lossy = lossy || loses(link);
    for (const spec::Link* link : client.back) lossy = lossy || loses(link);
    if (lossy)
      findings.add("/clients/" + client.name + "/plan/closed",
                   "a user whose request is lost would wait for ever",
                   "closed clients need links without loss");
  }
  return findings.take();
}

}  // namespace springtide::models::station
