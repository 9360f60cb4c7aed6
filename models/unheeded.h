// Words of the service chain in a scenario that another world runs: told, never ignored.
#pragma once

#include "base/diagnostic.h"
#include "spec/scenario.h"

namespace springtide::models {

// A problem for each of spec::chain_words in a scenario that is not of a service chain (whose own
// world knows them, and which the textbook world refuses itself).
Diagnostics unheeded_words(const spec::Scenario& scenario);

}  // namespace springtide::models
