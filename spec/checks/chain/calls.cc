// Calls, and the queues and services that they name.
#include <set>

#include "spec/checks/chain/parts.h"
#include "spec/checks/checks.h"
#include "spec/checks/fleet.h"

namespace springtide::spec {
namespace {

constexpr const char* group_word = "parallel";

// A put is acknowledged and over: what waits for an answer of a service means nothing.
void check_put(Checker& checker, const std::string& at) {
  for (const char* key : {"calls", "hedge", "bulkhead", "cache", "deadline", "one-way"})
    if (checker.is_written(at + "/" + key))
      checker.problem(
          at + "/" + key,
          {"a message put to a queue has none of this", {}, "remove it, or call a service", true});
}

// A worker that waits for its own service can wait for ever, when all do.
void check_self_wait(Checker& checker, const std::string& at, const CallPlace& place) {
  const Station* station = station_of(checker.scenario(), place.call.service);
  if (station == nullptr || !station->holds_worker || place.call.timeout || place.call.one_way)
    return;
  bool bounded = false;
  for (auto above = place.above.rbegin(); above != place.above.rend() && !bounded; ++above) {
    if ((*above)->service == place.call.service)
      return checker.problem(
          at,
          {fmt::format("\"{}\" waits here for itself, and can do so for ever", place.call.service),
           "another service, a \"timeout\", or \"holds-worker\": false of the service",
           {},
           true});
    bounded = (*above)->timeout || (*above)->one_way;
  }
}

// A hedge needs a second machine to go to.
void check_hedge(Checker& checker, const std::string& at, const Call& call) {
  const Scenario& scenario = checker.scenario();
  if (!call.hedge || station_of(scenario, call.service) == nullptr) return;
  if (machines_of(scenario, scenario.services.at(call.service).on) == 1)
    checker.problem(at + "/hedge",
                    {"the service has no other machine", {}, "give its node a count", true});
}

void check_bulkhead(Checker& checker, const std::string& at, const Call& call) {
  const Station* station = station_of(checker.scenario(), call.service);
  if (call.bulkhead.empty() || station == nullptr) return;
  checker.named(at + "/bulkhead", "bulkhead of the service", call.bulkhead, station->bulkheads);
}

void check_call(Checker& checker, const CallPlace& place) {
  const Scenario& scenario = checker.scenario();
  const Call& call = place.call;
  const std::string at = pointer_of(place);
  if (call.deadline && !place.queue.empty())
    checker.problem(at + "/deadline",
                    {"no client waits for a delivery, so there is no deadline", {}, {}, true});
  if (call.parallel) return;
  if (!scenario.services.contains(call.service) && !scenario.queues.contains(call.service))
    checker.named(at, scenario.queues.empty() ? "service" : "service or queue", call.service,
                  scenario.services, scenario.queues);
  if (scenario.queues.contains(call.service)) return check_put(checker, at);
  check_bulkhead(checker, at, call);
  check_hedge(checker, at, call);
  check_self_wait(checker, at, place);
  if (!call.cache.empty()) checker.named(at + "/cache", "cache", call.cache, scenario.caches);
}

// The deadline that goes with a call is that of the clients who ask its operation.
void check_deadline(Checker& checker, const CallPlace& place) {
  if (!place.call.deadline || place.operation.empty()) return;
  for (const auto& [name, clients] : checker.scenario().clients)
    if (clients.deadline && contains(asked_by(clients), place.operation)) return;
  checker.problem(pointer_of(place) + "/deadline", {"no clients of this operation have a deadline",
                                                    {},
                                                    "add \"deadline\" to clients that ask it",
                                                    true});
}

void check_names(Checker& checker) {
  const Scenario& scenario = checker.scenario();
  for (const auto& [name, queue] : scenario.queues)
    if (scenario.services.contains(name))
      checker.problem("/queues/" + name,
                      {"a service has this name too, so a call could mean either", {}, {}, true});
  for (const char* collection : {"services", "queues"}) {
    const std::string at = fmt::format("/{}/{}", collection, group_word);
    if (checker.is_written(at))
      checker.problem(at, {"in a list of calls this word makes a group", "another name", {}, true});
  }
}

// Bulkheads share out the workers of a machine, and leave some for calls that name none.
void check_bulkheads(Checker& checker, const std::string& name, const Station& station) {
  const Scenario& scenario = checker.scenario();
  const auto node = scenario.nodes.find(scenario.services.at(name).on);
  if (station.bulkheads.empty() || node == scenario.nodes.end()) return;
  std::int64_t kept = 0;
  for (const auto& [bulkhead, workers] : station.bulkheads) kept += workers;
  const std::string at = "/services/" + name + "/bulkheads";
  const std::int64_t workers = node->second.workers;
  if (kept > workers)
    return checker.problem(at, {fmt::format("{} workers are kept, a machine has {}", kept, workers),
                                fmt::format("at most {}", workers)});
  bool others = false;
  for_each_call(scenario, [&](const CallPlace& place) {
    others = others || (place.call.service == name && place.call.bulkhead.empty());
  });
  if (others && kept == workers)
    checker.problem(at, {"no worker is left for calls that name no bulkhead",
                         fmt::format("fewer than {}", workers)});
}

// --- Queues
// ---------------------------------------------------------------------------------------

// Whether a message of `from` can lead to a message of `to`.
bool leads_to(const Scenario& scenario, const std::string& from, const std::string& to,
              std::set<std::string>& seen) {
  if (!seen.insert(from).second) return false;
  bool found = false;
  for_each_call(scenario, [&](const CallPlace& place) {
    if (found || place.queue != from || !scenario.queues.contains(place.call.service)) return;
    found = place.call.service == to || leads_to(scenario, place.call.service, to, seen);
  });
  return found;
}

void check_queue(Checker& checker, const std::string& name, const MessageQueue& queue) {
  const Scenario& scenario = checker.scenario();
  const std::string at = "/queues/" + name;
  checker.named(at + "/on", "node", queue.on, scenario.nodes);
  std::set<std::string> seen;
  if (leads_to(scenario, name, name, seen))
    checker.problem(at + "/deliver", {"delivering a message puts another to this queue, for ever"});
  const auto node = scenario.nodes.find(queue.on);
  if (node != scenario.nodes.end()) {
    const auto sites = std::max<std::size_t>(1, node->second.sites.size());
    if (static_cast<std::size_t>(queue.copies) > sites)
      checker.problem(at + "/copies", {"its node does not stand in so many sites",
                                       fmt::format("at most {}", sites)});
  }
  if (queue.deliver.empty() && checker.is_written(at + "/consumers"))
    checker.problem(at + "/consumers",
                    {"they have nothing to deliver", {}, "add \"deliver\", or remove it", true});
}

}  // namespace

void check_chain_calls(Checker& checker) {
  const Scenario& scenario = checker.scenario();
  for_each_call(scenario, [&](const CallPlace& place) {
    check_call(checker, place);
    check_deadline(checker, place);
  });
  check_names(checker);
  for (const auto& [name, service] : scenario.services)
    if (const Station* station = station_of(scenario, name))
      check_bulkheads(checker, name, *station);
  for (const auto& [name, queue] : scenario.queues) check_queue(checker, name, queue);
}

}  // namespace springtide::spec
