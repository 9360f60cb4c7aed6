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

// Of everyone's first request: how many in each tenth of a second.
std::vector<double> tenths_of(const spec::Phones& phones) {
  spec::CuesPlan plan = sample_plan(true);
  plan.cues = {{"all", {.at = second * 10, .share = {1.0}, .reaction = {}, .shaking = {}}}};
  Crowd crowd(plan_of(plan, phones), {.seed = 5, .server = 7, .users = 20'000, .online = 20'000});
  std::vector<bool> seen(20'000);
  std::vector<double> tenths(10);
  for (const Second& second : all_of(crowd, 200)) {
    for (const Shake shake : second.requests) {
      if (seen[shake.user()]) continue;
      seen[shake.user()] = true;
      tenths[shake.offset() * 10 >> tick_bits] += 1;
    }
  }
  return tenths;
}

double chi_squared(const std::vector<double>& counts, double expected) {
  double sum = 0;
  for (const double count : counts) sum += (count - expected) * (count - expected) / expected;
  return sum;
}

TEST_CASE("requests are even over the second where clocks are right, random where they are not") {
  for (const double tenth : tenths_of({})) CHECK(std::abs(tenth - 2'000) <= 2);
  spec::Phones phones;
  phones.clock_error = Distribution(Exponential{second * 2});
  const auto random = tenths_of(phones);
  // nine degrees of freedom: below 1.15 and above 27.9 one time in a thousand each
  CHECK(chi_squared(random, 2'000) > 1.15);
  CHECK(chi_squared(random, 2'000) < 27.9);
}

TEST_CASE("a phone whose clock is ahead sends before its slot, one that is behind after it") {
  const auto crowd = [](Duration error, bool either_sign) {
    spec::Phones phones;
    phones.clock_error = Distribution(Constant{error});
    phones.clock_error_either_sign = either_sign;
    return Crowd(plan_of(sample_plan(true), phones),
                 {.seed = 5, .server = 7, .users = 8'000, .online = 8'000});
  };
  const Crowd right = crowd({}, true), ahead = crowd(millisecond * 250, false);
  const Crowd either = crowd(millisecond * 250, true);
  constexpr std::uint32_t quarter = ticks_per_second / 4;
  int behind = 0;
  for (std::uint32_t user = 0; user < 8'000; ++user) {
    const auto late = [&](const Crowd& by) {
      return (by.slot_of(user) + ticks_per_second - right.slot_of(user)) % ticks_per_second;
    };
    REQUIRE(late(ahead) == 3 * quarter);
    REQUIRE((late(either) == quarter || late(either) == 3 * quarter));
    behind += late(either) == quarter;
  }
  CHECK(std::abs(behind - 4'000) < 4 * 45);
}

}  // namespace
}  // namespace springtide::workload
