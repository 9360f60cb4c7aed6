// The estimate as a record: tables of the busiest moment, figures that a run measures too.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "models/chain/estimate/estimate.h"
#include "models/chain/estimate/plan.h"
#include "models/phases.h"

namespace springtide::models::chain {
namespace estimate {
namespace {

// Ten digits: what the solver's order of operations leaves in the last ones is not told.
double rounded(double value) {
  if (value == 0 || !std::isfinite(value)) return value;
  return std::stod(fmt::format("{:.10g}", value));
}

class Writer {
 public:
  explicit Writer(const Estimate& estimate) : estimate_(estimate), scenario_(estimate.scenario) {}

  measure::Record write() {
    record_.title = scenario_.title;
    record_.clock_at_start = scenario_.start_clock;
    record_.duration = scenario_.duration;
    add_operations();
    for (const Source& source : estimate_.demand.sources) add_funnel(source);
    add_services();
    add_devices();
    add_caches();
    add_headline();
    add_phases(scenario_, record_);
    add_tables();
    return std::move(record_);
  }

 private:
  void figure(std::string name, double value, const char* unit, std::string about) {
    record_.figures.push_back({std::move(name), rounded(value), unit, std::move(about), {}});
  }

  template <typename ValueAt>
  void series(std::string name, const char* unit, const char* about, ValueAt&& value_at) {
    measure::Series made{std::move(name), unit, about, {}};
    for (std::int64_t i = 0; i * second.ns < scenario_.duration.ns; ++i)
      made.values.push_back(rounded(value_at(second * i)));
    record_.series.push_back(std::move(made));
  }

  void add_operations() {
    for (const auto& [name, operation] : scenario_.operations) {
      bool is_asked = false;
      for (const Asker& asker : estimate_.demand.askers) is_asked |= asker.operation == name;
      if (!is_asked) continue;
      series(name + ".requests", "requests/s", "Requests that are expected in this second.",
             [&, &operation_name = name](Duration at) {
               double sum = 0;
               for (const Asker& asker : estimate_.demand.askers)
                 if (asker.operation == operation_name)
                   sum += asker.share *
                          estimate_.demand.value_at(estimate_.demand.sources[asker.source], at);
               return sum;
             });
      add_response(name);
    }
  }

  void add_response(const std::string& name) {
    double sum = 0, weight = 0;
    for (const Asker& asker : estimate_.demand.askers) {
      if (asker.operation != name) continue;
      for (std::size_t site = 0; site < asker.by_site.size(); ++site) {
        const double rate =
            asker.share * asker.by_site[site] * estimate_.mean_sources[asker.source];
        weight += rate;
        sum += rate *
               estimate_.mean_times.of_all(scenario_.operations.at(name).calls, asker.client, site)
                   .mean;
      }
    }
    if (weight > 0)
      figure(name + ".latency.mean", 1e3 * sum / weight, "ms",
             "Mean response time, by two moments (G/G/c), over the measured time.");
  }

  // The product of the first so many factors of a source, second by second.
  void add_part(const Source& source, std::size_t factors, const char* what, const char* unit,
                const char* about) {
    Source part = source;
    part.factors.resize(factors);
    const std::string name = source.client + "." + what;
    for (const measure::Series& one : record_.series)
      if (one.name == name) return;
    series(name, unit, about, [&](Duration at) { return estimate_.demand.value_at(part, at); });
  }

  void add_funnel(const Source& source) {
    if (source.name == "dynamic requests" || source.name == "static requests") {
      add_part(source, 1, "exposures", "exposures/s", "Who sees it.");
      add_part(source, 2, "clicks", "clicks/s", "Who clicks.");
    }
    if (source.name == "dynamic requests")
      add_part(source, 3, "dynamic", "requests/s", "Requests of operations.");
    if (source.name == "static requests")
      add_part(source, 3, "static", "requests/s", "Requests of static resources.");
  }

  // All pools of a service in a site together, as a run measures them.
  void add_services() {
    for (const auto& [name, _] : scenario_.services)
      for (std::size_t site = 0; site < estimate_.geography.count(); ++site) {
        double busy = 0, workers = 0, calls = 0;
        for (const auto& [key, pool] : estimate_.mean_times.pools()) {
          if (std::get<0>(key) != name || std::get<2>(key) != site) continue;
          busy += pool.busy;
          calls += pool.calls;
          workers += static_cast<double>(pool.machines * pool.workers);
        }
        if (workers <= 0) continue;
        const std::string label = estimate_.geography.label(name, site);
        figure(label + ".utilisation", busy / workers, "", "Share of the workers that are busy.");
        figure(label + ".arrivals", calls, "requests/s", "Calls that reach the service.");
      }
  }

  // Of a card the busier direction, as a run measures it.
  void add_devices() {
    std::map<std::string, double> most;
    for (const ChainLink& link : estimate_.mean_links) {
      if ((link.kind != "card" && link.kind != "disk") || link.capacity <= 0) continue;
      const bool card = link.kind == "card";
      const std::string name = card ? link.name.substr(0, link.name.rfind('.')) : link.name;
      double& share = most[name];
      share = std::max(share, link.utilisation());
    }
    for (const auto& [name, share] : most)
      figure(name + ".utilisation", share, "", "Share of the bandwidth, in its busier direction.");
  }

  void add_caches() {
    for (const auto& [name, hits] : estimate_.hits) {
      double sum = 0;
      for (const double share : hits) sum += share;
      if (scenario_.caches.at(name).hit_ratio || hits.size() == 1)
        figure("cache." + name + ".hit-ratio", sum / static_cast<double>(hits.size()), "",
               "Share of the calls that the cache answers.");
    }
  }

  void add_headline() {
    static constexpr std::pair<const char*, const char*> ranks[] = {{"estimate.first", "first"},
                                                                    {"estimate.next", "next"}};
    for (std::size_t i = 0; i < std::size(ranks) && i < estimate_.links.size(); ++i) {
      const ChainLink& link = estimate_.links[i];
      if (link.utilisation() > 0)
        figure(std::string(ranks[i].first) + ".factor", 1 / link.utilisation(), "",
               fmt::format("What comes in may grow so many times until {} gives way ({}).",
                           link.name, ranks[i].second));
    }
  }

  void add_tables() {
    const std::pair<const char*, Table (*)(const Estimate&)> tables[] = {
        {"plan.funnel", funnel_table}, {"plan.operations", operations_table},
        {"plan.links", links_table},   {"plan.services", services_table},
        {"plan.queues", queues_table}, {"plan.caches", caches_table},
        {"plan.inputs", inputs_table}, {"plan.not-planned", not_planned_table}};
    for (const auto& [name, make] : tables)
      if (Table table = make(estimate_); table.size() > 1) record_.tables[name] = std::move(table);
  }

  const Estimate& estimate_;
  const spec::Scenario& scenario_;
  measure::Record record_;
};

}  // namespace

measure::Record record_of(const Estimate& estimate) { return Writer(estimate).write(); }

}  // namespace estimate

bool holds(const measure::Record& estimate) {
  for (const measure::Figure& figure : estimate.figures)
    if (figure.name == "estimate.first.factor") return figure.value >= 1;
  return true;
}

}  // namespace springtide::models::chain
