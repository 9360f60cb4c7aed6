#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "measure/confidence.h"
#include "models/fleet/control/change.h"
#include "models/fleet/control/change_record.h"
#include "tests/models/textbook_scenario.h"

namespace springtide::models::fleet {
namespace {

constexpr Instant limit{minute.ns * 10};

spec::LiveControl control(Duration poll, double failed = 0) {
  spec::LiveControl made;
  made.services_per_site = 3;
  made.failed.value = failed;
  made.decide = constant(second * 2);
  made.deliver = constant(millisecond * 50);
  made.poll = poll;
  made.time_out = millisecond * 500;
  return made;
}

Instant one(const spec::LiveControl& control, Instant ready, Duration phase,
            const std::function<bool(Instant)>& down = {}) {
  Stream stream(1, "test");
  std::int64_t time_outs = 0;
  return reached(control, ready, phase, limit, down, stream, time_outs);
}

std::vector<double> delays(const Change& change) {
  std::vector<double> values;
  for (const Instant has : change.has) values.push_back((has - change.ready).seconds());
  return values;
}

TEST_CASE("a server has a change with the first poll after it is ready, and the way to it") {
  const Instant ready{second.ns * 12};
  CHECK(one(control(second), ready, millisecond * 300) == ready + millisecond * 350);
  CHECK(one(control(second), ready, {}) == ready + millisecond * 50);  // at that very instant
  CHECK(one(control(second * 10), ready, second) == Instant{second.ns * 21} + millisecond * 50);
  CHECK(one(control({}), ready, {}) == ready + millisecond * 50);  // pushed
}

TEST_CASE("a server that is down has the change when it is back") {
  const Instant ready{second.ns * 12}, back{second.ns * 30};
  const auto down = [&](Instant at) { return at < back; };
  CHECK(one(control(second), ready, millisecond * 300, down) ==
        Instant{second.ns * 30} + millisecond * 350);
  const Instant pushed = one(control({}), ready, {}, down);
  CHECK(pushed >= back);
  CHECK(pushed <= back + millisecond * 600);
}

TEST_CASE("the delay of a polled change is half the interval, longer where services fail") {
  for (const double failed : {0.0, 0.3}) {
    const Control made(control(second * 2, failed), {{"cue", {second.ns * 20}}}, 4000, limit, 7);
    const std::vector<double> values = delays(made.changes()[0]);
    // A poll is answered by service i with f^i (1 - f), i time-outs later, or not at all, f^3: so
    // answered questions are gaps of 2 s x (1 + polls without answer) apart, and the difference of
    // two such offsets. From any instant to the next one: E gap^2 / (2 E gap).
    const double f = failed, none = f * f * f;
    const double offset = (f * 0.5 + f * f * 1.0) * (1 - f) / (1 - none);
    const double offset_squared = (f * 0.25 + f * f * 1.0) * (1 - f) / (1 - none);
    const double gap = 2 / (1 - none);
    const double variance =
        4 * none / ((1 - none) * (1 - none)) + 2 * (offset_squared - offset * offset);
    const double expected = (gap * gap + variance) / (2 * gap) + 0.05;
    const auto interval = measure::replication_interval(values, 0.999);
    CHECK(interval.contains(expected));
    CHECK_FALSE(interval.contains(expected * 1.05));
    CHECK((made.changes()[0].time_outs > 0) == (failed > 0));
  }
}

TEST_CASE("with every service failing nobody ever has the change") {
  for (const Duration poll : {Duration{}, second}) {
    const Control made(control(poll, 1), {{"cue", {second.ns}}}, 10, limit, 7);
    for (const Instant has : made.changes()[0].has) CHECK(has == Instant::never());
    CHECK(made.issues_from(3, {second.ns * 2}) == Instant::never());
  }
}

TEST_CASE("a wave waits for the change of its cue, and until then answers are old") {
  const Control made(control({}), {{"first", {second.ns * 10}}, {"second", {second.ns * 60}}}, 2,
                     limit, 1);
  CHECK(made.issues_from(0, {second.ns * 5}) == Instant{second.ns * 5});  // before any cue
  CHECK(made.issues_from(0, {second.ns * 10}) == Instant{second.ns * 12} + millisecond * 50);
  CHECK(made.issues_from(0, {second.ns * 30}) == Instant{second.ns * 30});
  CHECK(made.issues_from(0, {second.ns * 61}) == Instant{second.ns * 62} + millisecond * 50);
  const auto stale = made.stale(1);
  REQUIRE(stale.size() == 2);
  CHECK(stale[0].first == Instant{second.ns * 10});
  CHECK(stale[0].second == Instant{second.ns * 12} + millisecond * 50);
}

TEST_CASE("spans of old answers that touch are one") {
  const Control made(control({}), {{"first", {second.ns * 10}}, {"second", {second.ns * 11}}}, 1,
                     limit, 1);
  const auto stale = made.stale(0);
  REQUIRE(stale.size() == 1);
  CHECK(stale[0].first == Instant{second.ns * 10});
  CHECK(stale[0].second == Instant{second.ns * 13} + millisecond * 50);
}

TEST_CASE("the record tells how many servers have the newest change, and who is slow") {
  spec::LiveControl slow = control(second * 4);
  const Control made(slow, {{"cue", {second.ns * 2}}}, 4, limit, 3);
  measure::Record record;
  record.duration = second * 12;
  record_control(made, {"a/0", "a/1", "a/2", "a/3"}, record);
  const auto& reached_by = record.series[0].values;
  REQUIRE(reached_by.size() == 12);
  CHECK(reached_by[1] == 4);  // no cue yet
  CHECK(reached_by[2] == 0);
  CHECK(reached_by[11] == 4);
  CHECK(std::is_sorted(reached_by.begin() + 2, reached_by.end()));
  const auto& slowest = record.tables.at("control-slowest");
  CHECK(slowest.size() == 5);
  CHECK(slowest[1][2] == record.tables.at("control")[1][5]);
  CHECK(record.distributions.at("control.delay").count() == 4);
}

}  // namespace
}  // namespace springtide::models::fleet
