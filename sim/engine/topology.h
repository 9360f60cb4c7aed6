// The graph of processes and channels: is it sound, in which stage does each process run, and how
// long may a window be?
//
//   stage of a process = length of the longest path of feed-forward channels that ends at it
//   window             = the smallest delay of all feedback channels
//
// Feed-forward channels must form no cycle: then a stage sees in a window all messages that
// earlier stages sent in it, whatever the delay, zero included. A message over a feedback channel
// arrives at least one window later, so it does not matter in which stage its receiver runs.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "sim/engine/channel.h"

namespace springtide::sim {

struct Topology {
  std::vector<std::vector<ProcessId>> stages;  // processes of a stage by rising id
  Duration window{};
};

// Problems: a cycle without a feedback channel (named process by process), a feedback channel
// without a positive delay, a negative delay.
Result<Topology> plan_topology(std::span<const std::string> names,
                               std::span<const Channel> channels, Duration longest_window);

}  // namespace springtide::sim
