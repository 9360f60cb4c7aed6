#include "sim/queue/sorting.h"

#include <algorithm>

namespace springtide::sim {
namespace {

constexpr std::size_t few = few_events;

}  // namespace

void insertion_sort(Event* begin, Event* end) {
  for (Event* unsorted = begin + 1; unsorted < end; ++unsorted) {
    const Event event = *unsorted;
    Event* hole = unsorted;
    for (; hole > begin && earlier(event, hole[-1]); --hole) *hole = hole[-1];
    *hole = event;
  }
}

namespace {

// Both inputs sorted; without a branch that depends on the data.
void merge(const Event* x, const Event* x_end, const Event* y, const Event* y_end, Event* out) {
  while (x != x_end && y != y_end) {
    const bool take_y = earlier(*y, *x);
    const Event* from = take_y ? y : x;
    *out++ = *from;
    y += take_y;
    x += !take_y;
  }
  out = std::copy(x, x_end, out);
  std::copy(y, y_end, out);
}

// Natural runs, short ones lengthened by insertion sort.
void find_runs(std::vector<Event>& events, std::size_t begin, std::vector<std::size_t>& ends) {
  ends.clear();
  const std::size_t size = events.size();
  for (std::size_t i = begin; i < size;) {
    std::size_t end = i + 1;
    while (end < size && earlier(events[end - 1], events[end])) ++end;
    if (end - i < few) {
      end = std::min(i + few, size);
      insertion_sort(events.data() + i, events.data() + end);
    }
    ends.push_back(end);
    i = end;
  }
}

}  // namespace

void merge_runs(std::vector<Event>& events, std::size_t begin, std::vector<std::size_t>& ends,
                std::vector<Event>& scratch) {
  const std::size_t size = events.size();
  if (ends.size() < 2) return;
  if (scratch.size() < size) scratch.resize(size);
  Event* from = events.data();
  Event* to = scratch.data();
  while (ends.size() > 1) {
    std::size_t start = begin, kept = 0;
    for (std::size_t i = 0; i < ends.size(); i += 2) {
      const std::size_t middle = ends[i];
      const std::size_t end = i + 1 < ends.size() ? ends[i + 1] : middle;
      merge(from + start, from + middle, from + middle, from + end, to + start);
      ends[kept++] = end;
      start = end;
    }
    ends.resize(kept);
    std::swap(from, to);
  }
  if (from != events.data()) std::copy(from + begin, from + size, events.data() + begin);
}

std::size_t sort_day(std::vector<Event>& events, std::size_t begin, std::vector<Event>& scratch,
                     std::vector<std::size_t>& ends) {
  std::reverse(events.begin() + static_cast<std::ptrdiff_t>(begin), events.end());
  find_runs(events, begin, ends);
  merge_runs(events, begin, ends, scratch);
  std::size_t distinct = 1;
  for (std::size_t i = begin + 1; i < events.size(); ++i)
    distinct += events[i - 1].at != events[i].at;
  return distinct;
}

}  // namespace springtide::sim
