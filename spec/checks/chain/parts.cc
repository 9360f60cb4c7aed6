#include "spec/checks/chain/parts.h"

#include <set>

namespace springtide::spec {
namespace {

class Walk {
 public:
  explicit Walk(const std::function<void(const CallPlace&)>& visit) : visit_(visit) {}

  void over(const std::vector<Call>& calls, const std::string& operation,
            const std::string& queue) {
    for (const Call& call : calls) {
      visit_({call, above_, operation, queue});
      above_.push_back(&call);
      over(call.calls, operation, queue);
      above_.pop_back();
    }
  }

 private:
  const std::function<void(const CallPlace&)>& visit_;
  std::vector<const Call*> above_;
};

}  // namespace

void for_each_call(const Scenario& scenario, const std::function<void(const CallPlace&)>& visit) {
  Walk walk(visit);
  for (const auto& [name, operation] : scenario.operations) walk.over(operation.calls, name, "");
  for (const auto& [name, queue] : scenario.queues) walk.over(queue.deliver, "", name);
}

std::string pointer_of(const CallPlace& place) {
  if (!place.call.written_at.empty()) return place.call.written_at;
  return place.queue.empty() ? "/operations/" + place.operation + "/calls"
                             : "/queues/" + place.queue + "/deliver";
}

const Station* station_of(const Scenario& scenario, const std::string& service) {
  const auto found = scenario.services.find(service);
  return found == scenario.services.end() ? nullptr : std::get_if<Station>(&found->second.kind);
}

Names modules_of(const Scenario& scenario) {
  std::set<std::string> modules;
  for_each_call(scenario, [&](const CallPlace& place) { modules.insert(place.call.module); });
  for (const auto& [name, service] : scenario.services)
    if (const Station* station = station_of(scenario, name)) modules.insert(station->module);
  modules.erase("");
  return {modules.begin(), modules.end()};
}

Names node_sites(const Scenario& scenario) {
  std::set<std::string> sites;
  for (const auto& [name, node] : scenario.nodes)
    for (const auto& [site, count] : node.sites) sites.insert(site);
  return {sites.begin(), sites.end()};
}

Names asked_by(const Clients& clients) {
  Names asked;
  if (!clients.asks.empty()) asked.push_back(clients.asks);
  add_names(clients.asks_shares, asked);
  if (const auto* funnel = std::get_if<FunnelPlan>(&clients.plan))
    if (!funnel->static_asks.empty()) asked.push_back(funnel->static_asks);
  return asked;
}

}  // namespace springtide::spec
