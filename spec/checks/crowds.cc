// Plans of cues, and the phones that ask by them.
#include <cmath>

#include "spec/checks/checks.h"
#include "spec/checks/fleet.h"

namespace springtide::spec {
namespace {

void check_cues(Checker& checker, const std::string& at, const CuesPlan& plan) {
  const std::string cues = at + "/plan/cues/cues";
  if (plan.cues.empty() && checker.is_written(cues))
    checker.problem(cues, {"without a cue nobody ever shakes", "at least one entry"});
  for (const auto& [name, cue] : plan.cues)
    if (checker.is_over_by(cue.at))
      checker.problem(
          cues + "/" + name + "/at",
          {"the run is over before the cue", checker.before_the_end(),
           fmt::format("a shorter run leaves it out with --set {}/{}=null", cues, name)});
  if (plan.throttle && plan.throttle->mean_seconds() <= 0)
    checker.problem(at + "/plan/cues/throttle",
                    {"an interval of no length means endless requests at once",
                     "a distribution with a mean above 0"});
}

// What a plan of cues does not go with, and what it needs.
void check_clients(Checker& checker, const std::string& at, const Clients& clients) {
  if (clients.population == 0)
    checker.problem(at + "/plan/cues", {"a plan of cues needs to know how many users there are",
                                        {},
                                        "add \"population\" to these clients"});
  if (!clients.on.empty())
    checker.problem(at + "/on", {"users who follow cues have phones, not machines of the scenario",
                                 {},
                                 "remove \"on\"; \"phones\" says how they reach the servers"});
  if (clients.connect)
    checker.problem(at + "/connect", {"users who follow cues are online from the start",
                                      {},
                                      "remove \"connect\"; \"phones\" says how many are online"});
}

// Users are placed by carrier: every carrier of the clusters has users, and only those.
void check_carriers(Checker& checker, const std::string& at, const Phones& phones) {
  const Scenario& scenario = checker.scenario();
  if (phones.carriers.empty()) return;
  const Names known = carriers_of(scenario);
  double sum = 0;
  for (const auto& [carrier, share] : phones.carriers) {
    checker.named_key(at + "/" + carrier, "carrier of a cluster", carrier, known);
    sum += share.value;
  }
  for (const std::string& carrier : known)
    if (!phones.carriers.contains(carrier))
      checker.problem(at, {fmt::format("the users of \"{}\" are missing", carrier),
                           "a share for each carrier of the clusters"});
  if (std::abs(sum - 1) > 1e-6)
    checker.problem(
        at,
        {fmt::format("the shares add up to {}", springtide::to_string(Probability{sum})), "100%"});
}

void check_phones(Checker& checker, const std::string& at, const Clients& clients) {
  const Phones& phones = clients.phones;
  if (clients.population > 0 && phones.online > clients.population)
    checker.problem(at + "/online", {"more users are online than there are",
                                     fmt::format("at most {}", clients.population)});
  check_carriers(checker, at + "/carriers", phones);
}

}  // namespace

void check_crowds(Checker& checker) {
  for (const auto& [name, clients] : checker.scenario().clients) {
    const std::string at = "/clients/" + name;
    if (const auto* plan = std::get_if<CuesPlan>(&clients.plan)) {
      check_cues(checker, at, *plan);
      check_clients(checker, at, clients);
      check_phones(checker, at + "/phones", clients);
    } else if (checker.is_written(at + "/phones") && checker.is_written(at + "/plan")) {
      checker.problem(at + "/phones", {"phones belong to a plan of cues",
                                       {},
                                       "remove them, or give these clients {\"cues\": ...}",
                                       true});
    }
  }
}

}  // namespace springtide::spec
