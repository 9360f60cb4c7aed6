// The scenarios that come with the program, and the what-ifs over them, are right.
#include <algorithm>
#include <filesystem>

#include <doctest/doctest.h>

#include "spec/scenario_reader.h"
#include "tests/spec/golden.h"

using namespace springtide;
using namespace springtide::spec;

namespace {

namespace files = std::filesystem;

bool is_what_if(const files::path& path) { return path.parent_path().filename() == "what-if"; }

std::vector<files::path> shipped() {
  std::vector<files::path> found;
  for (const auto& entry : files::recursive_directory_iterator("scenarios"))
    if (entry.path().extension() == ".json") found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

// What a what-if is meant for: without-NAME for NAME; any other for the night and, where there is
// one and unless it names what only the night has, its peak minute.
std::vector<files::path> bases_of(const files::path& overlay) {
  const files::path story = overlay.parent_path().parent_path();
  const std::string name = overlay.filename().string(), without = "without-";
  if (name.starts_with(without) && files::exists(story / name.substr(without.size())))
    return {story / name.substr(without.size())};
  const bool only_for_the_night =
      overlay.filename() == "forecast-1e7.json" || overlay.filename() == "no-preload.json";
  if (only_for_the_night || !files::exists(story / "peak-minute.json"))
    return {story / "night.json"};
  return {story / "night.json", story / "peak-minute.json"};
}

void is_right(const ScenarioRequest& request) {
  const auto loaded = load_scenario(request);
  CAPTURE(request.path);
  CHECK_MESSAGE(loaded.ok(), (loaded.ok() ? "" : to_string(loaded.problems())));
}

}  // namespace

TEST_CASE("every scenario is right, and every what-if over the scenarios it is meant for") {
  int what_ifs = 0;
  for (const files::path& file : shipped()) {
    CAPTURE(file.string());
    if (!is_what_if(file)) {
      is_right({.path = file.string(), .overlays = {}, .settings = {}});
      continue;
    }
    ++what_ifs;
    for (const files::path& base : bases_of(file))
      is_right({.path = base.string(), .overlays = {file.string()}, .settings = {}});
  }
  CHECK(what_ifs > 0);
}

TEST_CASE("every scenario that docs/scenario.md shows is right") {
  const std::string text = content_of("docs/scenario.md");
  const std::string opening = "```json\n";
  int scenarios = 0;
  for (auto at = text.find(opening); at != std::string::npos; at = text.find(opening, at + 1)) {
    const auto begin = at + opening.size();
    const auto loaded =
        load_scenario_text(text.substr(begin, text.find("```", begin) - begin), "docs/scenario.md");
    CHECK_MESSAGE(loaded.ok(), (loaded.ok() ? "" : to_string(loaded.problems())));
    ++scenarios;
  }
  CHECK(scenarios == 3);
}
