#include "models/fleet/backends/back_ends_plan.h"

#include <map>
#include <set>

#include <fmt/format.h>

#include "models/findings.h"

namespace springtide::models::fleet {
namespace {

using Followers = std::map<std::string, std::set<std::string>>;  // service -> called right after

class Planner {
 public:
  explicit Planner(const spec::Scenario& scenario) : scenario_(scenario) {}

  Result<BackEndsPlan> plan() {
    std::set<std::string> operations;
    for (const auto& [name, pool] : scenario_.packets)
      if (pool.kind == spec::PacketPool::Kind::seed)
        for (const auto& [operation, _] : pool.sets_off) operations.insert(operation);
    for (const std::string& name : operations) check_operation(name);
    if (findings_.empty()) order();
    if (findings_.empty())
      for (const std::string& name : operations) add_operation(name);
    if (!findings_.empty()) return findings_.take();
    for (const auto& [name, pool] : scenario_.packets)
      if (pool.kind == spec::PacketPool::Kind::seed) add_pool(name, pool);
    return std::move(plan_);
  }

 private:
  void check_operation(const std::string& name) {
    const auto operation = scenario_.operations.find(name);
    const std::string at = "/operations/" + name + "/calls";
    if (operation == scenario_.operations.end())
      return findings_.add("/operations", fmt::format("there is no operation '{}'", name));
    if (operation->second.calls.empty())
      findings_.add(at, "an operation calls at least one service");
    for (std::size_t i = 0; i < operation->second.calls.size(); ++i) {
      const std::string& service = operation->second.calls[i].service;
      check_service(service, fmt::format("{}/{}", at, i));
      auto& followers = followers_[service];
      if (i + 1 < operation->second.calls.size())
        followers.insert(operation->second.calls[i + 1].service);
    }
  }

  void check_service(const std::string& name, const std::string& at) {
    const auto service = scenario_.services.find(name);
    if (service == scenario_.services.end())
      return findings_.add(at, fmt::format("there is no service '{}'", name));
    const auto* station = std::get_if<spec::Station>(&service->second.kind);
    if (station == nullptr)
      return findings_.add(at, "what a packet sets off calls stations, not access servers");
    if (!checked_.insert(name).second) return;
    if (station->discipline != spec::Discipline::fifo)
      findings_.add("/services/" + name + "/discipline",
                    "a back end of a fleet serves in order of coming");
    if (!scenario_.nodes.contains(service->second.on))
      return findings_.add("/services/" + name + "/on", "this names no node");
    if (!nodes_.insert(service->second.on).second)
      findings_.add("/services/" + name + "/on", "another back end has the workers of this node",
                    "give each a node of its own");
  }

  // Takes out, by name, a back end that nothing left leads to, until none is left.
  void order() {
    while (!followers_.empty()) {
      std::set<std::string> followed;
      for (const auto& [_, followers] : followers_)
        followed.insert(followers.begin(), followers.end());
      auto first = followers_.begin();
      while (first != followers_.end() && followed.contains(first->first)) ++first;
      if (first == followers_.end())
        return findings_.add(
            "/operations",
            fmt::format("operations that packets set off call in a circle, '{}' in it",
                        followers_.begin()->first),
            "let calls always go the same way");
      add_back_end(first->first);
      followers_.erase(first);
    }
  }

  void add_back_end(const std::string& name) {
    const spec::Service& service = scenario_.services.at(name);
    const spec::Node& node = scenario_.nodes.at(service.on);
    const auto& station = std::get<spec::Station>(service.kind);
    BackEndSpec made;
    made.name = name;
    made.time = station.time;
    made.workers = node.workers * node.count;
    if (station.queue) made.queue = *station.queue;
    number_[name] = static_cast<std::uint32_t>(plan_.back_ends.size());
    plan_.back_ends.push_back(std::move(made));
  }

  void add_operation(const std::string& name) {
    operation_[name] = static_cast<std::uint32_t>(plan_.operations.size());
    plan_.operations.push_back({name, static_cast<std::uint32_t>(plan_.steps.size())});
    for (const spec::Call& call : scenario_.operations.at(name).calls) {
      const auto next = static_cast<std::uint32_t>(plan_.steps.size() + 1);
      plan_.steps.push_back({operation_[name], number_.at(call.service), next});
    }
    plan_.steps.back().next = BackEndsPlan::none;
  }

  void add_pool(const std::string& name, const spec::PacketPool& pool) {
    BackEndsPlan::Pool made{name, pool.count, {}};
    for (const auto& [operation, times] : pool.sets_off)
      made.sets_off.emplace_back(operation_.at(operation), times);
    plan_.pools.push_back(std::move(made));
  }

  const spec::Scenario& scenario_;
  Findings findings_;
  Followers followers_;
  std::set<std::string> checked_, nodes_;
  std::map<std::string, std::uint32_t> number_, operation_;
  BackEndsPlan plan_;
};

}  // namespace

Result<BackEndsPlan> plan_back_ends(const spec::Scenario& scenario) {
  return Planner(scenario).plan();
}

}  // namespace springtide::models::fleet
