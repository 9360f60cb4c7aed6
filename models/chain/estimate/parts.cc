// Queues, caches, inputs and what is left out, as tables.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>

#include "models/chain/estimate/plan.h"

namespace springtide::models::chain::estimate {
namespace {

std::string number(double value) { return fmt::format("{:.6g}", value); }

// The deliveries of a queue in a site; null where it has none there.
const Root* deliveries_of(const Estimate& estimate, const std::string& queue, std::size_t site) {
  for (const Root& root : estimate.flow.roots())
    if (root.client.empty() && root.name == queue && root.site == site) return &root;
  return nullptr;
}

// What share of the deliveries the workers on their way can serve, others' calls served alike.
double share_served(const Estimate& estimate, const Root& deliveries) {
  double utilisation = 1;
  for (const Visit& visit : deliveries.visits) {
    const auto pool =
        estimate.times.pools().find({visit.call->service, visit.call->bulkhead, visit.to});
    if (pool != estimate.times.pools().end())
      utilisation = std::max(utilisation, pool->second.utilisation());
  }
  return 1 / utilisation;
}

// Where calls do what the plan does not count, by what it is.
class LeftOut {
 public:
  void add(const std::string& where, const std::vector<spec::Call>& calls) {
    for (const spec::Call& call : calls) {
      const std::string at = where + "/" + (call.parallel ? "group" : call.service);
      if (call.retries.attempts > 1) found["retries"].insert(at);
      if (call.hedge) found["hedges"].insert(at);
      if (call.timeout) found["time-outs"].insert(at);
      if (call.breaker) found["breakers"].insert(at);
      if (call.fallback) found["fallbacks"].insert(at);
      add(at, call.calls);
    }
  }
  std::map<std::string, std::set<std::string>> found;
};

std::string shortened(const std::set<std::string>& names) {
  constexpr std::size_t most = 4;
  std::string text;
  std::size_t told = 0;
  for (const std::string& name : names) {
    if (told == most) return text + fmt::format(" and {} more", names.size() - most);
    text += (told++ > 0 ? ", " : "") + name;
  }
  return text;
}

}  // namespace

Table queues_table(const Estimate& estimate) {
  const double allowed = estimate.scenario.planning.utilisation.value;
  Table table{{"queue", "puts/s", "low", "high", "delivery, ms", "consumers there",
               "consumers needed", "backlog grows, messages/s", "at high", "fills storage in, s"}};
  for (const auto& [name, queue] : estimate.scenario.queues)
    for (std::size_t site = 0; site < estimate.geography.count(); ++site) {
      const Root* root = deliveries_of(estimate, name, site);
      if (!root) continue;
      const double puts = Flow::begins(*root, estimate.sources);
      const Spread spread = spread_of(estimate.draws.sums(root->per_source));
      const double delivery = estimate.times.of_all(queue.deliver, name, site).mean;
      double most = delivery > 0 ? static_cast<double>(queue.consumers) / delivery : 0;
      if (const double served = share_served(estimate, *root); served < 1)
        most = std::min(most, puts * served);
      const auto grows = [&, &deliver = queue.deliver](double rate) {
        return deliver.empty() ? rate : delivery > 0 ? std::max(rate - most, 0.0) : 0;
      };
      const spec::Node& node = estimate.scenario.nodes.at(queue.on);
      const double space = static_cast<double>(node.storage.count) *
                           static_cast<double>(estimate.geography.machines(queue.on, site));
      const double filled = puts * static_cast<double>(queue.bytes.count) * queue.copies;
      table.push_back({estimate.geography.label(name, site), number(puts), number(spread.low),
                       number(spread.high), number(1e3 * delivery), fmt::to_string(queue.consumers),
                       number(std::max(0.0, std::ceil(puts * delivery / allowed - 1e-9))),
                       number(grows(puts)), number(grows(spread.high)),
                       space > 0 && filled > 0 ? number(space / filled) : ""});
    }
  return table;
}

Table caches_table(const Estimate& estimate) {
  Table table{{"cache", "asked/s", "hits, %", "how it is known"}};
  for (const auto& [name, hits] : estimate.hits)
    for (std::size_t site = 0; site < hits.size(); ++site) {
      double asked = 0;
      for (const Root& root : estimate.flow.roots())
        for (const Visit& visit : root.visits)
          if (visit.call->cache == name && visit.from == site)
            asked += Flow::begins(root, estimate.sources) * visit.asked;
      const bool given = estimate.scenario.caches.at(name).hit_ratio.has_value();
      table.push_back({estimate.geography.label(name, site), number(asked),
                       number(100 * hits[site]),
                       given ? "given" : "Che's approximation at the rate of mid"});
    }
  return table;
}

Table inputs_table(const Estimate& estimate) {
  Table table{{"input", "mid", "low", "high", "unit", "confidence, %"}};
  for (const Factor& factor : estimate.demand.factors) {
    const Range& range = factor.value;
    if (range.low == range.high) continue;
    table.push_back({factor.client + " " + factor.name, number(range.mid), number(range.low),
                     number(range.high), factor.unit, number(100 * range.confidence.value)});
  }
  return table;
}

Table not_planned_table(const Estimate& estimate) {
  const spec::Scenario& scenario = estimate.scenario;
  LeftOut left_out;
  for (const auto& [name, operation] : scenario.operations) left_out.add(name, operation.calls);
  for (const auto& [name, queue] : scenario.queues) left_out.add(name, queue.deliver);
  for (const auto& [name, clients] : scenario.clients) {
    if (clients.retries.attempts > 1) left_out.found["retries of users"].insert(name);
    if (clients.patience) left_out.found["patience of users"].insert(name);
  }
  for (const auto& [name, playbook] : scenario.playbooks)
    if (playbook.enabled) left_out.found["playbooks"].insert(name);
  for (const auto& [name, incident] : scenario.incidents)
    if (incident.enabled) left_out.found["incidents"].insert(name);
  for (const auto& [name, cache] : scenario.caches)
    if (cache.keys > 0) left_out.found["misses of one key at once"].insert(name);
  Table table{{"not planned", "number", "where"}};
  for (const auto& [what, where] : left_out.found)
    table.push_back({what, fmt::to_string(where.size()), shortened(where)});
  for (const std::string& note : estimate.demand.notes)
    table.push_back({"closed clients", "", note});
  return table;
}

}  // namespace springtide::models::chain::estimate
