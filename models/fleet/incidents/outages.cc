#include "models/fleet/incidents/outages.h"

#include <algorithm>

namespace springtide::models::fleet {
namespace {

bool takes(const spec::Incident& incident, const Place& place) {
  if (!incident.node.empty()) return place.node == incident.node && place.index == incident.index;
  const auto fits = [](const std::string& wanted, const std::string& is) {
    return wanted.empty() || wanted == is;
  };
  return fits(incident.site, place.site) && fits(incident.carrier, place.carrier) &&
         fits(incident.cluster, place.cluster);
}

bool says_which(const spec::Incident& incident) {
  return !incident.node.empty() || !incident.site.empty() || !incident.carrier.empty() ||
         !incident.cluster.empty();
}

}  // namespace

Outages::Outages(std::vector<Outage> outages, std::vector<Place> places)
    : outages_(std::move(outages)), places_(std::move(places)) {
  for (const Outage& outage : outages_) {
    changes_.push_back(outage.from);
    changes_.push_back(outage.to);
  }
  std::sort(changes_.begin(), changes_.end());
  changes_.erase(std::unique(changes_.begin(), changes_.end()), changes_.end());
}

bool Outages::down(std::uint32_t server, std::int64_t second) const {
  return std::any_of(outages_.begin(), outages_.end(), [&](const Outage& outage) {
    return outage.from <= second && second < outage.to &&
           std::binary_search(outage.servers.begin(), outage.servers.end(), server);
  });
}

std::vector<std::uint32_t> Outages::lost_at(std::int64_t second) const {
  std::vector<std::uint32_t> servers;
  for (std::uint32_t i = 0; i < places_.size(); ++i)
    if (down(i, second) && !down(i, second - 1)) servers.push_back(i);
  return servers;
}

std::vector<std::uint32_t> Outages::back_at(std::int64_t second) const {
  std::vector<std::uint32_t> servers;
  for (std::uint32_t i = 0; i < places_.size(); ++i)
    if (!down(i, second) && down(i, second - 1)) servers.push_back(i);
  return servers;
}

std::vector<std::uint32_t> Outages::refuges(std::uint32_t server, std::int64_t second) const {
  std::vector<std::uint32_t> near, far;
  for (std::uint32_t i = 0; i < places_.size(); ++i) {
    if (places_[i].carrier != places_[server].carrier || down(i, second)) continue;
    (places_[i].site == places_[server].site ? near : far).push_back(i);
  }
  return near.empty() ? far : near;
}

Result<Outages> plan_outages(const spec::Scenario& scenario, std::vector<Place> places) {
  Diagnostics problems;
  std::vector<Outage> outages;
  for (const auto& [name, incident] : scenario.incidents) {
    if (!incident.enabled || incident.kind != spec::Incident::Kind::loss) continue;
    Outage outage{name, incident.at / second, (incident.at + incident.length) / second, {}};
    for (std::uint32_t i = 0; i < places.size(); ++i)
      if (says_which(incident) && takes(incident, places[i])) outage.servers.push_back(i);
    if (outage.servers.empty()) {
      Diagnostic problem;
      problem.pointer = "/incidents/" + name;
      problem.what = "no server is lost by this";
      problem.hint = "name a site, a carrier, a cluster or a machine of a node that there is";
      problems.push_back(std::move(problem));
    }
    outages.push_back(std::move(outage));
  }
  if (!problems.empty()) return problems;
  return Outages(std::move(outages), std::move(places));
}

}  // namespace springtide::models::fleet
