#include "models/chain/estimate/geography.h"

#include <algorithm>
#include <set>

namespace springtide::models::chain::estimate {

theory::Moments moments_of(const Distribution& time) {
  return {time.mean_seconds(), time.variance_seconds2()};
}

Geography::Geography(const spec::Scenario& scenario) : scenario_(scenario) {
  std::set<std::string> names;
  for (const auto& [_, node] : scenario.nodes)
    for (const auto& [site, _count] : node.sites) names.insert(site);
  for (const auto& [_, clients] : scenario.clients)
    for (const auto& [site, _share] : clients.sites) names.insert(site);
  if (!names.empty()) names_.assign(names.begin(), names.end());
}

std::size_t Geography::site(const std::string& name) const {
  return static_cast<std::size_t>(std::find(names_.begin(), names_.end(), name) - names_.begin());
}

std::string Geography::label(const std::string& what, std::size_t site) const {
  return names_.size() > 1 ? what + "." + names_[site] : what;
}

std::vector<double> Geography::shares(const spec::Clients& clients) const {
  std::vector<double> share(names_.size());
  for (const auto& [name, part] : clients.sites) share[site(name)] = part.value;
  if (clients.sites.empty()) share.assign(names_.size(), 1.0 / static_cast<double>(names_.size()));
  return share;
}

std::int64_t Geography::machines(const std::string& node, std::size_t at) const {
  const spec::Node& here = scenario_.nodes.at(node);
  if (here.sites.empty()) return at == 0 ? here.count : 0;  // without sites: in the first
  const auto found = here.sites.find(names_[at]);
  return found == here.sites.end() ? 0 : found->second;
}

std::int64_t Geography::machines(const std::string& node) const {
  std::int64_t all = 0;
  for (std::size_t i = 0; i < names_.size(); ++i) all += machines(node, i);
  return all;
}

std::size_t Geography::nearest(const std::string& node, std::size_t from) const {
  if (machines(node, from) > 0) return from;
  std::size_t best = from;
  for (std::size_t i = 0; i < names_.size(); ++i)
    if (machines(node, i) > 0 && (best == from || between(from, i).mean < between(from, best).mean))
      best = i;
  return best;
}

const spec::Link* Geography::link_between(std::size_t from, std::size_t to) const {
  for (const auto& [_, link] : scenario_.links)
    if ((link.from == names_[from] && link.to == names_[to]) ||
        (link.from == names_[to] && link.to == names_[from]))
      return &link;
  return nullptr;
}

theory::Moments Geography::between(std::size_t from, std::size_t to) const {
  const spec::Link* link = from == to ? nullptr : link_between(from, to);
  return link == nullptr ? theory::Moments{} : moments_of(link->delay);
}

bool Geography::names_end(const std::string& end, const std::string& name) const {
  if (end == name) return true;
  if (const auto service = scenario_.services.find(name); service != scenario_.services.end())
    return end == service->second.on;
  const auto clients = scenario_.clients.find(name);
  return clients != scenario_.clients.end() && !clients->second.on.empty() &&
         end == clients->second.on;
}

const spec::Link* Geography::link_within(const std::string& caller,
                                         const std::string& service) const {
  for (const auto& [_, link] : scenario_.links)
    if ((names_end(link.from, caller) && names_end(link.to, service)) ||
        (names_end(link.from, service) && names_end(link.to, caller)))
      return &link;
  return nullptr;
}

theory::Moments Geography::within(const std::string& caller, const std::string& service) const {
  const spec::Link* link = link_within(caller, service);
  return link == nullptr ? theory::Moments{} : moments_of(link->delay);
}

std::string Geography::name_of(const spec::Link* link) const {
  for (const auto& [name, one] : scenario_.links)
    if (&one == link) return name;
  return {};
}

}  // namespace springtide::models::chain::estimate
