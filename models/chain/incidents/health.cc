#include "models/chain/incidents/health.h"

#include <limits>

namespace springtide::models::chain {

Health::Health(const Plan& plan)
    : plan_(plan),
      lost_sites_(plan.sites.size()),
      cuts_(plan.sites.size(), std::vector<std::int32_t>(plan.sites.size())) {
  for (const ServicePlan& service : plan.services) {
    std::vector<Machines>& sites = services_.emplace_back();
    for (std::uint32_t site = 0; site < plan.sites.size(); ++site) {
      Machines& machines = sites.emplace_back();
      machines.reasons.assign(service.places(site), 0);
      machines.count = service.machines[site];
      machines.find_up();
    }
  }
}

void Health::Machines::find_up() {
  up.clear();
  for (std::uint32_t i = 0; i < count; ++i)
    if (reasons[i] == 0) up.push_back(i);
}

void Health::set_machines(std::uint32_t service, std::uint32_t count) {
  for (std::uint32_t site = 0; site < plan_.sites.size(); ++site) {
    Machines& machines = services_[service][site];
    const std::uint32_t planned = plan_.services[service].machines[site];
    const std::uint32_t wanted = count > 0 && planned > 0 ? count : planned;
    if (wanted == machines.count) continue;
    machines.count = wanted;
    machines.find_up();
  }
}

void Health::lose(const MachineRange& range, int by) {
  Machines& machines = services_[range.service][range.site];
  for (std::uint32_t i = range.first; i < range.last; ++i) machines.reasons[i] += by;
  machines.find_up();
}

void Health::cut(std::uint32_t site, std::uint32_t other, int by) {
  cuts_[site][other] += by;
  cuts_[other][site] += by;
}

template <typename Serves>
std::uint32_t Health::nearest(std::uint32_t from, const Serves& serves) const {
  if (serves(from)) return from;
  std::uint32_t best = none;
  Duration least{std::numeric_limits<std::int64_t>::max()};
  for (std::uint32_t site = 0; site < plan_.sites.size(); ++site) {
    if (site == from || !serves(site) || plan_.delays[from][site] >= least) continue;
    least = plan_.delays[from][site];
    best = site;
  }
  return best;
}

std::uint32_t Health::target(std::uint32_t service, std::uint32_t from) const {
  const ServicePlan& plan = plan_.services[service];
  if (plan.failover) {
    const std::uint32_t found = nearest(from, [&](std::uint32_t site) {
      return !services_[service][site].up.empty() && cuts_[from][site] == 0;
    });
    if (found != none) return found;
  }
  const std::uint32_t placed =
      nearest(from, [&](std::uint32_t site) { return plan.machines[site] > 0; });
  return placed == none ? from : placed;
}

}  // namespace springtide::models::chain
