// What comes in, and the links that carry it, as tables.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "models/chain/estimate/plan.h"

namespace springtide::models::chain::estimate {
namespace {

std::string number(double value) { return fmt::format("{:.6g}", value); }
std::string percent(double share) { return fmt::format("{:.1f}", 100 * share); }

std::string sure(const Range& range) {
  return range.low == range.high ? "" : number(100 * range.confidence.value);
}

class FunnelTable {
 public:
  explicit FunnelTable(const Estimate& estimate) : estimate_(estimate) {}

  Table make() {
    for (std::size_t i = 0; i < estimate_.demand.sources.size(); ++i)
      if (estimate_.demand.sources[i].unit != "entries") add(estimate_.demand.sources[i], i);
    return std::move(table_);
  }

 private:
  // The factors that stand in no row yet, then what comes of them.
  void add(const Source& source, std::size_t number_of_source) {
    for (const std::size_t factor : source.factors) {
      if (std::find(told_.begin(), told_.end(), factor) != told_.end()) continue;
      told_.push_back(factor);
      add_factor(estimate_.demand.factors[factor]);
    }
    const Spread spread = spread_of(estimate_.draws.sources()[number_of_source]);
    const auto value = [&](double Range::*which) {
      return number(estimate_.demand.value(source, which));
    };
    const bool exact = spread.low == spread.high;
    table_.push_back({source.client, source.name, value(&Range::mid),
                      exact ? value(&Range::mid) : number(spread.low),
                      exact ? value(&Range::mid) : number(spread.high), source.unit,
                      exact ? "" : number(100 * level), value(&Range::low), value(&Range::high),
                      exact ? "" : percent(estimate_.draws.all_within(source))});
  }
  void add_factor(const Factor& factor) {
    const Range& range = factor.value;
    table_.push_back({factor.client, factor.name, number(range.mid), number(range.low),
                      number(range.high), factor.unit, sure(range), "", "", ""});
  }

  const Estimate& estimate_;
  std::vector<std::size_t> told_;
  Table table_{{"clients", "what", "mid", "low", "high", "unit", "confidence, %", "all low",
                "all high", "all within, %"}};
};

// Requests per second of an operation at given rates of the sources.
double asked(const Estimate& estimate, const std::string& operation,
             const std::vector<double>& sources) {
  double sum = 0;
  for (const Asker& asker : estimate.demand.askers)
    if (asker.operation == operation) sum += asker.share * sources[asker.source];
  return sum;
}

std::vector<double> asked_per_source(const Estimate& estimate, const std::string& operation) {
  std::vector<double> share(estimate.demand.sources.size());
  for (const Asker& asker : estimate.demand.askers)
    if (asker.operation == operation) share[asker.source] += asker.share;
  return share;
}

// As its clients see it, over all that ask it.
double response_ms(const Estimate& estimate, const std::string& operation) {
  double sum = 0, weight = 0;
  for (const Asker& asker : estimate.demand.askers) {
    if (asker.operation != operation) continue;
    for (std::size_t site = 0; site < asker.by_site.size(); ++site) {
      const double rate = asker.share * asker.by_site[site] * estimate.sources[asker.source];
      weight += rate;
      sum +=
          rate * estimate.times
                     .of_all(estimate.scenario.operations.at(operation).calls, asker.client, site)
                     .mean;
    }
  }
  return weight > 0 ? 1e3 * sum / weight : 0;
}

// What one machine, or consumer, is planned to carry, goes into the load so often.
std::string needed(const Estimate& estimate, const ChainLink& link) {
  if (link.capacity <= 0 || link.units <= 0) return "";
  const double each = link.capacity / static_cast<double>(link.units) *
                      estimate.scenario.planning.utilisation.value;
  return number(std::ceil(link.load / each - 1e-9));
}

}  // namespace

Table funnel_table(const Estimate& estimate) { return FunnelTable(estimate).make(); }

Table operations_table(const Estimate& estimate) {
  const spec::Scenario& scenario = estimate.scenario;
  Table table{{"operation", "requests/s", "low", "high", "response, ms"}};
  for (const auto& [phase, _] : scenario.phases) table.front().push_back(phase + ", requests/s");
  for (const auto& [name, _] : scenario.operations) {
    const Spread spread = spread_of(estimate.draws.sums(asked_per_source(estimate, name)));
    const double mid = asked(estimate, name, estimate.sources);
    if (mid <= 0 && spread.high <= 0) continue;
    table.push_back({name, number(mid), number(spread.low), number(spread.high),
                     number(response_ms(estimate, name))});
    for (const auto& [_phase, span] : scenario.phases) {
      std::vector<double> mean;
      for (const Source& source : estimate.demand.sources)
        mean.push_back(estimate.demand.mean(source, span.from, span.to));
      table.back().push_back(number(asked(estimate, name, mean)));
    }
  }
  return table;
}

Table links_table(const Estimate& estimate) {
  const double allowed = estimate.scenario.planning.utilisation.value;
  Table table{{"link", "kind", "utilisation, %", "gives way at, x", "planned up to, x", "there",
               "needed", "of", "chance to give way, %", "load", "low", "high", "capacity", "unit"}};
  for (const ChainLink& link : estimate.links) {
    const std::vector<double> draws = estimate.draws.sums(link.per_source);
    const Spread spread = spread_of(draws);
    const bool bounded = link.capacity > 0;
    const bool grows = bounded && link.load > 0;
    table.push_back({link.name, link.kind, bounded ? percent(link.utilisation()) : "",
                     grows ? number(1 / link.utilisation()) : "",
                     grows ? number(allowed / link.utilisation()) : "",
                     link.units > 0 ? fmt::to_string(link.units) : "", needed(estimate, link),
                     link.what_units, bounded ? percent(share_above(draws, link.capacity)) : "",
                     number(link.load), number(spread.low), number(spread.high),
                     bounded ? number(link.capacity) : "", link.unit});
  }
  return table;
}

Table services_table(const Estimate& estimate) {
  const double allowed = estimate.scenario.planning.utilisation.value;
  Table table{{"service", "calls/s", "held, ms", "wait, ms", "busy workers", "workers there",
               "workers needed", "machines there", "machines needed", "state"}};
  for (const auto& [key, pool] : estimate.times.pools()) {
    const auto& [service, bulkhead, site] = key;
    const std::string name = bulkhead.empty() ? service : service + "/" + bulkhead;
    const double workers = std::ceil(pool.busy / allowed - 1e-9);
    const double machines = std::ceil(workers / static_cast<double>(pool.workers) - 1e-9);
    table.push_back({estimate.geography.label(name, site), number(pool.calls),
                     number(1e3 * pool.held()), pool.saturated ? "" : number(1e3 * pool.wait.mean),
                     number(pool.busy), fmt::to_string(pool.machines * pool.workers),
                     number(workers), fmt::to_string(pool.machines), number(machines),
                     pool.saturated                     ? "saturated"
                     : machines > double(pool.machines) ? "above plan"
                                                        : "as planned"});
  }
  return table;
}

}  // namespace springtide::models::chain::estimate
