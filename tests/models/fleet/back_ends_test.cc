#include "models/fleet/backends/back_ends.h"

#include <algorithm>
#include <deque>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "measure/checks.h"
#include "measure/confidence.h"
#include "models/fleet/backends/back_ends_record.h"
#include "tests/models/textbook_scenario.h"
#include "theory/stations/markov.h"

namespace springtide::models::fleet {
namespace {

BackEndsPlan one_back_end(Distribution time, std::int64_t workers, std::int64_t packets,
                          std::int64_t times = 1) {
  BackEndsPlan plan;
  plan.back_ends.push_back({"store", std::move(time), workers});
  plan.operations = {{"credit", 0}};
  plan.steps = {{0, 0}};
  plan.pools = {{"wave", packets, {{0, times}}}};
  return plan;
}

// credit: store, payment;  share: payment
BackEndsPlan two_back_ends(std::int64_t packets, std::int64_t queue) {
  BackEndsPlan plan;
  plan.back_ends.push_back({"store", exponential(millisecond), 3, queue});
  plan.back_ends.push_back({"payment", exponential(millisecond), 7, queue});
  plan.operations = {{"credit", 0}, {"share", 2}};
  plan.steps = {{0, 0, 1}, {0, 1}, {1, 1}};
  plan.pools = {{"wave", packets, {{0, 1}, {1, 2}}}};
  return plan;
}

std::vector<Winner> poisson(std::int64_t count, Duration gap, std::uint64_t seed) {
  Stream stream(seed, "test/winners");
  const Distribution interval = exponential(gap);
  std::vector<Winner> winners;
  Instant at;
  for (std::int64_t i = 0; i < count; ++i) {
    at += interval.sample(stream);
    winners.push_back({at, static_cast<std::uint32_t>(i), 0});
  }
  return winners;
}

// The obvious way: who is in service is a list of ends; time goes from one happening to the next.
struct Twin {
  Twin(const BackEndSpec& of, std::uint64_t seed) : spec(of), stream(seed, "back-end/" + of.name) {}

  void until(std::int64_t at) {  // all that ends before
    while (!ends.empty() && ends.front() < at) {
      const std::int64_t now = ends.front();
      ends.pop_front();
      if (!waiting.empty()) start(now);
    }
  }
  void arrive(std::int64_t at) {
    until(at);
    if (static_cast<std::int64_t>(ends.size()) < spec.workers) {
      waiting.push_back(at);
      start(at);
    } else if (static_cast<std::int64_t>(waiting.size()) < spec.queue) {
      waiting.push_back(at);
    } else {
      ++refused;
    }
  }
  void start(std::int64_t now) {
    waits.push_back(now - waiting.front());
    waiting.pop_front();
    const std::int64_t end = now + spec.time.sample(stream).ns;
    ends.insert(std::upper_bound(ends.begin(), ends.end(), end), end);
    done.push_back(end);
  }

