// The scenario itself.
#include <charconv>

#include "spec/checks/checks.h"
#include "spec/checks/fleet.h"

namespace springtide::spec {
namespace {

constexpr Duration longest{second * 86'400 * 10'000};

void not_empty(Checker& checker, const char* collection, bool empty) {
  const std::string pointer = fmt::format("/{}", collection);
  if (empty && checker.is_written(pointer))
    checker.problem(pointer, {"this is empty", "at least one entry"});
}

bool is_clock(const std::string& text) {
  const auto two = [&](std::size_t at, int below) {
    int value = -1;
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + at + 2, value);
    return error == std::errc{} && end == text.data() + at + 2 && value >= 0 && value < below;
  };
  return text.size() == 8 && text[2] == ':' && text[5] == ':' && two(0, 24) && two(3, 60) &&
         two(6, 60);
}

void check_times(Checker& checker) {
  const Scenario& scenario = checker.scenario();
  if (scenario.warmup >= scenario.duration && scenario.duration.ns > 0)
    checker.problem("/warmup", {"nothing is left to measure",
                                fmt::format("less than the duration, {}", checker.end())});
  if (scenario.duration > longest)
    checker.problem("/duration", {"this is longer than any run", "at most 10000d"});
  if (!scenario.start_clock.empty() && !is_clock(scenario.start_clock))
    checker.problem("/start-clock", {"this is not a time of day", "\"hh:mm:ss\""});
}

void check_road(Checker& checker) {
  const Scenario& scenario = checker.scenario();
  if (scenario.road == Road::fleet && !has_access_service(scenario))
    checker.problem("/road", {"the fleet road runs access servers, and there is none",
                              "a service with \"kind\": \"red-packet-access\""});
  if (scenario.road == Road::detailed && !scenario.clusters.empty())
    checker.problem("/road", {"the detailed road runs one server, not clusters", "\"fleet\""});
}

}  // namespace

void check_whole(Checker& checker) {
  const Scenario& scenario = checker.scenario();
  not_empty(checker, "clients", scenario.clients.empty());
  not_empty(checker, "operations", scenario.operations.empty());
  not_empty(checker, "services", scenario.services.empty());
  not_empty(checker, "nodes", scenario.nodes.empty());
  check_times(checker);
  check_road(checker);
}

}  // namespace springtide::spec
