// What checks ask about a fleet as a whole.
#pragma once

#include "spec/checks/checker.h"

namespace springtide::spec {

bool has_access_service(const Scenario& scenario);
bool has_cues(const Scenario& scenario);

// Of the clusters, each once, in order.
Names sites_of(const Scenario& scenario);
Names carriers_of(const Scenario& scenario);

// The node that a cluster's servers are: its own, or that of the access service.
std::string node_of(const Scenario& scenario, const Cluster& cluster);

// How many machines of a node there are: in clusters, where servers of it stand in clusters.
std::int64_t machines_of(const Scenario& scenario, const std::string& node);

}  // namespace springtide::spec
