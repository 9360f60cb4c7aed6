// Runtime presets: every constant of a Go-like runtime with its value and its source.
//
// "threads" is a plain pool of threads and has no constants; those of "event-loop" are the defaults
// of spec/event_loop.h. "go1.8" speaks of the 2017 server
// (Xeon E5420, 2.5 GHz, Linux 3.2) and of its clients; "go1.19" has the costs of a current virtual
// machine, but the structure of 1.8: one timer heap, no preemption by signals.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spec/scenario.h"

namespace springtide::spec {

struct PresetConstant {
  std::string_view key;              // of the runtime section: "timer-pop-cost"
  std::string_view go_1_8, go_1_19;  // as a scenario would write them
  std::string_view source;
};

const std::vector<PresetConstant>& preset_constants();

// "threads", "event-loop", "go1.8", "go1.19".
const std::vector<std::string>& preset_names();

// A runtime with all constants of the preset; nothing where there is no such preset.
std::optional<Runtime> preset(std::string_view name);

// The runtime of a node: one of the scenario, a preset by its name, or "threads" where it names
// none. The scenario must have been read without problems.
Runtime runtime_of(const Scenario& scenario, const Node& node);

}  // namespace springtide::spec
