#include <cstdint>
#include <vector>

#include <doctest/doctest.h>

#include "measure/checks.h"
#include "models/fleet/resources/fetch_link.h"
#include "models/fleet/resources/fetches.h"
#include "models/fleet/resources/resources_plan.h"
#include "models/fleet/resources/viewers.h"

namespace springtide::models::fleet {
namespace {

const auto alone = sim::alone();

constexpr Duration day = minute * 60 * 24;

// 65 resources of 163 kB for 350 million users: 3.7 PB (FACTS: pushed from 9 to 18 February).
spec::StaticResource gala() {
  spec::StaticResource resource;
  resource.count = 65;
  resource.size = {163'000};
  resource.push = day * 9;
  resource.push_length = day * 9;
  resource.push_ceiling = {1e12};
  resource.reached.value = 1;
  return resource;
}

ResourcesPlan plan_of(const spec::StaticResource& resource, std::size_t cues = 10) {
  spec::Scenario scenario;
  scenario.resources["pictures"] = resource;
  return {scenario, 1000, cues, 5};
}

workload::Shake shake(std::uint32_t user) { return {std::uint64_t{user} << 20}; }

TEST_CASE("the push of the gala: 3.7 PB, in 8.2 hours at 1 Tbit/s") {
  const Push push = push_of(gala(), 350'000'000);
  CHECK(push.wanted_bytes == doctest::Approx(3.708e15).epsilon(1e-3));
  CHECK(push.share == 1);
  CHECK(push.seconds == doctest::Approx(3.708e15 / 125e9).epsilon(1e-3));
  CHECK(push.seconds < 9 * 86400.0);
}

TEST_CASE("a push ends at what the ceiling, the time and the phones allow") {
  spec::StaticResource resource = gala();
  resource.push_ceiling = {3e9};  // 3 Gbit/s x 9 d = 291.6 TB
  CHECK(push_of(resource, 350'000'000).share == doctest::Approx(291.6 / 3708).epsilon(1e-3));
  resource.push_length = day;
  CHECK(push_of(resource, 350'000'000).share == doctest::Approx(32.4 / 3708).epsilon(1e-3));
  resource.push_ceiling = {0};
  resource.reached.value = 0.9;
  CHECK(push_of(resource, 350'000'000).share == doctest::Approx(0.9));
  CHECK(push_of(resource, 350'000'000).seconds == 0);
  resource.preload = false;
  CHECK(push_of(resource, 350'000'000).share == 0);
}

TEST_CASE(
    "who lacks a resource is the same whenever it is asked, and the share is that of the push") {
  spec::StaticResource resource = gala();
  resource.reached.value = 0.98;
  const ResourcesPlan plan = plan_of(resource), later = plan_of(resource, 3);
  std::int64_t lacking = 0, both = 0;
  bool same = true;
  constexpr std::uint64_t users = 200'000;
  for (std::uint64_t user = 0; user < users; ++user) {
    same = same && plan.lacks(0, 7, user) == later.lacks(0, 7, user);
    lacking += plan.lacks(0, 7, user) ? 1 : 0;
    both += plan.lacks(0, 7, user) && plan.lacks(0, 8, user) ? 1 : 0;
  }
  CHECK(same);
  // binomial, 4 standard deviations
  CHECK(static_cast<double>(lacking) == doctest::Approx(4000).epsilon(4 * 62.6 / 4000));
  CHECK(static_cast<double>(both) == doctest::Approx(80).epsilon(4 * 8.9 / 80));
  resource.reached.value = 1;
  CHECK_FALSE(plan_of(resource).lacks(0, 0, 1));
  resource.preload = false;
  CHECK(plan_of(resource).lacks(0, 0, 1));
}

TEST_CASE("a link carries its bandwidth, first come, first served, and the rest waits") {
  FetchLink link(BitRate{8000});  // 1000 bytes/s
  link.pass(5, 500);
  CHECK(link.served_before() == 1);
  link.pass(25, 2500);
  CHECK(link.served_before() == 1);
  CHECK(link.backlog() == 1500);
  link.pass(10, 1000);
  CHECK(link.fetches_waiting() == 35);
  link.pass(0, 0);  // the last 500 of the second lot, half of the third
  CHECK(link.served_before() == 2);
  link.pass(0, 0);
  CHECK(link.served_before() == 5);
  CHECK(link.backlog() == 0);
  CHECK(link.carried() == std::vector<std::int64_t>{500, 1000, 1000, 1000, 500});
  CHECK(link.waits().count() == 40);
  CHECK(link.waits().max() == 1'500'000'000);  // both lots: 1.5 s after their second
  CHECK(link.waits().min() == 0);
}

TEST_CASE("without a bandwidth a link carries all at once") {
  FetchLink link;
  link.pass(3, 1'000'000'000'000);
  CHECK(link.served_before() == 1);
  CHECK(link.carried()[0] == 1'000'000'000'000);
}

TEST_CASE("who lacks what a cue shows asks once and waits until its second is served") {
  spec::StaticResource resource = gala();
  resource.preload = false;
  resource.per_cue = 2;
  const ResourcesPlan plan = plan_of(resource);
  Viewers viewers(plan);
  viewers.react(0, 3, 1003);
  viewers.react(0, 4, 1004);
  CHECK(viewers.end_second(10)[0].fetches == 4);
  CHECK(viewers.waiting() == 2);
  const std::vector<workload::Shake> requests{shake(3), shake(5), shake(3)};
  CHECK(viewers.without_pictures(requests) == 2);
  viewers.react(1, 3, 1003);  // the next cue, while it still waits
  CHECK(viewers.end_second(11)[0].fetches == 2);
  viewers.served(0, 10);
  CHECK(viewers.waiting() == 2);
  viewers.served(0, 11);
  CHECK(viewers.waiting() == 1);
  CHECK(viewers.waits(3));
  CHECK_FALSE(viewers.waits(4));
  viewers.served(0, 12);
  CHECK(viewers.waiting() == 0);
  CHECK(viewers.without_pictures(requests) == 0);
}

TEST_CASE("what was fetched at a cue is there when another cue shows it again") {
  spec::StaticResource resource = gala();
  resource.preload = false;
  resource.count = 3;
  resource.per_cue = 2;  // cue 0: 0 1; cue 1: 2 0; cue 2: 1 2
  const ResourcesPlan plan = plan_of(resource, 3);
  Viewers viewers(plan);
  const std::vector<std::int64_t> expected{2, 1, 0};
  for (std::size_t cue = 0; cue < 3; ++cue) {
    viewers.react(cue, 1, 1);
    const auto& asked = viewers.end_second(static_cast<std::int64_t>(cue));
    CHECK(asked[0].fetches == expected[cue]);
    CHECK(asked[0].without_preload == 2);
  }
  viewers.react(2, 2, 2);  // who was not there before
  CHECK(viewers.end_second(3)[0].fetches == 2);
}

TEST_CASE("whoever has all asks nothing") {
  const ResourcesPlan plan = plan_of(gala());
  Viewers viewers(plan);
  viewers.react(0, 3, 1003);
  const auto& asked = viewers.end_second(1);
  CHECK(asked[0].fetches == 0);
  CHECK(asked[0].without_preload == 1);
  CHECK(viewers.waiting() == 0);
}

TEST_CASE("fetches of all servers share the link of their site and carrier") {
  spec::StaticResource resource = gala();
  resource.preload = false;
  resource.size = {1000};
  resource.bandwidth["north"] = {16'000};  // 2 resources/s; south: not limited
  Fetches fetches(plan_of(resource, 1), {{"cue", Instant{second.ns * 2}}},
                  {{"east", "north"}, {"east", "south"}, {"east", "north"}, {"west", "north"}});
  const auto told = [&](std::uint32_t server, std::vector<std::uint32_t> users) {
    std::vector<Reaction> reactions;
    for (const std::uint32_t user : users)
      reactions.push_back({Instant{second.ns * 3}, user, server * 100 + user});
    fetches.tell(server, 3, reactions, {});
  };
  const std::vector<Reaction> early{{Instant{second.ns}, 9, 9}};
  fetches.tell(0, 1, early, {});  // before any cue: nothing is shown
  told(0, {1, 2, 3});
  told(1, {1, 2, 3, 4});
  told(2, {1, 2});
  told(3, {1});
  fetches.advance(4, *alone);
  CHECK(fetches.waiting() == 5);  // of the five of east, north: two are carried, none is done
  const std::vector<workload::Shake> requests{shake(1), shake(9)};
  fetches.tell(0, 4, {}, requests);
  fetches.tell(1, 4, {}, requests);
  fetches.advance(5, *alone);
  CHECK(fetches.waiting() == 5);
  fetches.advance(6, *alone);
  CHECK(fetches.waiting() == 0);
  measure::Record record;
  record.duration = second * 6;
  fetches.record(record);
  CHECK(measure::all_hold(record.checks));
  const auto series = [&](const std::string& name) {
    for (const auto& one : record.series)
      if (one.name == name) return one.values;
    return std::vector<double>{};
  };
  const auto kbit = [](std::vector<double> gbit) {
    for (double& value : gbit) value = value * 1e6;
    return gbit;
  };
  const std::vector<double> carried = kbit(series("resources.east.north.bandwidth"));
  REQUIRE(carried.size() == 6);
  CHECK(carried[3] == doctest::Approx(16));
  CHECK(carried[5] == doctest::Approx(8));
  CHECK(kbit(series("resources.east.south.bandwidth"))[3] == doctest::Approx(32));
  CHECK(kbit(series("resources.without-preload"))[3] == doctest::Approx(80));
  CHECK(series("resources.waiting") == std::vector<double>{0, 0, 0, 5, 5, 0});
  CHECK(series("resources.shakes-without") == std::vector<double>{0, 0, 0, 0, 1, 0});
  CHECK(record.tables.at("resources-cues")[1] ==
        std::vector<std::string>{"cue", "2.000", "10", "0.000", "0.000", "0.000", "4.000"});
}

}  // namespace
}  // namespace springtide::models::fleet
