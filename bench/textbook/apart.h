// Measuring in a process of its own, so that processor time and peak memory are those of one case.
#pragma once

#include <functional>

namespace springtide::bench {

struct Apart {
  double result = 0;             // what the body returned
  double seconds = 0;            // that passed
  double processor_seconds = 0;  // of all threads, and of children that were waited for
  double peak_mebibytes = 0;
};

// Runs `body` in a child process; ends this program where that fails.
Apart run_apart(const std::function<double()>& body);

}  // namespace springtide::bench
