// Whatever happens to a scenario on its way, the reader ends with a scenario or with problems
// that say where they are.
#include <algorithm>
#include <filesystem>
#include <map>
#include <sstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "base/random.h"
#include "spec/scenario_reader.h"
#include "tests/spec/golden.h"

using namespace springtide;
using namespace springtide::spec;

namespace {

std::map<std::string, std::string> shipped() {
  std::map<std::string, std::string> texts;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("scenarios"))
    if (entry.path().extension() == ".json" && entry.path().parent_path().filename() != "what-if")
      texts[entry.path().string()] = content_of(entry.path().string());
  return texts;
}

void all_have_positions(const Diagnostics& problems) {
  CHECK_FALSE(problems.empty());
  for (const Diagnostic& problem : problems) {
    CHECK(problem.file == "x");
    CHECK(problem.line > 0);
    CHECK(problem.column > 0);
    CHECK_FALSE(problem.what.empty());
  }
}

const std::vector<std::string>& fragments() {
  static const std::vector<std::string> all{"{",         "}",
                                            "[",         "]",
                                            ",",         ":",
                                            "\"",        "\\",
                                            "null",      "true",
                                            "-1",        "0",
                                            "1e999",     "\"\"",
                                            "\"-5s\"",   "\"1h\"",
                                            "{}",        "[]",
                                            "\"go1.8\"", "\"serve\"",
                                            "\xff",      "\xF0\x9F",
                                            "\\ud800",   "999999999999999999999",
                                            "0.5",       "\"99999999999999999999999h\"",
                                            "{\"x\":1}"};
  return all;
}

void damage(std::string& text, Stream& random) {
  const auto at = [&] { return static_cast<std::size_t>(random.below(text.size() + 1)); };
  const std::size_t place = at();
  switch (random.below(4)) {
    case 0: text.erase(place, random.below(20)); return;
    case 1: text.insert(place, fragments()[random.below(fragments().size())]); return;
    case 2: text.insert(place, text.substr(at(), random.below(40))); return;
    default:
      if (place < text.size()) text[place] = static_cast<char>(random.below(256));
  }
}

// One value of the tree is replaced, a key renamed or removed: still JSON.
void change(nlohmann::json& tree, Stream& random) {
  std::vector<std::string> pointers;
  const nlohmann::json flat = tree.flatten();
  for (const auto& [pointer, value] : flat.items()) pointers.push_back(pointer);
  nlohmann::json::json_pointer pointer(pointers[random.below(pointers.size())]);
  for (auto levels = random.below(3); levels > 0 && !pointer.empty(); --levels) pointer.pop_back();
  static const std::vector<std::string> values{"null",
                                               "true",
                                               "-1",
                                               "0",
                                               "1.5",
                                               "1e300",
                                               "18446744073709551615",
                                               "\"\"",
                                               "\"x\"",
                                               "\"0s\"",
                                               "\"-1s\"",
                                               "\"1/s\"",
                                               "\"100000d\"",
                                               "{}",
                                               "[]",
                                               "[{}]",
                                               "{\"x\":{}}",
                                               "{\"exponential\":{\"mean\":\"1ms\"}}",
                                               "{\"closed\":{\"users\":1}}"};
  tree[pointer] = nlohmann::json::parse(values[random.below(values.size())]);
}

}  // namespace

TEST_CASE("every shipped scenario is read without a problem") {
  for (const auto& [path, text] : shipped()) {
    CAPTURE(path);
    const auto loaded = load_scenario({.path = path, .overlays = {}, .settings = {}});
    if (!loaded.ok()) FAIL_CHECK(to_string(loaded.problems()));
  }
}

TEST_CASE("damaged text gives a scenario or problems with positions") {
  Stream random(1, "test/damage");
  int refused = 0;
  for (const auto& [path, original] : shipped())
    for (int round = 0; round < 300; ++round) {
      std::string text = original;
      for (auto times = 1 + random.below(3); times > 0; --times) damage(text, random);
      const auto loaded = load_scenario_text(text, "x");
      if (!loaded.ok()) all_have_positions(loaded.problems()), ++refused;
    }
  CHECK(refused > 1000);  // the damage does damage
}

TEST_CASE("changed values give a scenario or problems with positions") {
  Stream random(1, "test/change");
  for (const auto& [path, original] : shipped())
    for (int round = 0; round < 200; ++round) {
      nlohmann::json tree = nlohmann::json::parse(original);
      for (auto times = 1 + random.below(3); times > 0 && tree.is_object(); --times)
        change(tree, random);
      const auto loaded = load_scenario_text(tree.dump(1 + static_cast<int>(random.below(3))), "x");
      if (!loaded.ok()) all_have_positions(loaded.problems());
    }
}

namespace {

std::size_t offset_of(const std::string& text, const Positions::Position& position) {
  std::size_t begin = 0;
  for (int line = 1; line < position.line; ++line) begin = text.find('\n', begin) + 1;
  return begin + static_cast<std::size_t>(position.column) - 1;
}

// The same document with blanks and line breaks wherever JSON allows them.
std::string loosened(const std::string& text, Stream& random) {
  std::string loose;
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"' && (i == 0 || text[i - 1] != '\\')) inside = !inside;
    loose += text[i];
    if (!inside && std::string("{}[],:").find(text[i]) != std::string::npos)
      for (auto blanks = random.below(4); blanks > 0; --blanks) loose += " \t\r\n"[random.below(4)];
  }
  return loose;
}

// An entry that is not written, or an item of a list whose numbers a rule has moved.
bool made_by_a_rule(const nlohmann::json& tree, nlohmann::json::json_pointer pointer) {
  if (!tree.contains(pointer)) return true;
  for (; !pointer.empty(); pointer.pop_back()) {
    const nlohmann::json& parent = tree.at(pointer.parent_pointer());
    if (!parent.is_array()) continue;
    for (const nlohmann::json& item : parent)
      if (item.is_object() && item.begin().key().find("..") != std::string::npos) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("at every position stands the value that the position is of") {
  Stream random(1, "test/loosen");
  for (const auto& [path, original] : shipped()) {
    CAPTURE(path);
    const nlohmann::json tree = nlohmann::json::parse(original);
    const std::string text = loosened(tree.dump(), random);
    const auto loaded = load_scenario_text(text, "x");
    REQUIRE(loaded.ok());
    for (const auto& [pointer, position] : loaded.value().positions.by_pointer) {
      if (made_by_a_rule(tree, nlohmann::json::json_pointer(pointer))) continue;
      std::istringstream from(text.substr(offset_of(text, position)));
      nlohmann::json value;
      from >> value;
      CHECK(value == tree.at(nlohmann::json::json_pointer(pointer)));
    }
  }
}
