// Services, nodes, links.
#include <utility>

#include "spec/checks/chain/parts.h"
#include "spec/checks/checks.h"
#include "spec/presets.h"

namespace springtide::spec {
namespace {

void check_links(Checker& checker) {
  const Scenario& scenario = checker.scenario();
  const Names sites = node_sites(scenario);
  std::map<std::pair<std::string, std::string>, std::string> ends;
  for (const auto& [name, link] : scenario.links) {
    const std::string at = "/links/" + name;
    checker.named(at + "/from", "clients, service, queue, node or site", link.from,
                  scenario.clients, scenario.services, scenario.queues, scenario.nodes, sites);
    checker.named(at + "/to", "service, queue, node, clients or site", link.to, scenario.services,
                  scenario.queues, scenario.nodes, scenario.clients, sites);
    const auto [other, is_new] = ends.try_emplace({link.from, link.to}, name);
    if (!is_new)
      checker.problem(at, {fmt::format("the link \"{}\" joins the same two", other->second)});
    if (link.loss_burst_start.value > 0 && link.loss_burst_end.value == 0)
      checker.problem(at + "/loss-burst-end", {"a link that turns bad would stay bad", "above 0"});
  }
}

}  // namespace

void check_system(Checker& checker) {
  const Scenario& scenario = checker.scenario();
  for (const auto& [name, service] : scenario.services)
    checker.named("/services/" + name + "/on", "node", service.on, scenario.nodes);
  for (const auto& [name, node] : scenario.nodes)
    if (!node.runtime.empty())
      checker.named("/nodes/" + name + "/runtime", "runtime", node.runtime, scenario.runtimes,
                    preset_names());
  check_links(checker);
}

}  // namespace springtide::spec
