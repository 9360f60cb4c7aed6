#include "models/chain/estimate/estimate.h"

#include <algorithm>
#include <cmath>

#include "models/chain/estimate/plan.h"
#include "models/findings.h"
#include "theory/caches.h"

namespace springtide::models::chain {
namespace estimate {
namespace {

// Names that the traffic needs; what else is wrong with a scenario is told when it is read.
class Names {
 public:
  explicit Names(const spec::Scenario& scenario) : scenario_(scenario) {}

  Diagnostics find() {
    for (const auto& [name, service] : scenario_.services) {
      if (!std::holds_alternative<spec::Station>(service.kind))
        findings_.add("/services/" + name + "/kind",
                      "an estimate is of services that are stations");
      check_node("/services/" + name + "/on", service.on);
    }
    for (const auto& [name, queue] : scenario_.queues) {
      check_node("/queues/" + name + "/on", queue.on);
      check_calls("/queues/" + name + "/deliver", queue.deliver);
    }
    for (const auto& [name, operation] : scenario_.operations)
      check_calls("/operations/" + name + "/calls", operation.calls);
    for (const auto& [name, clients] : scenario_.clients) check_clients(name, clients);
    if (scenario_.clients.empty()) findings_.add("/clients", "nobody asks for anything");
    return findings_.take();
  }

 private:
  void check_node(const std::string& pointer, const std::string& node) {
    if (!scenario_.nodes.contains(node)) findings_.add(pointer, "there is no node '" + node + "'");
  }
  void check_calls(const std::string& pointer, const std::vector<spec::Call>& calls) {
    for (const spec::Call& call : calls) {
      const std::string& at = call.written_at.empty() ? pointer : call.written_at;
      if (!call.parallel && !scenario_.services.contains(call.service) &&
          !scenario_.queues.contains(call.service))
        findings_.add(at, "there is no service '" + call.service + "'");
      check_calls(at, call.calls);
    }
  }
  void check_clients(const std::string& name, const spec::Clients& clients) {
    const auto known = [&](const std::string& operation, const std::string& where) {
      if (!scenario_.operations.contains(operation))
        findings_.add("/clients/" + name + where, "there is no operation '" + operation + "'");
    };
    if (clients.asks_shares.empty()) known(clients.asks, "/asks");
    for (const auto& [operation, _] : clients.asks_shares) known(operation, "/asks/" + operation);
    const auto* funnel = std::get_if<spec::FunnelPlan>(&clients.plan);
    if (funnel != nullptr && !funnel->static_asks.empty())
      known(funnel->static_asks, "/plan/funnel/static-asks");
    if (std::holds_alternative<spec::CuesPlan>(clients.plan))
      findings_.add("/clients/" + name + "/plan/cues",
                    "an estimate is not of a crowd that follows cues",
                    "it takes poisson, constant, renewal, closed, slots and funnel");
  }

  const spec::Scenario& scenario_;
  Findings findings_;
};

Hits first_hits(const spec::Scenario& scenario, const Geography& geography) {
  Hits hits;
  for (const auto& [name, cache] : scenario.caches)
    hits[name].assign(geography.count(), cache.hit_ratio ? cache.hit_ratio->value : 0);
  return hits;
}

// How often each cache is asked, in each site.
Hits asked(const Flow& flow, const std::vector<double>& sources, const Hits& like) {
  Hits rates = like;
  for (auto& [_, by_site] : rates) std::fill(by_site.begin(), by_site.end(), 0);
  for (const Root& root : flow.roots())
    for (const Visit& visit : root.visits)
      if (const auto cache = rates.find(visit.call->cache); cache != rates.end())
        cache->second[visit.from] += Flow::begins(root, sources) * visit.asked;
  return rates;
}

double hit_ratio(const spec::Cache& cache, double per_second, double age) {
  if (cache.hit_ratio) return cache.hit_ratio->value;
  theory::CacheLoad load;
  load.keys = static_cast<std::uint64_t>(std::max<std::int64_t>(cache.keys, 1));
  load.size = static_cast<std::uint64_t>(std::max<std::int64_t>(cache.size, 1));
  load.popularity = cache.popularity;
  load.per_second = per_second;
  if (cache.ttl) load.ttl = cache.ttl->seconds();
  load.age = age;
  load.preloaded = cache.preloaded;
  const auto means = theory::cache_means(load);
  return means ? means->hit_ratio : 0;
}

// A chain at given rates: what passes a cache decides how often the caches behind it are asked, so
// flow and hit ratios are found together.
struct Settled {
  Hits hits;
  Flow flow;
  Times times;
  bool solved = true;

