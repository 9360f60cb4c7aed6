// What the verbs estimate and sweep share: no run, but a result directory like that of a run.
#pragma once

#include <optional>
#include <string>

#include "cli/scenario_input.h"
#include "measure/record.h"
#include "measure/result_directory.h"

namespace CLI {
class App;
}

namespace springtide::cli {

struct PlannedArguments {
  std::string file, directory;
  ScenarioInput input;
  std::optional<std::uint64_t> seed;
  bool force = false, json = false, no_report = false;
};

// FILE, -o, --seed, --overlay, --set, --force, --json, --no-report. `suffix`: of the default name
// of the directory, results/NAME-SUFFIX.
void add_planned_options(CLI::App& verb, PlannedArguments& arguments, const std::string& suffix);

// "springtide VERB FILE --overlay ... --set '...' --seed N".
std::string planned_command(const std::string& verb, const PlannedArguments& arguments,
                            std::uint64_t seed);

// The directory that is meant where none was named.
std::string directory_of(const PlannedArguments& arguments, const std::string& suffix);

// As the work begins, and as it ends.
measure::Manifest planned_manifest(const std::string& world, std::string command,
                                   std::uint64_t seed);
void finish(measure::Manifest& manifest, double wall_seconds);

// Where the result lies; or nothing, and the problem is told.
std::optional<std::string> write_planned(const PlannedArguments& arguments,
                                         const std::string& directory, const std::string& scenario,
                                         const measure::Record& record,
                                         const measure::Manifest& manifest);

// Title, result, figures and tables of a record.
std::string planned_json(const measure::Record& record, const std::string& directory);

}  // namespace springtide::cli
