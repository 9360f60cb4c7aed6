// The services of a chain as a table, the one that was busiest first.
#pragma once

#include <string>
#include <vector>

#include "measure/record.h"

namespace springtide::reports {

// HTML for the page; empty where the record has no table "services". Long ones fold after the first
// rows.
std::string services_html(const measure::Record& record);

// As the record names them; with several sites "web.east". None where it has no such table.
std::vector<std::string> services_of(const measure::Record& record);

}  // namespace springtide::reports
