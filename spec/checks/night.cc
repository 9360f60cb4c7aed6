// Red packets, phases.
#include "spec/checks/checks.h"

namespace springtide::spec {
namespace {

// What only a pool of seed packets has.
void check_not_seed(Checker& checker, const std::string& at) {
  for (const char* key : {"sponsors", "per-user", "per-sponsor", "sets-off"})
    if (checker.is_written(at + "/" + key))
      checker.problem(at + "/" + key,
                      {"only seed packets have this", "a pool with \"kind\": \"seed\"", {}, true});
}

void check_seed(Checker& checker, const std::string& at, const PacketPool& pool) {
  for (const auto& [operation, times] : pool.sets_off)
    checker.named_key(at + "/sets-off/" + operation, "operation", operation,
                      checker.scenario().operations);
  if (pool.per_sponsor > 0 && pool.per_user > pool.sponsors * pool.per_sponsor)
    checker.problem(at + "/per-user",
                    {"no user can have so many", fmt::format("at most sponsors x per-sponsor, {}",
                                                             pool.sponsors * pool.per_sponsor)});
}

void check_phase(Checker& checker, const std::string& name, const Phase& phase) {
  const Scenario& scenario = checker.scenario();
  if (scenario.duration.ns <= 0 || phase.to <= scenario.duration) return;
  checker.problem("/phases/" + name + "/to",
                  {"the run is over before the phase", "at most " + checker.end(),
                   fmt::format("a shorter run leaves it out with --set /phases/{}=null", name)});
}

void check_pools(Checker& checker) {
  const Scenario& scenario = checker.scenario();
  for (const auto& [name, pool] : scenario.packets) {
    const std::string at = "/packets/" + name;
    checker.named(at + "/service", "service", pool.service, scenario.services);
    const auto service = scenario.services.find(pool.service);
    if (service != scenario.services.end() &&
        !std::holds_alternative<RedPacketAccess>(service->second.kind))
      checker.problem(at + "/service", {"this service issues no packets",
                                        "a service with \"kind\": \"red-packet-access\""});
    if (pool.kind == PacketPool::Kind::seed)
      check_seed(checker, at, pool);
    else
      check_not_seed(checker, at);
  }
}

}  // namespace

void check_night(Checker& checker) {
  check_pools(checker);
  const Scenario& scenario = checker.scenario();
  for (const auto& [name, phase] : scenario.phases) check_phase(checker, name, phase);
}

}  // namespace springtide::spec
