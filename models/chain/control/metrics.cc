#include "models/chain/control/metrics.h"

#include <algorithm>
#include <map>

#include "measure/record.h"

namespace springtide::models::chain {
namespace {

using Of = MetricPlan::Of;

struct Name {
  const char* suffix;
  Of of;
};

constexpr Name of_services[] = {
    {".arrivals", Of::arrivals},
    {".carried", Of::carried},
    {".turned-away", Of::turned_away},
    {".queue", Of::queue},
    {".busy", Of::busy},
    {".utilisation", Of::utilisation},
    {".latency", Of::service_latency},
};
constexpr Name of_operations[] = {
    {".requests", Of::requests}, {".answered", Of::answered}, {".goodput", Of::goodput},
    {".degraded", Of::degraded}, {".refused", Of::refused},   {".timed-out", Of::timed_out},
    {".failed", Of::failed},     {".latency", Of::latency},
};

constexpr Name of_queues[] = {
    {".backlog", Of::backlog},     {".put", Of::put},   {".refused", Of::put_refused},
    {".delivered", Of::delivered}, {".lost", Of::lost},
};

bool is_of_service(Of of) { return of <= Of::service_latency; }

Reading of_service(Of of, std::size_t number, const ServiceCounts& counts) {
  const auto held = [&](const station::Levels& levels) {
    return static_cast<std::int64_t>(levels.in(number).served);
  };
  switch (of) {
    case Of::arrivals: return {counts.arrived_by_second.in(number), 0};
    case Of::carried: return {counts.carried_by_second.in(number), 0};
    case Of::turned_away: return {counts.turned_away_by_second.in(number), 0};
    case Of::queue: return {static_cast<std::int64_t>(counts.levels.in(number).waiting), 0};
    case Of::busy: return {held(counts.levels), 0};
    case Of::utilisation: return {held(counts.levels), held(counts.capacity)};
    default: return {counts.latency_by_second.in(number), counts.carried_by_second.in(number)};
  }
}

Reading of_operation(Of of, std::size_t number, const RequestCounts& counts) {
  const auto ended = [&](Outcome outcome) {
    return counts.ended_by_second[static_cast<std::size_t>(outcome)].in(number);
  };
  const std::int64_t answers = ended(Outcome::answered) + ended(Outcome::degraded);
  switch (of) {
    case Of::requests: return {counts.offers.by_second.in(number), 0};
    case Of::answered: return {answers, 0};
    case Of::goodput: return {counts.good_by_second.in(number), 0};
    case Of::degraded: return {ended(Outcome::degraded), 0};
    case Of::refused: return {ended(Outcome::refused), 0};
    case Of::timed_out: return {ended(Outcome::timed_out), 0};
    case Of::failed: return {ended(Outcome::failed), 0};
    default: return {counts.latency_by_second.in(number), answers};
  }
}

Reading of_device(Of of, std::size_t number, std::uint32_t node, const Devices& devices) {
  const auto busy = [&](Device kind) {
    return devices.has(kind, node) ? devices.counts(kind, node).busy.in(number) : 0;
  };
  if (of == Of::disk) return {busy(Device::disk), 0};
  return {busy(Device::card_in), busy(Device::card_out)};
}

Reading of_queue(Of of, std::size_t number, const QueueCounts& counts) {
  switch (of) {
    case Of::backlog: return {static_cast<std::int64_t>(counts.levels.in(number).waiting), 0};
    case Of::put: return {counts.put_by_second.in(number), 0};
    case Of::put_refused: return {counts.refused_by_second.in(number), 0};
    case Of::delivered: return {counts.delivered_by_second.in(number), 0};
    default: return {counts.lost_by_second.in(number), 0};
  }
}

// Of all sites, and where there are several of each.
void add_device(const Plan& plan, std::uint32_t number, Of of, std::vector<MetricPlan>& made) {
  const NodePlan& node = plan.nodes[number];
  const std::string name = (of == Of::card ? "card." : "disk.") + node.name;
  std::int64_t machines = 0;
  for (const std::uint32_t count : node.machines) machines += count;
  made.push_back({name + ".utilisation", of, {number}, none, machines});
  if (plan.sites.size() == 1) return;
  for (std::uint32_t site = 0; site < plan.sites.size(); ++site)
    if (node.machines[site] > 0)
      made.push_back({name + "." + plan.sites[site] + ".utilisation",
                      of,
                      {number},
                      site,
                      node.machines[site]});
}

}  // namespace

std::vector<MetricPlan> all_metrics(const Plan& plan) {
  std::vector<MetricPlan> made;
  std::map<std::string, std::vector<std::uint32_t>> askers;
  for (std::uint32_t i = 0; i < plan.askers.size(); ++i)
    askers[plan.askers[i].operation].push_back(i);
  for (const auto& [operation, who] : askers)
    for (const Name& name : of_operations) made.push_back({operation + name.suffix, name.of, who});
  for (std::uint32_t i = 0; i < plan.services.size(); ++i) {
    const ServicePlan& service = plan.services[i];
    if (service.queue != none) continue;
    for (const Name& name : of_services) made.push_back({service.name + name.suffix, name.of, {i}});
    if (plan.sites.size() == 1) continue;
    for (std::uint32_t site = 0; site < plan.sites.size(); ++site)
      if (service.machines[site] > 0)
        for (const Name& name : of_services)
          made.push_back({service.name + "." + plan.sites[site] + name.suffix, name.of, {i}, site});
  }
  for (std::uint32_t i = 0; i < plan.nodes.size(); ++i) {
    if (plan.nodes[i].card) add_device(plan, i, Of::card, made);
    if (plan.nodes[i].disk) add_device(plan, i, Of::disk, made);
  }
  for (std::uint32_t i = 0; i < plan.queues.size(); ++i)
    for (const Name& name : of_queues)
      made.push_back({"queue." + plan.queues[i].name + name.suffix, name.of, {i}});
  return made;
}

spec::Bound::Unit unit_of(Of of) {
  switch (of) {
    case Of::queue:
    case Of::backlog:
    case Of::busy: return spec::Bound::Unit::none;
    case Of::utilisation:
    case Of::card:
    case Of::disk: return spec::Bound::Unit::share;
    case Of::service_latency:
    case Of::latency: return spec::Bound::Unit::seconds;
    default: return spec::Bound::Unit::per_second;
  }
}

double value_of(const MetricPlan& metric, const Reading& sum) {
  const auto amount = static_cast<double>(sum.amount);
  const auto over_base = [&](double scale) {
    return sum.base > 0 ? amount * scale / static_cast<double>(sum.base) : measure::missing;
  };
  switch (metric.of) {
    case Of::card:
    case Of::disk:
      return static_cast<double>(std::max(sum.amount, sum.base)) * 1e-9 /
             static_cast<double>(metric.machines);
    case Of::queue:
    case Of::backlog:
    case Of::busy: return amount * 1e-9;
    case Of::utilisation: return over_base(1);
    case Of::service_latency:
    case Of::latency: return over_base(1e-9);
    default: return amount;
  }
}

Reading read(const MetricPlan& metric, std::size_t number, const Seen& seen) {
  if (is_of_service(metric.of))
    return of_service(metric.of, number, seen.stations.counts(metric.who.front()));
  if (metric.of == Of::card || metric.of == Of::disk)
    return of_device(metric.of, number, metric.who.front(), seen.devices);
  if (metric.of >= Of::backlog)
    return of_queue(metric.of, number, seen.queues.counts(metric.who.front()));
  Reading sum;
  for (const std::uint32_t asker : metric.who) {
    const Reading one = of_operation(metric.of, number, seen.requests.counts()[asker]);
    sum.amount += one.amount;
    sum.base += one.base;
  }
  return sum;
}

}  // namespace springtide::models::chain
