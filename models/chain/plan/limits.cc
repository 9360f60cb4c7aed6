#include "models/chain/plan/limits.h"

#include <algorithm>

#include <fmt/format.h>

#include "models/chain/incidents/health.h"
#include "models/chain/plan/plan.h"
#include "models/findings.h"

namespace springtide::models::chain {
namespace {

class Limits {
 public:
  explicit Limits(const spec::Scenario& scenario) : scenario_(scenario) {}

  Diagnostics find() {
    check_whole();
    for (const auto& [name, service] : scenario_.services)
      check_service("/services/" + name, service);
    for (const auto& [name, node] : scenario_.nodes) check_node("/nodes/" + name, node);
    for (const auto& [name, operation] : scenario_.operations) {
      if (operation.calls.empty())
        findings_.add("/operations/" + name + "/calls", "an operation calls at least one service");
      for (const spec::Call& call : operation.calls)
        check_call("/operations/" + name + "/calls", call);
    }
    for (const auto& [name, clients] : scenario_.clients)
      check_clients("/clients/" + name, clients);
    for (const auto& [name, link] : scenario_.links) check_link("/links/" + name, link);
    return findings_.take();
  }

 private:
  template <typename Map>
  void none_of(const Map& map, const std::string& pointer, const char* what) {
    for (const auto& [name, _] : map) findings_.add(pointer + "/" + name, what);
  }

