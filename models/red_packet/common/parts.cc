#include "models/red_packet/common/parts.h"

#include <algorithm>

#include "models/red_packet/messages.h"
#include "spec/presets.h"

namespace springtide::models::red_packet {
namespace {

// What does not fit into a message (Payload).
void find_excess(const spec::Scenario& scenario, Diagnostics& problems) {
  if (scenario.duration.ns >= Payload::longest.ns)
    problems.push_back(problem(scenario, "/duration", "this model runs at most 8796 s"));
  std::int64_t packets = 0;
  for (const auto& [name, pool] : scenario.packets) {
    packets += std::min(pool.count, Payload::most);
    if (pool.amount_high > Payload::most)
      problems.push_back(problem(scenario, "/packets/" + name + "/amount-high",
                                 "this model knows amounts up to 2097151 cents"));
  }
  if (packets > Payload::most)
    problems.push_back(
        problem(scenario, "/packets", "this model issues at most 2097151 packets in a run"));
}

}  // namespace

Diagnostic problem(const spec::Scenario& scenario, std::string pointer, std::string what) {
  Diagnostic diagnostic;
  diagnostic.file = scenario.title.empty() ? "scenario" : scenario.title;
  diagnostic.pointer = std::move(pointer);
  diagnostic.what = std::move(what);
  return diagnostic;
}

Diagnostics find_parts(const spec::Scenario& scenario, Parts& parts) {
  Diagnostics problems;
  if (scenario.services.size() != 1)
    problems.push_back(
        problem(scenario, "/services", "a red-packet access server must be the only service"));
  if (scenario.clients.size() != 1)
    problems.push_back(
        problem(scenario, "/clients", "a red-packet access server has one group of clients"));
  if (!problems.empty()) return problems;
  parts.service_name = &scenario.services.begin()->first;
  parts.service = &scenario.services.begin()->second;
  parts.clients_name = &scenario.clients.begin()->first;
  parts.clients = &scenario.clients.begin()->second;
  const spec::Clients& clients = *parts.clients;
  const std::string at = "/clients/" + *parts.clients_name;
  if (clients.population <= 0)
    problems.push_back(problem(scenario, at + "/population", "how many users is missing"));
  if (clients.population > (1 << 24))
    problems.push_back(problem(scenario, at + "/population", "more than 2^24 users"));
  if (clients.on.empty())
    problems.push_back(problem(scenario, at + "/on", "the node of the clients is missing"));
  if (!clients.connect)
    problems.push_back(problem(scenario, at + "/connect", "how the users connect is missing"));
  find_excess(scenario, problems);
  return problems;
}

bool on_event_loop(const spec::Scenario& scenario) {
  for (const auto& [name, service] : scenario.services) {
    const auto node = scenario.nodes.find(service.on);
    if (node != scenario.nodes.end() &&
        spec::runtime_of(scenario, node->second).preset == "event-loop")
      return true;
  }
  return false;
}

}  // namespace springtide::models::red_packet
