#include "sim/queue/merge_runs.h"

#include <algorithm>

namespace springtide::sim {

void merge_runs(std::vector<Event>& events, std::vector<std::size_t>& ends,
                std::vector<Event>& scratch) {
  while (ends.size() > 1) {
    scratch.resize(events.size());
    std::size_t begin = 0, kept = 0;
    for (std::size_t i = 0; i < ends.size(); i += 2) {
      const std::size_t middle = ends[i];
      const std::size_t end = i + 1 < ends.size() ? ends[i + 1] : middle;
      std::merge(events.begin() + begin, events.begin() + middle, events.begin() + middle,
                 events.begin() + end, scratch.begin() + begin, earlier);
      ends[kept++] = end;
      begin = end;
    }
    ends.resize(kept);
    events.swap(scratch);
  }
}

}  // namespace springtide::sim
