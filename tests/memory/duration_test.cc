// Memory does not grow with simulated duration. What this program allocates is counted, and
// the largest number at once is compared: what a run holds is its world, at most 180 slices of each
// distribution over time, and a few numbers a second.
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <initializer_list>
#include <limits>
#include <malloc.h>
#include <new>
#include <string>
#include <unistd.h>
#include <vector>

#include <doctest/doctest.h>

#include "measure/result_directory.h"
#include "measure/series.h"
#include "models/run.h"
#include "spec/scenario_reader.h"

namespace {

std::atomic<std::size_t> held{0}, most_held{0};

void* take(std::size_t size) {
  void* memory = std::malloc(size);
  if (memory == nullptr) std::abort();
  const std::size_t now = held += malloc_usable_size(memory);
  std::size_t most = most_held;
  while (now > most && !most_held.compare_exchange_weak(most, now)) {}
  return memory;
}

void give_back(void* memory) {
  held -= malloc_usable_size(memory);
  std::free(memory);
}

}  // namespace

// Memory of more than the usual alignment is not counted: only the engine's few rings are such.
void* operator new(std::size_t size) { return take(size); }
void operator delete(void* memory) noexcept { give_back(memory); }
void operator delete(void* memory, std::size_t) noexcept { give_back(memory); }

namespace springtide::models {
namespace {

spec::Scenario load(spec::ScenarioRequest request, Duration duration) {
  request.settings.push_back("/duration=" + std::to_string(duration / second) + "s");
  auto loaded = spec::load_scenario(request);
  if (!loaded.ok()) FAIL(to_string(loaded.problems()));
  return std::move(loaded.value().scenario);
}

struct Used {
  std::size_t bytes = 0;  // most at once
  std::size_t slices = 0;
};

// Runs the scenario and writes the result.
Used use(const spec::Scenario& scenario) {
  const std::size_t before = held;
  most_held = before;
  const auto record = run_scenario(scenario, {});
  if (!record.ok()) FAIL(to_string(record.problems()));
  std::string home = (std::filesystem::temp_directory_path() / "springtide-XXXXXX").string();
  REQUIRE(mkdtemp(home.data()) != nullptr);
  const auto written =
      measure::write_result_directory(home + "/result", {record.value(), {}, "", {}});
  std::filesystem::remove_all(home);
  REQUIRE(written.ok());
  Used used{most_held - before, 0};
  for (const auto& [name, slices] : record.value().distributions_over_time)
    used.slices = std::max(used.slices, slices.size());
  return used;
}

// Each run is four times as long as the one before it: it may take a tenth more and, for the
// series, `a_second` bytes a second.
void check_growth(const spec::ScenarioRequest& request, std::initializer_list<Duration> durations,
                  std::size_t a_second) {
  std::size_t allowed = std::numeric_limits<std::size_t>::max() / 2;
  for (const Duration duration : durations) {
    CAPTURE(duration.seconds());
    const Used used = use(load(request, duration));
    CHECK(used.bytes < allowed + a_second * static_cast<std::size_t>(duration / second));
    CHECK(used.slices <= static_cast<std::size_t>(measure::most_slices));
    allowed = used.bytes + used.bytes / 10;
  }
}

TEST_CASE("a textbook run of four times the duration takes no more memory but for its series") {
  check_growth(
      {"scenarios/textbook/mm1.json",
       {},
       {"/clients/crowd/plan/poisson=200/s", "/services/station/time/exponential/mean=4ms"}},
      {minute * 30, minute * 120, minute * 480}, 200);
}

TEST_CASE("a night of four times the duration takes no more memory but for its series") {
  check_growth({"scenarios/hongbao-2017/30k.json",
                {"tests/determinism/short-night.json"},
                {"/clients/users/population=400", "/clients/users/connect/per-node=200",
                 "/clients/users/plan/slots/rate=20/s"}},
               {minute * 30, minute * 120}, 400);
}

// Time-outs, retries within a budget, hedges, fallbacks, and a cache whose entries age: whatever a
// call leaves behind would show, 100 times a second.
TEST_CASE("a chain of four times the duration takes no more memory but for its series") {
  check_growth(
      {"scenarios/mechanisms/retry-budget.json",
       {},
       {"/clients/crowd/plan/poisson=100/s", "/nodes/node/workers=5", "/nodes/node/count=2",
        "/operations/serve/calls/station/timeout=50ms",
        R"(/operations/serve/calls/station/hedge={"after":"40ms"})",
        R"(/operations/serve/calls/station/fallback={"time":"1ms"})",
        "/operations/serve/calls/station/retries/budget/ratio=100%",
        "/operations/serve/calls/station/cache=keys",
        R"(/caches/keys={"keys":20000,"size":2000,"popularity":0.8,"ttl":"60s","coalesce":true})"}},
      {minute * 30, minute * 120}, 900);
}

}  // namespace
}  // namespace springtide::models
