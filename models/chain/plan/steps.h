// From the calls of an operation, a tree, to steps, a table. A call of a parallel group that is
// made several times becomes a step of its own around it, so that its times come one after the
// other.
#pragma once

#include <cstdint>
#include <string>

#include "models/chain/plan/plan.h"
#include "spec/scenario.h"

namespace springtide::models::chain {

// Adds the operation as these clients ask it, with their patience and retries; tells its root.
std::uint32_t add_operation(const spec::Scenario& scenario, const std::string& operation,
                            const spec::Clients& clients, std::uint32_t asker, Plan& plan);

// Adds the steps of what the consumers of Plan::queues[queue] call for each message.
void add_deliveries(const spec::Scenario& scenario, std::uint32_t queue, Plan& plan);

}  // namespace springtide::models::chain
