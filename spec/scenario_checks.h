// What no single value can show: names that must exist, values that must fit each other.
#pragma once

#include "spec/json/document.h"
#include "spec/scenario.h"

namespace springtide::spec {

void check_scenario(const Scenario& scenario, const Document& document, Diagnostics& problems);

}  // namespace springtide::spec
