// What became of the requests of a service chain: of each operation, and of the people of a funnel.
//
//   buy    |=== in time ===|- late -|xxx refused xxx|...... timed out ......|
//
// Both are HTML for the page, made of the tables "operations" and "clients", the distributions
// NAME.latency and the series CLIENTS.exposures and CLIENTS.clicks. Empty where these are not
// there.
#pragma once

#include <string>

#include "measure/record.h"

namespace springtide::reports {

std::string operations_html(const measure::Record& record);

std::string funnel_html(const measure::Record& record);

}  // namespace springtide::reports
