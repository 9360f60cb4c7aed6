// Results of one operation, or of one group of clients that asks it.
#pragma once

#include <string>
#include <vector>

#include "measure/record.h"
#include "models/station/results/span.h"
#include "models/station/world.h"

namespace springtide::models::station {

// Adds to the record all that is named "<name>. ..." for these clients together (not none), and
// the checks on them. What belongs to one client alone takes the client's distribution over time.
void add_operation(const std::string& name, const std::vector<std::size_t>& clients, World& world,
                   const MeasuredSpan& span, std::size_t seconds, measure::Record& record);

// Where the requests of one group of clients are: counted in the places themselves.
measure::Ledger ledger_of(const World& world, std::size_t client);

}  // namespace springtide::models::station
