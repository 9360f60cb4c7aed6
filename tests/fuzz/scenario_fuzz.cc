// Any text at all, read as a scenario: either a scenario or problems that each have a position.
//
// The first line may begin with '/', then it is a setting laid over the rest. ./dev fuzz runs this
// from the shipped scenarios and the golden files of the diagnostics.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "spec/scenario_reader.h"

using namespace springtide;
using namespace springtide::spec;

namespace {

void check_problem(const Diagnostic& problem) {
  SPRINGTIDE_CHECK(problem.file != "text" || (problem.line > 0 && problem.column > 0),
                   problem.to_string());
  SPRINGTIDE_CHECK(!problem.what.empty(), "a problem says what is wrong");
}

// What was read once is the same when its canonical text is read again.
void check_round_trip(const LoadedScenario& loaded) {
  const auto again = load_scenario_text(loaded.effective_json, "text");
  SPRINGTIDE_CHECK(again.ok(), to_string(again.problems()));
  SPRINGTIDE_CHECK(again.value().hash == loaded.hash, "canonical text is its own canonical text");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<std::string> settings;
  if (text.starts_with('/')) {
    const auto end = text.find('\n');
    settings.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? size : end + 1);
  }
  const auto loaded = load_scenario_text(text, "text", settings);
  if (loaded.ok()) return check_round_trip(loaded.value()), 0;
  SPRINGTIDE_CHECK(!loaded.problems().empty(), "a refusal has a reason");
  for (const Diagnostic& problem : loaded.problems()) check_problem(problem);
  return 0;
}