  Settled(const spec::Scenario& scenario, const Geography& geography, const Demand& demand,
          const std::vector<double>& sources, double age)
      : hits(first_hits(scenario, geography)),
        flow(scenario, geography, demand),
        times(scenario, geography, hits) {
    constexpr int most = 20;
    for (int i = 0; i < most; ++i) {
      solved = flow.solve(hits);
      if (!solved || !update_hits(scenario, sources, age)) break;
    }
    if (solved) times.settle(flow, sources);
  }
  Settled(const Settled&) = delete;
  Settled& operator=(const Settled&) = delete;

 private:
  // Whether any has changed.
  bool update_hits(const spec::Scenario& scenario, const std::vector<double>& sources, double age) {
    bool changed = false;
    for (const auto& [name, rates] : asked(flow, sources, hits))
      for (std::size_t site = 0; site < rates.size(); ++site) {
        double& hit = hits[name][site];
        const double now = hit_ratio(scenario.caches.at(name), rates[site], age);
        changed = changed || std::abs(now - hit) > 1e-9;
        hit = now;
      }
    return changed;
  }
};

Response unloaded(const spec::Scenario& scenario, const Geography& geography) {
  return [&](const std::string& client, const std::string& operation) {
    const Hits hits = first_hits(scenario, geography);
    const Times times(scenario, geography, hits);
    const std::vector<double> shares = geography.shares(scenario.clients.at(client));
    double sum = 0;
    for (std::size_t site = 0; site < shares.size(); ++site)
      sum +=
          shares[site] * times.of_all(scenario.operations.at(operation).calls, client, site).mean;
    return sum;
  };
}

// Who gives way first; of equals by name.
void sort_links(std::vector<ChainLink>& links) {
  std::stable_sort(links.begin(), links.end(), [](const ChainLink& a, const ChainLink& b) {
    return a.utilisation() != b.utilisation() ? a.utilisation() > b.utilisation() : a.name < b.name;
  });
}

}  // namespace
}  // namespace estimate

Result<measure::Record> estimate_scenario(const spec::Scenario& scenario, std::uint64_t seed) {
  using namespace estimate;
  if (Diagnostics problems = Names(scenario).find(); !problems.empty()) return problems;
  const Geography geography(scenario);
  const Demand demand = demand_of(
      scenario, [&](const spec::Clients& clients) { return geography.shares(clients); },
      unloaded(scenario, geography));
  std::vector<double> peak, mean;
  for (const Source& source : demand.sources) {
    peak.push_back(demand.value(source, &Range::mid));
    mean.push_back(demand.mean(source, scenario.warmup, scenario.duration));
  }
  const auto middle = [](Duration a, Duration b) { return (a.seconds() + b.seconds()) / 2; };
  const Duration begin = std::max(demand.busiest.since_start(), scenario.warmup);
  const Settled busiest(scenario, geography, demand, peak,
                        middle(begin, std::max(demand.until.since_start(), begin)));
  if (!busiest.solved)
    return problem_at("/queues", "messages set off messages without end: there is no plan for it",
                      "a delivery must in the mean put less than one message");
  const Settled usual(scenario, geography, demand, mean,
                      middle(scenario.warmup, scenario.duration));
  auto links = links_of(scenario, geography, demand, busiest.flow, busiest.times, peak);
  const auto mean_links = links_of(scenario, geography, demand, usual.flow, usual.times, mean);
  sort_links(links);
  const Draws draws(demand, seed);
  return record_of({scenario, geography, demand, draws, busiest.hits, busiest.flow, busiest.times,
                    links, peak, mean, usual.times, mean_links});
}

}  // namespace springtide::models::chain
