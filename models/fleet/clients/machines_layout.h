// What a scenario with client machines asks of the fleet road: the machines and the one server that
// red_packet/layout.h resolves, the server as one of this road.
#pragma once

#include "base/diagnostic.h"
#include "models/fleet/layout.h"
#include "spec/scenario.h"

namespace springtide::models::fleet {

// One group of clients with a plan of slots.
bool has_client_machines(const spec::Scenario& scenario);

// Problems: what the detailed road cannot run, and what is known on that road alone.
Result<Layout> lay_out_machines(const spec::Scenario& scenario, std::uint64_t seed);

}  // namespace springtide::models::fleet
