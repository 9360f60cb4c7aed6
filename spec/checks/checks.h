// The checks of a scenario, by subject; each adds its problems.
#pragma once

#include "spec/checks/checker.h"

namespace springtide::spec {

void check_whole(Checker& checker);    // the scenario itself: not empty, a road, a time of day
void check_load(Checker& checker);     // clients and their plans, operations
void check_crowds(Checker& checker);   // plans of cues, phones
void check_system(Checker& checker);   // services, nodes, links
void check_fleet(Checker& checker);    // clusters, resources, live control
void check_night(Checker& checker);    // packets, disturbances, phases
void check_judging(Checker& checker);  // thresholds, sources
void check_unused(Checker& checker);   // what nobody uses; only of a scenario that is right

}  // namespace springtide::spec
