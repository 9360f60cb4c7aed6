// The scenario that a command line names: a file, overlays over it, single values set in it.
#pragma once

#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "spec/scenario_reader.h"

namespace CLI {
class App;
}

namespace springtide::cli {

struct ScenarioInput {
  std::vector<std::string> overlays;  // files, applied in order
  std::vector<std::string> settings;  // "/pointer=value", applied after all overlays
};

// Adds --overlay and --set to a verb.
void add_scenario_options(CLI::App& verb, ScenarioInput& input);

// Reads the file, applies what is over it, and asks the models whether they can run it and measure
// what its thresholds name, so that every problem of the scenario is told before the run.
Result<spec::LoadedScenario> read_scenario(const std::string& file, const ScenarioInput& input);

// The same of a text that such a file and what was over it have become; `name` is the file's.
Result<spec::LoadedScenario> read_scenario_text(const std::string& text, const std::string& name);

// Problems found after reading know only the JSON pointer: says where that value was written.
Diagnostics located(Diagnostics problems, const spec::LoadedScenario& loaded);

}  // namespace springtide::cli
