#include "sim/engine/topology.h"

#include <algorithm>

#include <fmt/format.h>

namespace springtide::sim {
namespace {

using Edges = std::vector<std::vector<ProcessId>>;

Diagnostic problem(std::string what, std::string hint = "") {
  Diagnostic diagnostic;
  diagnostic.file = "simulation";
  diagnostic.what = std::move(what);
  diagnostic.hint = std::move(hint);
  return diagnostic;
}

Diagnostics check_delays(std::span<const std::string> names, std::span<const Channel> channels) {
  Diagnostics problems;
  for (const Channel& c : channels) {
    if (c.delay < Duration{})
      problems.push_back(problem(fmt::format("channel '{}' -> '{}' has a negative delay of {} ns",
                                             names[c.from], names[c.to], c.delay.ns)));
    else if (c.feedback && c.delay == Duration{})
      problems.push_back(problem(
          fmt::format("feedback channel '{}' -> '{}' has no delay", names[c.from], names[c.to]),
          "its smallest delay is the length of a window: it must be at least 1 ns"));
  }
  return problems;
}

// Walks backwards from a process on or behind a cycle, along processes that never became free of
// predecessors, until one is met twice.
std::string name_cycle(std::span<const std::string> names, const Edges& forward,
                       const std::vector<std::size_t>& waiting_for) {
  std::vector<ProcessId> predecessor(names.size(), 0);
  ProcessId at = 0;
  for (ProcessId from = 0; from < forward.size(); ++from)
    for (const ProcessId to : forward[from])
      if (waiting_for[from] > 0 && waiting_for[to] > 0) predecessor[to] = from;
  while (waiting_for[at] == 0) ++at;
  std::vector<bool> seen(names.size());
  while (!seen[at]) {
    seen[at] = true;
    at = predecessor[at];
  }
  std::vector<ProcessId> cycle{at};
  for (ProcessId p = predecessor[at]; p != at; p = predecessor[p]) cycle.push_back(p);
  std::reverse(cycle.begin(), cycle.end());
  std::rotate(cycle.begin(), std::min_element(cycle.begin(), cycle.end()), cycle.end());
  std::string text;
  for (const ProcessId p : cycle) text += fmt::format("'{}' -> ", names[p]);
  return text + fmt::format("'{}'", names[cycle.front()]);
}

}  // namespace

Result<Topology> plan_topology(std::span<const std::string> names,
                               std::span<const Channel> channels, Duration longest_window) {
  Diagnostics problems = check_delays(names, channels);
  Topology topology{{}, longest_window};
  Edges forward(names.size());
  std::vector<std::size_t> waiting_for(names.size(), 0);
  for (const Channel& c : channels) {
    if (c.feedback) {
      topology.window = std::min(topology.window, c.delay);
    } else {
      forward[c.from].push_back(c.to);
      ++waiting_for[c.to];
    }
  }
  std::vector<ProcessId> free;
  for (ProcessId p = 0; p < names.size(); ++p)
    if (waiting_for[p] == 0) free.push_back(p);
  std::size_t placed = 0;
  while (!free.empty()) {
    std::sort(free.begin(), free.end());
    placed += free.size();
    std::vector<ProcessId> next;
    for (const ProcessId from : free)
      for (const ProcessId to : forward[from])
        if (--waiting_for[to] == 0) next.push_back(to);
    topology.stages.push_back(std::move(free));
    free = std::move(next);
  }
  if (placed < names.size())
    problems.push_back(
        problem("channels form a cycle: " + name_cycle(names, forward, waiting_for),
                "declare one channel of the cycle as feedback; its delay then bounds the window"));
  if (!problems.empty()) return problems;
  return topology;
}

}  // namespace springtide::sim
