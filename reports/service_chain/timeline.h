// Who stepped in and what broke, on the time axis of the run: a bar for each playbook and incident.
#pragma once

#include <string>

#include "measure/record.h"

namespace springtide::reports {

// Marks of the kinds "playbook" and "incident", those of one label in one row, as HTML; empty where
// there is none.
std::string timeline_html(const measure::Record& record);

}  // namespace springtide::reports
