// Reading a scenario: a file, overlays over it, settings over those; every problem in one pass.
//
//   const auto loaded = load_scenario({.path = "mm8.json", .settings =
//   {"/nodes/node/workers=16"}}); if (!loaded.ok()) print(to_string(loaded.problems()));   // exit
//   2
//
// The file must be JSON (UTF-8, at most 64 MiB, 100 levels, a million values, no duplicate keys).
// A problem points to where the value was really written: `file:line:col`, the overlay's own
// `file:line:col`, or `--set:n:col` for the n-th setting. Where one of the texts is not JSON at
// all, only such problems are told; what the values mean is judged when all texts could be read.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "spec/scenario.h"

namespace springtide::spec {

struct ScenarioRequest {
  std::string path;
  std::vector<std::string> overlays;  // files, RFC 7396 merge patches, in this order
  std::vector<std::string> settings;  // "/pointer=value", after the overlays
};

// Where each value of the effective scenario was written, for problems found later (a threshold
// that does not parse, a value that a model cannot run).
class Positions {
 public:
  // A problem at an RFC 6901 pointer; where nothing stands there, at its nearest ancestor.
  Diagnostic problem(std::string_view pointer, std::string what) const;

  struct Position {
    std::string file;
    int line = 0, column = 0;
  };
  std::map<std::string, Position, std::less<>> by_pointer;
};

struct LoadedScenario {
  Scenario scenario;
  std::string effective_json;  // canonical text of what the file, overlays and settings give
  std::string hash;            // SHA-256 of effective_json, 64 hexadecimal digits
  Positions positions;
};

Result<LoadedScenario> load_scenario(const ScenarioRequest& request);

// From a text, for tests and tools; `name` stands for the file in problems.
Result<LoadedScenario> load_scenario_text(std::string_view text, const std::string& name,
                                          const std::vector<std::string>& settings = {});

Result<Scenario> read_scenario(const std::string& path);

}  // namespace springtide::spec
