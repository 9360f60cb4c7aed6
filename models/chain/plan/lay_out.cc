#include "models/chain/plan/lay_out.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "models/chain/control/resolve.h"
#include "models/chain/incidents/resolve.h"
#include "models/chain/plan/limits.h"
#include "models/chain/plan/steps.h"
#include "models/findings.h"

namespace springtide::models::chain {
namespace {

policy::Balancing balancing(spec::Balancing kind) {
  switch (kind) {
    case spec::Balancing::random: return policy::Balancing::random;
    case spec::Balancing::round_robin: return policy::Balancing::round_robin;
    case spec::Balancing::least_loaded: return policy::Balancing::least_loaded;
    case spec::Balancing::two_choices: break;
  }
  return policy::Balancing::two_choices;
}

Shed shed(const spec::Station& station) {
  Shed made;
  made.priority = station.shed->priority;
  if (station.shed->waiting && station.queue)
    made.waiting = static_cast<std::int64_t>(station.shed->waiting->value *
                                             static_cast<double>(*station.queue));
  if (station.shed->delay) made.delay = *station.shed->delay;
  return made;
}

class Builder {
 public:
  explicit Builder(const spec::Scenario& scenario) : scenario_(scenario) {}

  Result<Plan> build() {
    Diagnostics problems = beyond_this_world(scenario_);
    if (!problems.empty()) return problems;
    plan_.seed = scenario_.seed;
    plan_.window = {Instant{} + scenario_.warmup, Instant{} + scenario_.duration};
    name_sites();
    for (const auto& [name, node] : scenario_.nodes) add_node(name, node);
    for (const auto& [name, service] : scenario_.services) add_service(name, service);
    for (const auto& [name, queue] : scenario_.queues) add_queue(name, queue);
    for (const auto& [name, cache] : scenario_.caches) add_cache(name, cache);
    for (const auto& [name, clients] : scenario_.clients) add_clients(name, clients);
    for (std::uint32_t i = 0; i < plan_.queues.size(); ++i) add_deliveries(scenario_, i, plan_);
    if (problems = join_sites(); !problems.empty()) return problems;
    if (problems = add_playbooks(scenario_, plan_); !problems.empty()) return problems;
    if (problems = waits_for_ever(plan_); !problems.empty()) return problems;
    if (problems = add_incidents(scenario_, plan_); !problems.empty()) return problems;
    return std::move(plan_);
  }

 private:
  void name_sites() {
    std::set<std::string> names;
    for (const auto& [_, node] : scenario_.nodes)
      for (const auto& [site, _count] : node.sites) names.insert(site);
    for (const auto& [_, clients] : scenario_.clients)
      for (const auto& [site, _share] : clients.sites) names.insert(site);
    if (!names.empty()) plan_.sites.assign(names.begin(), names.end());
  }

  std::uint32_t site(const std::string& name) const {
    const auto at = std::find(plan_.sites.begin(), plan_.sites.end(), name);
    return at == plan_.sites.end() ? none : static_cast<std::uint32_t>(at - plan_.sites.begin());
  }

  // A node without sites stands in the first.
  std::vector<std::uint32_t> machines(const spec::Node& node) const {
    std::vector<std::uint32_t> count(plan_.sites.size());
    if (node.sites.empty()) count[0] = static_cast<std::uint32_t>(node.count);
    for (const auto& [name, machines] : node.sites)
      count[site(name)] = static_cast<std::uint32_t>(machines);
    return count;
  }

  void add_node(const std::string& name, const spec::Node& node) {
    NodePlan& made = plan_.nodes.emplace_back();
    made.name = name;
    made.machines = machines(node);
    if (node.network_card.bandwidth) made.card = node.network_card.bandwidth->bits_per_second;
    if (node.storage_bandwidth) made.disk = node.storage_bandwidth->bits_per_second;
  }

  std::uint32_t node_number(const std::string& name) const {
    const auto at = std::find_if(plan_.nodes.begin(), plan_.nodes.end(),
                                 [&](const NodePlan& one) { return one.name == name; });
    return static_cast<std::uint32_t>(at - plan_.nodes.begin());
  }

  void add_service(const std::string& name, const spec::Service& service) {
    const auto& station = std::get<spec::Station>(service.kind);
    const spec::Node& node = scenario_.nodes.at(service.on);
    const std::uint32_t number = node_number(service.on);
    ServicePlan& made = plan_.services.emplace_back();
    made.name = name;
    made.speed_spread = node.speed_spread.value;
    made.time = station.time;
    made.time_by_priority = station.time_by_priority;
    made.discipline = station.discipline;
    made.last_first = station.discipline == spec::Discipline::lifo;
    made.balancing = balancing(station.balancing);
    made.holds_worker = station.holds_worker;
    made.failover = station.failover;
    made.workers = node.workers;
    if (station.queue) made.queue_limit = *station.queue;
    for (const auto& [bulkhead, workers] : station.bulkheads)
      made.bulkheads.emplace_back(bulkhead, workers);
    if (station.rate_limit)
      made.rate_limit = RateLimit{station.rate_limit->rate.per_second,
                                  static_cast<double>(station.rate_limit->burst)};
    if (station.shed) made.shed = shed(station);
    made.machines = plan_.nodes[number].machines;
    made.node = number;
    made.storage_bytes = station.storage_bytes.count;
  }

