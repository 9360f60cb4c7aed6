#include "spec/chain_words.h"

#include <set>

#include <fmt/format.h>

namespace springtide::spec {
namespace {

class Words {
 public:
  std::vector<std::string> take() { return std::move(pointers_); }

  void add(bool used, const std::string& at, const char* key) {
    if (used) pointers_.push_back(at + "/" + key);
  }

  void of_clients(const std::string& at, const Clients& clients) {
    add(std::holds_alternative<FunnelPlan>(clients.plan), at, "plan/funnel");
    add(!clients.asks_shares.empty(), at, "asks");
    add(clients.retries.attempts > 1, at, "retries");
    add(clients.patience.has_value(), at, "patience");
    add(clients.deadline.has_value(), at, "deadline");
    add(!clients.sites.empty(), at, "sites");
  }

  void of_call(const std::string& operation, const Call& call) {
    std::string at = call.written_at;
    if (at.empty()) at = operation + "/calls";
    if (call.parallel) pointers_.push_back(at);
    add(!call.calls.empty() && !call.parallel, at, "calls");
    add(call.probability.value != 1, at, "probability");
    add(call.repeat != 1, at, "repeat");
    add(call.optional, at, "optional");
    add(call.timeout.has_value(), at, "timeout");
    add(call.retries.attempts > 1, at, "retries");
    add(call.breaker.has_value(), at, "breaker");
    add(call.hedge.has_value(), at, "hedge");
    add(call.fallback.has_value(), at, "fallback");
    add(call.one_way.has_value(), at, "one-way");
    add(!call.bulkhead.empty(), at, "bulkhead");
    add(!call.cache.empty(), at, "cache");
    add(call.deadline, at, "deadline");
    add(!call.module.empty(), at, "module");
    for (const Call& nested : call.calls) of_call(operation, nested);
  }

  void of_station(const std::string& at, const Station& station) {
    add(station.discipline == Discipline::lifo, at, "discipline");
    add(station.balancing != Balancing::random, at, "balancing");
    add(!station.failover, at, "failover");
    add(!station.holds_worker, at, "holds-worker");
    add(station.request_bytes.count > 0, at, "request-bytes");
    add(station.answer_bytes.count > 0, at, "answer-bytes");
    add(station.storage_bytes.count > 0, at, "storage-bytes");
    add(station.entries.high > 0, at, "entries");
    add(station.memory_per_entry.count > 0, at, "memory-per-entry");
    add(station.storage_per_entry.count > 0, at, "storage-per-entry");
    add(station.rate_limit.has_value(), at, "rate-limit");
    add(!station.bulkheads.empty(), at, "bulkheads");
    add(station.shed.has_value(), at, "shed");
    add(!station.module.empty(), at, "module");
  }

  void of_node(const std::string& at, const Node& node) {
    add(!node.sites.empty(), at, "sites");
    add(node.storage.count > 0, at, "storage");
    add(node.storage_bandwidth.has_value(), at, "storage-bandwidth");
  }

  void of_incident(const std::string& at, const Incident& incident) {
    using Kind = Incident::Kind;
    add(incident.kind != Kind::standstill && incident.kind != Kind::loss, at, "kind");
    add(!incident.service.empty(), at, "service");
    add(incident.all, at, "all");
  }

  template <class T>
  void of_collection(const char* collection, const std::map<std::string, T>& entries) {
    for (const auto& [name, entry] : entries)
      add(true, fmt::format("/{}", collection), name.c_str());
  }

 private:
  std::vector<std::string> pointers_;
};

void of_the_system(const Scenario& scenario, Words& words) {
  for (const auto& [name, clients] : scenario.clients)
    words.of_clients("/clients/" + name, clients);
  for (const auto& [name, operation] : scenario.operations)
    for (const Call& call : operation.calls) words.of_call("/operations/" + name, call);
  for (const auto& [name, service] : scenario.services)
    if (const auto* station = std::get_if<Station>(&service.kind))
      words.of_station("/services/" + name, *station);
  for (const auto& [name, node] : scenario.nodes) words.of_node("/nodes/" + name, node);
}

void of_the_course(const Scenario& scenario, Words& words) {
  words.of_collection("queues", scenario.queues);
  words.of_collection("caches", scenario.caches);
  for (const auto& [name, incident] : scenario.incidents)
    words.of_incident("/incidents/" + name, incident);
  words.of_collection("playbooks", scenario.playbooks);
  words.of_collection("reconciliation", scenario.reconciliation);
}

// What a textbook station has not, said in words that are older than the chain.
bool beyond_the_textbook(const Scenario& scenario) {
  std::set<std::string> stood_on;
  for (const auto& [name, service] : scenario.services) {
    const auto node = scenario.nodes.find(service.on);
    if (node == scenario.nodes.end()) continue;
    if (!stood_on.insert(service.on).second || node->second.count != 1 ||
        node->second.network_card.bandwidth)
      return true;
  }
  for (const auto& [name, link] : scenario.links)
    if (link.bandwidth) return true;
  for (const auto& [name, incident] : scenario.incidents)
    if (incident.enabled) return true;
  return false;
}

bool only_stations(const Scenario& scenario) {
  for (const auto& [name, service] : scenario.services)
    if (!std::holds_alternative<Station>(service.kind)) return false;
  return true;
}

}  // namespace

std::vector<std::string> chain_words(const Scenario& scenario) {
  Words words;
  of_the_system(scenario, words);
  of_the_course(scenario, words);
  return words.take();
}

bool is_chain_scenario(const Scenario& scenario) {
  return only_stations(scenario) &&
         (beyond_the_textbook(scenario) || !chain_words(scenario).empty());
}

}  // namespace springtide::spec
