#include "spec/scenario_checks.h"

#include "spec/checks/checks.h"

namespace springtide::spec {

void check_scenario(const Scenario& scenario, const Document& document, Diagnostics& problems) {
  Checker checker(scenario, document, problems);
  check_whole(checker);
  check_load(checker);
  check_crowds(checker);
  check_system(checker);
  check_fleet(checker);
  check_night(checker);
  check_incidents(checker);
  check_chain_calls(checker);
  check_chain_places(checker);
  check_chain_playbooks(checker);
  check_judging(checker);
  if (problems.empty()) check_unused(checker);
}

}  // namespace springtide::spec
