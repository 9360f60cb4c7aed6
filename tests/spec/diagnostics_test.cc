// Every kind of problem, as a user sees it: tests/golden/diagnostics/NAME.json is read and its
// problems must be those of NAME.txt. A file may have an overlay, NAME.overlay, and settings, one
// a line, in NAME.set.
#include <algorithm>
#include <filesystem>

#include <doctest/doctest.h>

#include "spec/scenario_reader.h"
#include "tests/spec/golden.h"

using namespace springtide;
using namespace springtide::spec;

namespace {

const std::string folder = "tests/golden/diagnostics/";

std::vector<std::string> names() {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".json") found.push_back(entry.path().stem().string());
  std::sort(found.begin(), found.end());
  return found;
}

ScenarioRequest request_of(const std::string& name) {
  ScenarioRequest request{.path = folder + name + ".json", .overlays = {}, .settings = {}};
  if (std::filesystem::exists(folder + name + ".overlay"))
    request.overlays.push_back(folder + name + ".overlay");
  std::istringstream settings(content_of(folder + name + ".set"));
  for (std::string line; std::getline(settings, line);) request.settings.push_back(line);
  return request;
}

std::string problems_of(const ScenarioRequest& request) {
  const auto loaded = load_scenario(request);
  return loaded.ok() ? "no problem\n" : to_string(loaded.problems());
}

}  // namespace

TEST_CASE("every diagnostic reads as it was written down") {
  for (const std::string& name : names()) {
    CAPTURE(name);
    const std::string now = problems_of(request_of(name));
    CHECK(golden(folder + name + ".txt", now) == now);
    CHECK(now != "no problem\n");
  }
}

TEST_CASE("what cannot be read is told without a position") {
  CHECK(problems_of({.path = "tests/spec", .overlays = {}, .settings = {}}) ==
        "tests/spec: error: this is a directory, not a file\n");
  CHECK(problems_of({.path = "no/such.json", .overlays = {}, .settings = {}}) ==
        "no/such.json: error: cannot be read: No such file or directory\n");
  CHECK(problems_of({.path = "/dev/zero", .overlays = {}, .settings = {}}) ==
        "/dev/zero: error: larger than 64 MiB\n");
}

TEST_CASE("a million levels, wrong bytes, a byte order mark: a diagnostic, never a crash") {
  const auto first_line = [](const std::string& text) {
    const auto loaded = load_scenario_text(text, "x");
    REQUIRE_FALSE(loaded.ok());
    return loaded.problems().front().to_string();
  };
  CHECK(first_line(std::string(1'000'000, '[')) == "x:1:101: error: nested deeper than 100 levels");
  std::string objects;
  for (int i = 0; i < 300'000; ++i) objects += R"({"a":)";
  CHECK(first_line(objects) == "x:1:501: error: nested deeper than 100 levels");
  CHECK(first_line(std::string("{\n \0}", 5)) ==
        "x:2:2: error: the text contains a zero byte; expected UTF-8 text");
  CHECK(first_line("\xEF\xBB\xBF{}") ==
        "x:1:1: error: the text begins with a byte order mark; expected UTF-8 without one");
  CHECK(first_line(std::string("\xFF\xFE{\0", 4)) ==
        "x:1:1: error: the text begins with a byte order mark; expected UTF-8 without one");
  CHECK(first_line("{\n  \"title\": \"caf\xE9 au lait\"\n}\n") ==
        "x:2:17: error: not valid JSON, while parsing value - invalid string: ill-formed UTF-8 "
        "byte");
  std::string many = "[0";
  for (int i = 0; i < 1'000'000; ++i) many += ",0";
  CHECK(first_line(many + "]") == "x:1:2000000: error: more than 1000000 values");
}

TEST_CASE("thousands of problems are cut off, each with a position") {
  std::string text = "{";
  for (int i = 0; i < 20'000; ++i) text += "\"k" + std::to_string(i) + "\": 1,\n";
  const auto loaded = load_scenario_text(text + "\"springtide\": 1}", "x");
  REQUIRE_FALSE(loaded.ok());
  CHECK(loaded.problems().size() == 1000);
  for (const Diagnostic& problem : loaded.problems()) CHECK(problem.line > 0);
}