  BackEndSpec spec;
  Stream stream;
  std::deque<std::int64_t> ends, waiting;
  std::vector<std::int64_t> waits, done;
  std::int64_t refused = 0;
};

measure::Record recorded(const BackEnds& back_ends, std::int64_t won) {
  measure::Record record;
  record.duration = back_ends.reached().since_start();
  record_back_ends(back_ends, {won}, record);
  return record;
}

TEST_CASE("a back end does what a list of events does, visit by visit, full queues included") {
  for (const std::int64_t queue : {0, 1, 5, 1'000'000})
    for (const std::int64_t workers : {1, 2, 5, 6, 23}) {
      const BackEndSpec spec{"store", exponential(millisecond * workers), workers, queue};
      BackEnd fast(spec, 3);
      Twin slow(spec, 3);
      std::vector<Visit> departures;
      for (const Winner& winner : poisson(3000, microsecond * 950, 4)) {
        // to the nearest quarter of a millisecond: many arrive, start and end at one instant
        const std::int64_t at = winner.at.ns / 250'000 * 250'000;
        fast.arrive({at, at, 0}, departures);
        slow.arrive(at);
      }
      fast.advance(minute.ns, departures);
      slow.until(minute.ns);
      std::vector<std::int64_t> ends;
      for (const Visit& visit : departures) ends.push_back(visit.at);
      CHECK(ends == slow.done);
      CHECK(fast.refused().total() == slow.refused);
      measure::Histogram waits;
      for (const std::int64_t wait : slow.waits) waits.record(wait);
      CHECK(fast.waits() == waits);
    }
}

TEST_CASE("with constant times on whole instants, arrivals come before ends") {
  BackEnd back_end({"store", constant(second), 1, 0}, 1);
  std::vector<Visit> departures;
  CHECK(back_end.arrive({0, 0, 0}, departures));
  CHECK_FALSE(back_end.arrive({second.ns, 0, 0}, departures));  // finds the worker busy still
  CHECK(back_end.arrive({second.ns + 1, 0, 0}, departures));
  REQUIRE(departures.size() == 2);
  CHECK(departures[1].at == 2 * second.ns + 1);
}

TEST_CASE("M/M/c: the mean wait of back ends contains what theory says") {
  for (const std::int64_t workers : {1, 4, 40}) {
    std::vector<double> means;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      BackEnds back_ends(one_back_end(exponential(millisecond * workers), workers, 40'000), seed);
      back_ends.take(0, poisson(40'000, microsecond * 1250, seed));
      back_ends.drain({minute.ns * 10});
      means.push_back(back_ends.back_ends()[0].waits().mean() * 1e-9);
    }
    const auto station = theory::MarkovStation::make(800, 1000.0 / static_cast<double>(workers),
                                                     static_cast<int>(workers));
    REQUIRE(station);
    const double expected = station->means().mean_wait;
    const auto interval = measure::replication_interval(means, 0.999);
    CHECK(interval.contains(expected));
    CHECK_FALSE(interval.contains(expected * 1.5));
    CHECK(interval.half_width() < expected / 3);
  }
}

TEST_CASE("how time is cut, and who is told first, changes nothing") {
  const std::vector<Winner> winners = poisson(20'000, microsecond * 300, 7);
  std::vector<std::vector<Winner>> by_server(3);
  for (std::size_t i = 0; i < winners.size(); ++i) {
    Winner winner = winners[i];
    winner.at.ns = winner.at.ns / 1'000'000 * 1'000'000;  // many at one instant
    by_server[i % 3].push_back(winner);
  }
  std::vector<measure::Histogram> latencies;
  std::vector<std::int64_t> refused;
  for (const Duration slab : {millisecond * 17, second, second * 5, second * 60}) {
    BackEnds back_ends(two_back_ends(20'000, 4), 11);
    for (Instant at; at.ns < 10 * second.ns; at += slab) {
      for (std::uint32_t i = 0; i < 3; ++i) {
        const std::uint32_t server = slab == second ? 2 - i : i;
        std::vector<Winner> due;
        for (const Winner& winner : by_server[server])
          if (winner.at >= at && winner.at < at + slab) due.push_back(winner);
        back_ends.take(server, due);
      }
      back_ends.advance(at + slab);
    }
    back_ends.drain({minute.ns * 5});
    for (const OperationCounts& counts : back_ends.operations()) {
      latencies.push_back(counts.latency);
      refused.push_back(counts.refused);
      CHECK(counts.refused > 0);
    }
  }
  for (std::size_t i = 2; i < latencies.size(); ++i) {
    CHECK(latencies[i] == latencies[i - 2]);
    CHECK(refused[i] == refused[i - 2]);
  }
}

TEST_CASE("operations are asked as often as packets set them off, and all end once") {
  BackEnds back_ends(two_back_ends(5000, 1000), 5);
  back_ends.take(0, poisson(5000, millisecond, 9));
  back_ends.advance({second.ns * 2});
  for (const bool drained : {false, true}) {
    if (drained) back_ends.drain({minute.ns});
    const std::int64_t won = drained ? 5000 : back_ends.handed_on(0);
    const measure::Record record = recorded(back_ends, won);
    CHECK(measure::all_hold(record.checks));
    const auto& credit = record.ledgers.at("credit");
    const auto& share = record.ledgers.at("share");
    CHECK(credit.offered == won);
    CHECK(share.offered == 2 * won);
    CHECK((credit.in_flight == 0) == drained);
    CHECK(credit.answered > 0);
  }
}

TEST_CASE("a packet that is credited twice, or not at all, makes the result invalid") {
  for (const int extra : {-1, 0, 1}) {
    BackEnds back_ends(one_back_end(constant(millisecond), 1, 100), 1);
    std::vector<Winner> winners = poisson(100, millisecond, 1);
    if (extra < 0) winners.pop_back();
    if (extra > 0) winners.push_back({winners.back().at, 17, 0});
    back_ends.take(0, winners);
    back_ends.drain({minute.ns});
    CHECK(measure::all_hold(recorded(back_ends, 100).checks) == (extra == 0));
  }
}

TEST_CASE("a burst above what the workers can do leaves a backlog that falls at their rate") {
  BackEnds back_ends(one_back_end(constant(millisecond * 10), 10, 3000), 1);
  std::vector<Winner> winners(3000);
  for (std::uint32_t i = 0; i < 3000; ++i) winners[i] = {{second.ns}, i, 0};
  back_ends.take(0, winners);
  CHECK(back_ends.drain({minute.ns}) == Instant{second.ns * 5});
  const measure::Record record = recorded(back_ends, 3000);
  CHECK(measure::all_hold(record.checks));
  const auto series = [&](const std::string& name) {
    for (const auto& one : record.series)
      if (one.name == "backend.store." + name) return one.values;
    return std::vector<double>{};
  };
  // the worker who is done at a second's end is done in the next
  CHECK(series("backlog") == std::vector<double>{0, 2010, 1010, 10, 0});
  CHECK(series("longest-queue") == std::vector<double>{0, 2990, 2000, 1000, 0});
  CHECK(series("utilisation") == std::vector<double>{0, 100, 100, 100, 0});
  CHECK(record.distributions.at("credit.latency").max() == 3 * second.ns);
}

TEST_CASE("operations that call in a circle, and services that are no queues, are refused") {
  spec::Scenario scenario;
  for (const char* name : {"a", "b"}) {
    scenario.services[name] = {std::string(name) + "-node", spec::Station{}};
    scenario.nodes[std::string(name) + "-node"].workers = 2;
  }
  scenario.operations["there"].calls = {{"b"}, {"a"}};
  scenario.packets["wave"].kind = spec::PacketPool::Kind::seed;
  scenario.packets["wave"].count = 10;
  scenario.packets["wave"].sets_off = {{"there", 3}};
  const auto plan = plan_back_ends(scenario);
  REQUIRE(plan);
  REQUIRE(plan.value().back_ends.size() == 2);
  CHECK(plan.value().back_ends[0].name == "b");
  CHECK(plan.value().pools[0].sets_off[0].second == 3);
  scenario.operations["back"].calls = {{"a"}, {"b"}};
  scenario.packets["wave"].sets_off["back"] = 1;
  CHECK_FALSE(plan_back_ends(scenario));
  scenario.packets["wave"].sets_off.erase("back");
  scenario.services["a"].kind = spec::RedPacketAccess{};
  CHECK_FALSE(plan_back_ends(scenario));
}

}  // namespace
}  // namespace springtide::models::fleet
