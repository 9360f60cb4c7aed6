// Merges neighbouring sorted runs of one array, two by two, until one is left.
#pragma once

#include <cstddef>
#include <vector>

#include "sim/event.h"

namespace springtide::sim {

// `ends` holds where each run of `events` ends (the last one is events.size()); it is used up.
// `scratch` is working space. Afterwards `events` is sorted. O(n log runs).
void merge_runs(std::vector<Event>& events, std::vector<std::size_t>& ends,
                std::vector<Event>& scratch);

}  // namespace springtide::sim
