#include "cli/verbs/planned.h"

#include <filesystem>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/console.h"
#include "cli/rendering.h"

namespace springtide::cli {

void add_planned_options(CLI::App& verb, PlannedArguments& arguments, const std::string& suffix) {
  verb.add_option("FILE", arguments.file, "the scenario, JSON")->required()->type_name("");
  verb.add_option("-o,--output", arguments.directory,
                  "where the result goes; default: results/NAME-" + suffix + " for NAME.json")
      ->type_name("DIR");
  verb.add_option("--seed", arguments.seed, "instead of the scenario's own seed")
      ->type_name("N")
      ->check(CLI::Validator(CLI::NonNegativeNumber).name(""));
  add_scenario_options(verb, arguments.input);
  verb.add_flag("--force", arguments.force, "replace an earlier result");
  verb.add_flag("--json", arguments.json, "print figures and tables as JSON");
  verb.add_flag("--no-report", arguments.no_report, "write no report.html and no charts");
}

std::string planned_command(const std::string& verb, const PlannedArguments& arguments,
                            std::uint64_t seed) {
  std::string command = "springtide " + verb + " " + arguments.file;
  for (const std::string& overlay : arguments.input.overlays) command += " --overlay " + overlay;
  for (const std::string& setting : arguments.input.settings) command += " --set '" + setting + "'";
  return command + " --seed " + std::to_string(seed);
}

std::string directory_of(const PlannedArguments& arguments, const std::string& suffix) {
  if (!arguments.directory.empty()) return arguments.directory;
  const std::string name = std::filesystem::path(arguments.file).stem().string() + "-" + suffix;
  return (std::filesystem::path("results") / name).string();
}

measure::Manifest planned_manifest(const std::string& world, std::string command,
                                   std::uint64_t seed) {
  measure::Manifest manifest;
  manifest.version = SPRINGTIDE_VERSION;
  manifest.seed = seed;
  manifest.world = world;
  manifest.command = std::move(command);
  manifest.threads = 1;
  manifest.machine = measure::describe_machine();
  manifest.started = measure::now_utc();
  return manifest;
}

void finish(measure::Manifest& manifest, double wall_seconds) {
  manifest.finished = measure::now_utc();
  manifest.wall_seconds = wall_seconds;
}

std::optional<std::string> write_planned(const PlannedArguments& arguments,
                                         const std::string& directory, const std::string& scenario,
                                         const measure::Record& record,
                                         const measure::Manifest& manifest) {
  measure::ResultContent content{record, manifest, scenario, {}};
  if (!arguments.no_report) {
    auto files = rendered_files(content, {});
    if (!files) {
      print_problems(files.problems());
      return {};
    }
    content.files = std::move(files.value());
  }
  const auto path = measure::write_result_directory(directory, content, {arguments.force});
  if (path) return path.value().string();
  print_problems(path.problems());
  return {};
}

std::string planned_json(const measure::Record& record, const std::string& directory) {
  nlohmann::json json{{"title", record.title},
                      {"result", directory},
                      {"figures", nlohmann::json::object()},
                      {"tables", nlohmann::json::object()}};
  for (const measure::Figure& figure : record.figures)
    json["figures"][figure.name] = {{"value", figure.value}, {"unit", figure.unit}};
  for (const auto& [name, rows] : record.tables) json["tables"][name] = rows;
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace springtide::cli
