// A night spread over ranks is the night: every file's content, whatever moved between them.
#include <algorithm>
#include <atomic>
#include <bit>
#include <map>
#include <mutex>

#include <doctest/doctest.h>

#include "models/run.h"
#include "spec/scenario_reader.h"
#include "tests/ranks/thread_ranks.h"

namespace springtide::models {
namespace {

spec::Scenario small_gala() {
  auto read = spec::read_scenario("tests/determinism/small-gala.json");
  if (!read) FAIL(to_string(read.problems()));
  return std::move(read.value());
}

// What every rank returns, by rank.
std::vector<measure::Record> run(const spec::Scenario& scenario, int ranks, unsigned threads,
                                 const std::atomic<bool>* stop = nullptr) {
  std::vector<measure::Record> records(static_cast<std::size_t>(ranks));
  std::mutex mutex;
  sim::run_ranks(ranks, [&](sim::Ranks& own) {
    RunOptions options;
    options.threads = threads;
    options.ranks = &own;
    if (own.rank() == ranks - 1) options.stop = stop;
    auto record = run_scenario(scenario, options);
    const std::lock_guard lock(mutex);
    REQUIRE(record);
    records[static_cast<std::size_t>(own.rank())] = std::move(record.value());
  });
  return records;
}

// A missing value is no number, and equal to no other.
std::uint32_t bits(float value) { return std::bit_cast<std::uint32_t>(value); }

void check_same(const measure::Record& one, const measure::Record& other) {
  CHECK(one.fingerprint == other.fingerprint);
  CHECK(one.distributions == other.distributions);
  CHECK(one.distributions_over_time == other.distributions_over_time);
  CHECK(one.ledgers == other.ledgers);
  CHECK(one.tables == other.tables);
  CHECK(one.complete == other.complete);
  REQUIRE(one.figures.size() == other.figures.size());
  for (std::size_t i = 0; i < one.figures.size(); ++i) {
    CAPTURE(one.figures[i].name);
    CHECK(one.figures[i].value == other.figures[i].value);
  }
  REQUIRE(one.series.size() == other.series.size());
  for (std::size_t i = 0; i < one.series.size(); ++i) {
    CAPTURE(one.series[i].name);
    CHECK(one.series[i].values == other.series[i].values);
  }
  REQUIRE(one.grids.size() == other.grids.size());
  for (std::size_t i = 0; i < one.grids.size(); ++i)
    CHECK(std::ranges::equal(one.grids[i].values, other.grids[i].values, {}, bits, bits));
}

TEST_CASE("a night on any number of ranks is the same, and only the first rank has it") {
  const spec::Scenario scenario = small_gala();
  const measure::Record alone = run(scenario, 1, 1).front();
  for (const int ranks : {2, 3, 4}) {
    CAPTURE(ranks);
    const std::vector<measure::Record> records = run(scenario, ranks, ranks == 2 ? 2 : 1);
    check_same(alone, records.front());
    for (std::size_t i = 1; i < records.size(); ++i) CHECK(records[i].series.empty());
  }
}

TEST_CASE("in the night that is compared everything happens") {
  const measure::Record record = run(small_gala(), 1, 2).front();
  for (const measure::Check& check : record.checks) {
    INFO(check.name, ": ", check.detail);
    CHECK(check.holds);
  }
  std::map<std::string, double> totals;
  for (const measure::Series& series : record.series)
    for (const double value : series.values) totals[series.name] += value;
  for (const char* name :
       {"server.refused", "network.lost", "packets.received", "shake.stale", "crowd.connected",
        "crowd.connect-refused", "crowd.not-sent", "resources.waiting", "resources.shakes-without"})
    CHECK_MESSAGE(totals[name] > 0, name);
  CHECK(record.tables.at("incidents").size() == 1 + 3);
  std::map<std::string, double> figures;
  for (const measure::Figure& figure : record.figures) figures[figure.name] = figure.value;
  CHECK(figures.at("incidents.requests-lost") > 0);
}

TEST_CASE("one rank that is told to stop stops all, at the same second") {
  spec::Scenario scenario = small_gala();
  const std::atomic<bool> stop = true;
  const std::vector<measure::Record> records = run(scenario, 3, 1, &stop);
  CHECK_FALSE(records.front().complete);
  CHECK(records.front().duration == Duration{});
}

TEST_CASE("the detailed road says that it does not run on several ranks") {
  auto read = spec::read_scenario("scenarios/textbook/mm8.json");
  REQUIRE(read);
  sim::run_ranks(2, [&](sim::Ranks& own) {
    RunOptions options;
    options.ranks = &own;
    CHECK_FALSE(run_scenario(read.value(), options));
  });
}

}  // namespace
}  // namespace springtide::models