  void check_whole() {
    none_of(scenario_.packets, "/packets", "red packets need a red-packet service");
    for (const auto& [name, queue] : scenario_.queues) check_queue("/queues/" + name, queue);
    for (const auto& [name, cache] : scenario_.caches)
      if (!cache.hit_ratio && (cache.keys < 1 || cache.keys > 1'000'000'000 || cache.size < 1))
        findings_.add("/caches/" + name, "needs 1 to 1e9 keys and a size of at least one entry");
    for (const auto& [name, made] : scenario_.reconciliation) {
      if (!scenario_.queues.contains(name))
        findings_.add("/reconciliation/" + name, "there is no such queue");
      if (made.every <= Duration{} || made.rate.per_second <= 0)
        findings_.add("/reconciliation/" + name, "needs an interval and a rate above zero");
    }
  }

  void check_queue(const std::string& pointer, const spec::MessageQueue& queue) {
    const auto node = scenario_.nodes.find(queue.on);
    if (node == scenario_.nodes.end())
      findings_.add(pointer + "/on", fmt::format("there is no node '{}'", queue.on));
    else if (queue.copies < 1 || static_cast<std::size_t>(queue.copies) >
                                     std::max<std::size_t>(node->second.sites.size(), 1))
      findings_.add(pointer + "/copies", "its node does not stand in so many sites");
    for (const spec::Call& call : queue.deliver) check_call(pointer + "/deliver", call);
  }

  void check_service(const std::string& pointer, const spec::Service& service) {
    if (!scenario_.nodes.contains(service.on))
      findings_.add(pointer + "/on", fmt::format("there is no node '{}'", service.on));
    const auto& station = std::get<spec::Station>(service.kind);
    if (has_processors(station.discipline) && station.shed && station.shed->delay)
      findings_.add(pointer + "/shed/delay",
                    "where processors are shared or taken, nobody stands first",
                    "shed by how many wait");
    if (!scenario_.nodes.contains(service.on)) return;
    std::int64_t kept = 0;
    for (const auto& [_, workers] : station.bulkheads) kept += workers;
    if (kept > scenario_.nodes.at(service.on).workers)
      findings_.add(pointer + "/bulkheads",
                    fmt::format("{} workers are kept, but a machine has {}", kept,
                                scenario_.nodes.at(service.on).workers));
  }

  void check_node(const std::string& pointer, const spec::Node& node) {
    if (node.workers < 1) findings_.add(pointer + "/workers", "a station needs a worker");
    if (!node.runtime.empty() && node.runtime != "threads")
      findings_.add(pointer + "/runtime", "the workers of a station are plain threads");
    if (node.network_card.packet_rate)
      findings_.add(pointer + "/network-card/packet-rate", "calls of a chain have no packets");
    std::int64_t machines = node.sites.empty() ? node.count : 0;
    for (const auto& [_, count] : node.sites) machines += count;
    if (machines < 1) findings_.add(pointer, "a node needs a machine");
  }

  void check_call(const std::string& pointer, const spec::Call& call) {
    const std::string& at = call.written_at.empty() ? pointer : call.written_at;
    if (!call.parallel && !scenario_.services.contains(call.service) &&
        !scenario_.queues.contains(call.service))
      findings_.add(at, fmt::format("there is no service '{}'", call.service));
    if (call.parallel && call.calls.empty()) findings_.add(at, "a group needs a call");
    if (call.parallel && (call.timeout || call.retries.attempts > 1 || call.breaker || call.hedge))
      findings_.add(at, "a group itself has no time-out, retries, breaker or hedge",
                    "give them to its calls");
    if (scenario_.queues.contains(call.service) &&
        (!call.calls.empty() || call.one_way || call.hedge || !call.cache.empty()))
      findings_.add(at, "a message put to a queue has no calls, hedge or cache, nor is it one-way");
    if (call.repeat < 1 || call.repeat > 65'535)
      findings_.add(at, "repeat must lie between 1 and 65535");
    if (call.calls.size() > 65'535) findings_.add(at, "more than 65535 calls");
    if (!call.bulkhead.empty() && scenario_.services.contains(call.service)) {
      const auto& station = std::get<spec::Station>(scenario_.services.at(call.service).kind);
      if (!station.bulkheads.contains(call.bulkhead))
        findings_.add(at, fmt::format("'{}' has no bulkhead '{}'", call.service, call.bulkhead));
    }
    if (!call.calls.empty() && shares_processors(call.service))
      findings_.add(
          at, fmt::format("'{}' gives its processors up while its own calls run", call.service),
          "say so: \"holds-worker\": false");
    if (!call.cache.empty() && !scenario_.caches.contains(call.cache))
      findings_.add(at, fmt::format("there is no cache '{}'", call.cache));
    if (!call.cache.empty() && (call.parallel || call.one_way))
      findings_.add(at, "a cache is for calls that somebody waits for");
    for (const spec::Call& own : call.calls) check_call(at, own);
  }

  bool shares_processors(const std::string& service) const {
    const auto at = scenario_.services.find(service);
    if (at == scenario_.services.end()) return false;
    const auto& station = std::get<spec::Station>(at->second.kind);
    return has_processors(station.discipline) && station.holds_worker;
  }

  void check_clients(const std::string& pointer, const spec::Clients& clients) {
    const auto known = [&](const std::string& operation, const std::string& where) {
      if (!scenario_.operations.contains(operation))
        findings_.add(pointer + where, fmt::format("there is no operation '{}'", operation));
    };
    if (clients.asks_shares.empty()) known(clients.asks, "/asks");
    for (const auto& [operation, _] : clients.asks_shares) known(operation, "/asks/" + operation);
    if (const auto* funnel = std::get_if<spec::FunnelPlan>(&clients.plan))
      if (!funnel->static_asks.empty()) known(funnel->static_asks, "/plan/funnel/static-asks");
    if (clients.connect) findings_.add(pointer + "/connect", "stations have no connections");
    if (clients.priority < 0 || clients.priority > 255)
      findings_.add(pointer + "/priority", "must lie between 0 and 255");
    if (std::holds_alternative<spec::SlotsPlan>(clients.plan) ||
        std::holds_alternative<spec::CuesPlan>(clients.plan))
      findings_.add(pointer + "/plan", "this plan needs clients of a red-packet service",
                    "a service chain takes poisson, constant, renewal, closed and funnel");
    if (std::holds_alternative<spec::RenewalPlan>(clients.plan) && clients.sites.size() != 1 &&
        has_sites())
      findings_.add(pointer + "/plan/renewal", "a renewal plan cannot be split over sites",
                    "put these clients into one site");
  }

  bool has_sites() const {
    return std::any_of(scenario_.nodes.begin(), scenario_.nodes.end(),
                       [](const auto& node) { return !node.second.sites.empty(); });
  }

  bool is_site(const std::string& name) const {
    return std::any_of(scenario_.nodes.begin(), scenario_.nodes.end(),
                       [&](const auto& node) { return node.second.sites.contains(name); });
  }

  void check_link(const std::string& pointer, const spec::Link& link) {
    if (link.bandwidth && !(is_site(link.from) && is_site(link.to)))
      findings_.add(pointer + "/bandwidth", "only links between sites have a bandwidth",
                    "give the machines cards");
    if (link.loss_burst_start.value > 0)
      findings_.add(pointer + "/loss-burst-start", "links of a chain lose independently");
  }

  const spec::Scenario& scenario_;
  Findings findings_;
};

// From which sites a call is made: where its caller stands, or its clients are.
std::vector<std::uint32_t> caller_sites(const Plan& plan, const Step& step) {
  std::uint32_t above = step.parent;
  while (plan.steps[above].service == none && plan.steps[above].parent != none)
    above = plan.steps[above].parent;
  const Step& caller = plan.steps[above];
  std::vector<std::uint32_t> sites;
  for (std::uint32_t site = 0; site < plan.sites.size(); ++site)
    if (caller.service != none ? plan.services[caller.service].machines[site] > 0
                               : plan.clients[plan.askers[caller.asker].client].share[site] > 0)
      sites.push_back(site);
  return sites;
}

// The name of a link that may lose this call while all machines are up; null: none does.
const std::string* loses(const Plan& plan, const Health& health, const Step& step) {
  if (step.link != none && plan.links[step.link].loss > 0) return &plan.links[step.link].name;
  for (const std::uint32_t from : caller_sites(plan, step)) {
    const std::uint32_t to = health.target(step.service, from);
    if (to == from) continue;
    const SiteLink& link = plan.site_links[plan.ways[from][to]];
    if (link.loss > 0) return &link.name;
  }
  return nullptr;
}

}  // namespace

Diagnostics waits_for_ever(const Plan& plan) {
  Findings findings;
  const Health health(plan);
  for (const Step& step : plan.steps) {
    if (step.service == none || step.parent == none || step.one_way || step.timeout != none)
      continue;
    if (const std::string* link = loses(plan, health, step))
      findings.add("/links/" + *link + "/loss",
                   fmt::format("the call '{}' goes over this link and has no time-out: whoever "
                               "loses it waits for ever",
                               step.name),
                   "give the call a \"timeout\"");
  }
  return findings.take();
}

Diagnostics beyond_this_world(const spec::Scenario& scenario) { return Limits(scenario).find(); }

}  // namespace springtide::models::chain
