// Sorting of events that often come sorted already, at least in stretches.
#pragma once

#include <cstddef>
#include <vector>

#include "sim/event.h"

namespace springtide::sim {

// Merges neighbouring sorted runs, two by two, until one is left. `ends` holds where each run of
// events[begin ..) ends, counted from the start of `events` (the last one is events.size()); it is
// used up. `scratch` is working space. O(n log runs).
void merge_runs(std::vector<Event>& events, std::size_t begin, std::vector<std::size_t>& ends,
                std::vector<Event>& scratch);

// Quadratic in how far the events are from their places: for a few, or for nearly sorted ones.
void insertion_sort(Event* begin, Event* end);

inline constexpr std::size_t few_events = 8;  // insertion_sort is good enough up to here

// Sorts events[begin ..) that were collected in the reverse of the order in which they came.
// Returns how many different instants there are. O(n log runs).
std::size_t sort_day(std::vector<Event>& events, std::size_t begin, std::vector<Event>& scratch,
                     std::vector<std::size_t>& ends);

}  // namespace springtide::sim
