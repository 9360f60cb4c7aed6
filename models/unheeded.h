// Words of the service chain in a scenario that another world runs: told, never ignored.
#pragma once

#include "base/diagnostic.h"
#include "spec/scenario.h"

namespace springtide::models {

// A problem for each of spec::chain_words; none for a scenario of the other worlds.
Diagnostics unheeded_words(const spec::Scenario& scenario);

}  // namespace springtide::models
