// The checks of a scenario, by subject; each adds its problems.
#pragma once

#include "spec/checks/checker.h"

namespace springtide::spec {

void check_whole(Checker& checker);   // the scenario itself: not empty, a road, a time of day
void check_load(Checker& checker);    // clients and their plans
void check_crowds(Checker& checker);  // plans of cues, phones
void check_system(Checker& checker);  // services, nodes, links
void check_fleet(Checker& checker);   // clusters, resources, live control
void check_night(Checker& checker);   // packets, phases
void check_incidents(Checker& checker);
void check_chain_calls(Checker& checker);      // calls, bulkheads, queues of messages
void check_chain_places(Checker& checker);     // sites, what clients of a chain add
void check_chain_playbooks(Checker& checker);  // playbooks, reconciliation
void check_judging(Checker& checker);          // thresholds, sources
void check_unused(Checker& checker);           // what nobody uses; only of a scenario that is right

// A metric whose first part must be the name of something; told at the value or at its key.
void check_metric(Checker& checker, const std::string& at, const std::string& metric, bool of_key);

}  // namespace springtide::spec
