#include "models/chain/incidents/incidents.h"

#include "models/chain/calls/calls.h"

namespace springtide::models::chain {

void Incidents::start() {
  for (std::uint32_t i = 0; i < site_.plan.incidents.size(); ++i) {
    const IncidentPlan& incident = site_.plan.incidents[i];
    site_.mail.at(incident.begin, What::incident, i, 1, sim::EventClass::control);
    site_.mail.at(incident.end, What::incident, i, 0, sim::EventClass::control);
  }
}

void Incidents::due(std::uint32_t number, bool begins) {
  const IncidentPlan& incident = site_.plan.incidents[number];
  using Kind = IncidentPlan::Kind;
  switch (incident.kind) {
    case Kind::loss: return lose(incident, begins ? 1 : -1);
    case Kind::link: return worsen(incident, begins);
    case Kind::failures:
      for (const MachineRange& range : incident.machines)
        if (range.site == site_.number) stations_.fail(range.service, begins ? incident.calls : 0);
      return;
    case Kind::disk: return slow_disks(incident, begins);
    case Kind::slow:
    case Kind::standstill: return;  // known to the machines beforehand
  }
}

void Incidents::lose(const IncidentPlan& incident, int by) {
  for (const MachineRange& range : incident.machines) site_.health.lose(range, by);
  if (incident.lost_site != none) site_.health.lose_site(incident.lost_site, by);
  network_.choose_targets();
  if (by < 0) {
    for (const MachineRange& range : incident.machines) queues_.back(range);
    return stations_.adjust();
  }
  const bool silent = incident.lost_site == site_.number;
  for (const MachineRange& range : incident.machines)
    if (range.site == site_.number) lose(range, silent);
  stations_.adjust();
  calls_.forget_groups();
  if (silent) calls_.forget_caches();
}

void Incidents::lose(const MachineRange& range, bool silent) {
  if (site_.plan.services[range.service].queue == none)
    stations_.lose(range, silent);
  else
    queues_.lose(range);
}

void Incidents::slow_disks(const IncidentPlan& incident, bool begins) {
  if (begins)
    slow_disks_.push_back(&incident);
  else
    std::erase(slow_disks_, &incident);
  for (const NodeRange& range : incident.disks)
    for (std::uint32_t i = range.first; i < range.last && range.site == site_.number; ++i)
      devices_.set_disk_share(range.node, i, left_of_disk(range.node, i));
}

// Incidents that overlap multiply.
double Incidents::left_of_disk(std::uint32_t node, std::uint32_t machine) const {
  double left = 1;
  for (const IncidentPlan* incident : slow_disks_)
    for (const NodeRange& range : incident->disks)
      if (range.node == node && range.site == site_.number && range.first <= machine &&
          machine < range.last)
        left *= incident->factor;
  return left;
}

void Incidents::worsen(const IncidentPlan& incident, bool begins) {
  if (incident.link != none) return network_.worsen_link(incident.link, incident, begins);
  if (incident.cut) {
    site_.health.cut(incident.from_site, incident.to_site, begins ? 1 : -1);
    network_.choose_targets();
  }
  if (incident.from_site == site_.number) network_.worsen_way(incident.to_site, incident, begins);
  if (incident.to_site == site_.number) network_.worsen_way(incident.from_site, incident, begins);
}

}  // namespace springtide::models::chain
