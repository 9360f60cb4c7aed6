// Sites, links, and the clients of a service chain.
#include <cmath>

#include "spec/checks/chain/parts.h"
#include "spec/checks/checks.h"

namespace springtide::spec {
namespace {

void check_sites(Checker& checker) {
  const Scenario& scenario = checker.scenario();
  const Names sites = node_sites(scenario);
  Names stood_on;
  for (const auto& [name, service] : scenario.services) stood_on.push_back(service.on);
  for (const auto& [name, queue] : scenario.queues) stood_on.push_back(queue.on);
  for (const auto& [name, node] : scenario.nodes) {
    const std::string at = "/nodes/" + name;
    if (checker.is_written(at + "/sites") && node.sites.empty())
      checker.problem(at + "/sites", {"this is empty", "at least one entry"});
    else if (checker.is_written(at + "/sites") && checker.is_written(at + "/count"))
      checker.problem(at + "/count",
                      {"its sites say how many there are", {}, "remove \"count\"", true});
    else if (node.sites.empty() && !sites.empty() && contains(stood_on, name))
      checker.problem(at, {"it is not said in which sites it stands, as of other nodes",
                           {},
                           fmt::format("add \"sites\"; known: {}", fmt::join(sites, ", ")),
                           true});
  }
}

void shares_of_all(Checker& checker, const std::string& at,
                   const std::map<std::string, Probability>& shares) {
  if (shares.empty()) {
    if (checker.is_written(at)) checker.problem(at, {"this is empty", "at least one entry"});
    return;
  }
  double sum = 0;
  for (const auto& [name, share] : shares) sum += share.value;
  if (std::abs(sum - 1) > 1e-6)
    checker.problem(
        at,
        {fmt::format("the shares add up to {}", springtide::to_string(Probability{sum})), "100%"});
}

void check_funnel(Checker& checker, const std::string& at, const FunnelPlan& funnel) {
  const Scenario& scenario = checker.scenario();
  if (funnel.exposures.empty() && checker.is_written(at + "/exposures"))
    checker.problem(at + "/exposures", {"nobody ever sees anything", "at least one entry"});
  if (!funnel.static_asks.empty())
    checker.named(at + "/static-asks", "operation", funnel.static_asks, scenario.operations);
  if (funnel.dynamic.high <= 1 && checker.is_written(at + "/between"))
    checker.problem(at + "/between",
                    {"a click makes one request at most", {}, "add \"dynamic\"", true});
  if (funnel.static_requests.high > 0) return;
  for (const char* key : {"static-asks", "static-bytes"})
    if (checker.is_written(at + "/" + key))
      checker.problem(at + "/" + key,
                      {"a click fetches no static resources", {}, "add \"static\"", true});
}

void check_asks(Checker& checker, const std::string& at, const Clients& clients) {
  if (clients.asks_shares.empty() && clients.asks.empty() && checker.is_written(at + "/asks"))
    checker.problem(at + "/asks", {"this is empty", "an operation"});
  if (clients.asks_shares.empty()) return;
  for (const auto& [operation, share] : clients.asks_shares)
    checker.named_key(at + "/asks/" + operation, "operation", operation,
                      checker.scenario().operations);
  shares_of_all(checker, at + "/asks", clients.asks_shares);
}

void check_clients(Checker& checker, const std::string& at, const Clients& clients) {
  check_asks(checker, at, clients);
  shares_of_all(checker, at + "/sites", clients.sites);
  for (const auto& [site, share] : clients.sites)
    checker.named_key(at + "/sites/" + site, "site of a node", site,
                      node_sites(checker.scenario()));
  if (clients.patience && clients.patience->mean_seconds() <= 0)
    checker.problem(at + "/patience",
                    {"users who never wait get no answer", "a distribution with a mean above 0"});
  if (const auto* funnel = std::get_if<FunnelPlan>(&clients.plan))
    check_funnel(checker, at + "/plan/funnel", *funnel);
}

}  // namespace

void check_chain_places(Checker& checker) {
  check_sites(checker);
  for (const auto& [name, clients] : checker.scenario().clients)
    check_clients(checker, "/clients/" + name, clients);
}

}  // namespace springtide::spec