  // Calls reach it as they reach a service.
  void add_queue(const std::string& name, const spec::MessageQueue& queue) {
    QueuePlan& made = plan_.queues.emplace_back();
    made.name = name;
    made.service = static_cast<std::uint32_t>(plan_.services.size());
    made.consumers = queue.consumers;
    made.bytes = queue.bytes.count;
    made.copies = static_cast<std::uint32_t>(queue.copies);
    if (queue.retention) made.retention = *queue.retention;
    if (queue.capacity) made.capacity = *queue.capacity;
    made.persists = queue.persist;
    made.drops_oldest = queue.over == spec::MessageQueue::Over::drop_oldest;
    if (const auto found = scenario_.reconciliation.find(name);
        found != scenario_.reconciliation.end())
      made.reconciliation = {found->second.every,
                             Duration::from_seconds(1 / found->second.rate.per_second),
                             found->second.after};
    ServicePlan& reached = plan_.services.emplace_back();
    reached.name = name;
    reached.node = node_number(queue.on);
    reached.machines = plan_.nodes[reached.node].machines;
    reached.queue = static_cast<std::uint32_t>(plan_.queues.size() - 1);
  }

  void add_cache(const std::string& name, const spec::Cache& cache) {
    CachePlan& made = plan_.caches.emplace_back();
    made.name = name;
    made.time = cache.time;
    if (cache.hit_ratio) {
      made.hit_ratio = cache.hit_ratio->value;
      return;
    }
    made.keys = static_cast<std::uint64_t>(std::max<std::int64_t>(cache.keys, 1));
    made.size = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(cache.size), 1, made.keys);
    made.popularity = cache.popularity;
    if (cache.ttl) made.ttl = *cache.ttl;
    made.preloaded = cache.preloaded;
    made.coalesce = cache.coalesce;
  }

  void add_clients(const std::string& name, const spec::Clients& clients) {
    const auto number = static_cast<std::uint32_t>(plan_.clients.size());
    ClientPlan made;
    made.name = name;
    made.plan = clients.plan;
    made.priority = static_cast<std::uint8_t>(clients.priority);
    made.deadline = clients.deadline;
    made.share = shares(clients);
    made.first_asker = static_cast<std::uint32_t>(plan_.askers.size());
    if (clients.asks_shares.empty()) add_asker(number, clients, clients.asks, 1);
    for (const auto& [operation, share] : clients.asks_shares)
      add_asker(number, clients, operation, share.value);
    made.last_asker = static_cast<std::uint32_t>(plan_.askers.size());
    if (const auto* funnel = std::get_if<spec::FunnelPlan>(&clients.plan))
      add_funnel(number, clients, *funnel, made);
    plan_.clients.push_back(std::move(made));
  }

  void add_asker(std::uint32_t client, const spec::Clients& clients, const std::string& operation,
                 double share) {
    const std::uint32_t root = add_operation(
        scenario_, operation, clients, static_cast<std::uint32_t>(plan_.askers.size()), plan_);
    plan_.askers.push_back({client, operation, root, share});
  }

  // Those who see and click are a Poisson stream of clicks.
  void add_funnel(std::uint32_t client, const spec::Clients& clients,
                  const spec::FunnelPlan& funnel, ClientPlan& made) {
    spec::PoissonPlan clicks;
    for (const auto& [from, exposures] : funnel.exposures)
      clicks.rate[from] = Rate{exposures.mid.per_second * funnel.clicks.mid.value};
    made.plan = clicks;
    made.click.emplace();
    for (const auto& [from, exposures] : funnel.exposures)
      made.click->exposures[from] = exposures.mid;
    made.click->requests = funnel.dynamic.mid;
    made.click->between = funnel.between;
    if (funnel.static_asks.empty()) return;
    made.click->static_requests = funnel.static_requests.mid;
    made.click->static_asker = static_cast<std::uint32_t>(plan_.askers.size());
    add_asker(client, clients, funnel.static_asks, 0);
  }

  std::vector<double> shares(const spec::Clients& clients) const {
    std::vector<double> share(plan_.sites.size());
    for (const auto& [name, part] : clients.sites) share[site(name)] = part.value;
    if (clients.sites.empty())
      share.assign(plan_.sites.size(), 1.0 / static_cast<double>(plan_.sites.size()));
    return share;
  }

  // The least delay of a link between two sites bounds the engine's window.
  Diagnostics join_sites() {
    const std::size_t count = plan_.sites.size();
    Diagnostics problems;
    plan_.delays.assign(count, std::vector<Duration>(count));
    plan_.ways.assign(count, std::vector<std::uint32_t>(count, none));
    for (std::size_t from = 0; from < count; ++from)
      for (std::size_t to = from + 1; to < count; ++to) join(from, to, problems);
    return problems;
  }

  void join(std::size_t from, std::size_t to, Diagnostics& problems) {
    for (const auto& [name, link] : scenario_.links) {
      const bool there = link.from == plan_.sites[from] && link.to == plan_.sites[to];
      const bool back = link.from == plan_.sites[to] && link.to == plan_.sites[from];
      if (!there && !back) continue;
      const Duration least = link.delay.minimum();
      if (least <= Duration{})
        problems.push_back(problem_at("/links/" + name + "/delay",
                                      "a link between sites has a least delay above zero",
                                      "a constant, uniform or pareto delay has one"));
      plan_.delays[from][to] = plan_.delays[to][from] = least;
      plan_.ways[from][to] = plan_.ways[to][from] =
          static_cast<std::uint32_t>(plan_.site_links.size());
      SiteLink& made =
          plan_.site_links.emplace_back(SiteLink{name, link.delay, link.loss.value, {}});
      if (link.bandwidth) made.bandwidth = link.bandwidth->bits_per_second;
      return;
    }
    problems.push_back(problem_at("/links", fmt::format("no link joins the sites '{}' and '{}'",
                                                        plan_.sites[from], plan_.sites[to])));
  }

  const spec::Scenario& scenario_;
  Plan plan_;
};

}  // namespace

Result<Plan> lay_out(const spec::Scenario& scenario) { return Builder(scenario).build(); }

}  // namespace springtide::models::chain
