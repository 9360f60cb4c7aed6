// Which world a scenario needs: whether it uses words that only the service chain knows.
#pragma once

#include <string>
#include <vector>

#include "spec/scenario.h"

namespace springtide::spec {

// Where a scenario uses a word of the service chain (calls in calls, what a caller does when they
// end badly, sites, cards and disks of stations, queues, caches, funnels, playbooks ...): JSON
// pointers, in the order of the document's sections. Empty: a scenario of the other worlds alone.
std::vector<std::string> chain_words(const Scenario& scenario);

// All services are stations, and it uses a word of the chain or, of the older words, what a
// textbook station has not: several machines, a machine shared by stations, cards, sizes, enabled
// incidents. Such a scenario is run by the service chain's world.
bool is_chain_scenario(const Scenario& scenario);

}  // namespace springtide::spec
