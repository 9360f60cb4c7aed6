#include "workload/crowd/crowd.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include <doctest/doctest.h>

#include "tests/workload/crowd_samples.h"

namespace springtide::workload {
namespace {

TEST_CASE("the requests of a second are sorted, within it, and of users who are online") {
  for (const bool slots : {true, false}) {
    Crowd crowd(plan_of(sample_plan(slots)),
                {.seed = 5, .server = 3, .users = 9'000, .online = 7'000});
    std::int64_t total = 0;
    for (const Second& second : all_of(crowd, 900)) {
      CHECK(std::is_sorted(second.requests.begin(), second.requests.end()));
      for (const Shake shake : second.requests) {
        REQUIRE(shake.user() < 7'000);
        REQUIRE(shake.instant(second.number) >= Instant{second.number * 1'000'000'000});
        REQUIRE(shake.instant(second.number) < Instant{(second.number + 1) * 1'000'000'000});
      }
      total += std::ssize(second.requests);
      CHECK(second.counts.requests == std::ssize(second.requests));
    }
    CHECK(total > 50'000);
  }
}

TEST_CASE("no two requests of a user are closer than the throttle's lower bound") {
  for (const bool slots : {true, false}) {
    Crowd crowd(plan_of(sample_plan(slots)), {.seed = 5, .users = 7'000, .online = 7'000});
    std::map<std::uint32_t, Instant> last;
    for (const Second& second : all_of(crowd, 900)) {
      for (const Shake shake : second.requests) {
        const Instant at = shake.instant(second.number);
        if (const auto before = last.find(shake.user()); before != last.end())
          REQUIRE(at - before->second >= Duration{4'999'999'999});
        last[shake.user()] = at;
      }
    }
    CHECK(last.size() > 3'000);
  }
}

TEST_CASE("a user's slot is the same all night, and slots are spread evenly over the second") {
  Crowd crowd(plan_of(sample_plan(true)), {.seed = 5, .users = 20'000, .online = 20'000});
  std::map<std::uint32_t, std::uint32_t> slot;
  for (const Second& second : all_of(crowd, 900))
    for (const Shake shake : second.requests)
      REQUIRE(slot.emplace(shake.user(), shake.offset()).first->second == shake.offset());
  std::vector<double> tenths(10);
  for (const auto& [user, offset] : slot) tenths[offset * 10 >> tick_bits] += 1;
  const double expected = static_cast<double>(slot.size()) / 10;
  for (const double tenth : tenths) CHECK(std::abs(tenth - expected) < 4 * std::sqrt(expected));
}

}  // namespace
}  // namespace springtide::workload
