// A night that is kept in a checkpoint and goes on from it is the night that was never broken off,
// to the byte; and no file, however damaged, is taken for a checkpoint that it is not.
#include <atomic>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <unistd.h>

#include <doctest/doctest.h>

#include "base/bytes.h"
#include "models/checkpoint/file.h"
#include "models/fleet/world.h"
#include "spec/scenario_reader.h"

namespace springtide::models {
namespace {

// Everything at once: losses, a collector that marks for seconds, a cluster that is lost and comes
// back, pictures over thin links, polls for the configuration, packets whose winners queue behind.
spec::Scenario busy_night() {
  auto loaded = spec::load_scenario(
      {"scenarios/gala-2015/one-server.json",
       {},
       {"/duration=\"65s\"",
        "/warmup=\"15s\"",
        "/clients/viewers/population=90000",
        "/clients/viewers/phones/online=40000",
        "/services/access/overload-per-second=290",
        "/services/access/connections=7500",
        "/runtimes/access-go/forced-period=\"7s\"",
        "/runtimes/access-go/mark-rate=\"4MB\"",
        "/links/internet/loss=\"3%\"",
        "/sources={}",
        R"(/nodes/store={"workers":3})",
        R"(/nodes/bank={"workers":1})",
        R"(/services/store={"on":"store","time":{"exponential":{"mean":"60ms"}}})",
        R"(/services/bank={"on":"bank","time":{"exponential":{"mean":"100ms"}},"queue":5})",
        R"(/operations/open={"calls":[{"store":{}},{"bank":{}}]})",
        R"(/operations/share={"calls":[{"store":{}}]})",
        R"(/packets/seeds-grand/sets-off={"open":1,"share":2})",
        R"(/clusters={"east":{"site":"a","carrier":"x","servers":3},)"
        R"("north":{"site":"a","carrier":"y","servers":2},)"
        R"("west":{"site":"b","carrier":"x","servers":2}})",
        R"(/clients/viewers/phones/carriers={"x":"70%","y":"30%"})",
        R"(/incidents={"east-lost":{"kind":"loss","cluster":"east","at":"23s",)"
        R"("length":"14s","enabled":true},)"
        R"("north-lost":{"kind":"loss","cluster":"north","at":"28s",)"
        R"("length":"30s","enabled":true}})",
        R"(/control={"services-per-site":3,"failed":"20%","decide":"1s",)"
        R"("deliver":{"exponential":{"mean":"50ms"}},"poll":"4s","time-out":"500ms"})",
        R"(/resources={"pictures":{"count":2,"size":"100kB","per-cue":1,)"
        R"("bandwidth":{"x":"30Mbit/s","y":"20Mbit/s"}}})"}});
  if (!loaded.ok()) FAIL(to_string(loaded.problems()));
  return std::move(loaded.value().scenario);
}

std::string bytes_of(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// A directory that is gone afterwards.
struct Place {
  std::filesystem::path directory;
  Place() {
    directory = std::filesystem::temp_directory_path() /
                ("springtide-checkpoint-" + std::to_string(::getpid()));
    std::filesystem::create_directories(directory);
  }
  ~Place() { std::filesystem::remove_all(directory); }
  std::string file(const std::string& name) const { return (directory / name).string(); }
};

CheckpointHead head_of(const std::string& scenario = "busy night") {
  CheckpointHead head;
  head.version = "1";
  head.scenario = scenario;
  return head;
}

measure::Record run(const spec::Scenario& scenario, const RunOptions& options) {
  auto record = run_scenario(scenario, options);
  if (!record.ok()) FAIL(to_string(record.problems()));
  return std::move(record.value());
}

bool same_bits(const auto& a, const auto& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof a[0]) == 0;
}

void check_same(const measure::Record& a, const measure::Record& b) {
  CHECK(a.fingerprint == b.fingerprint);
  CHECK(a.complete == b.complete);
  CHECK(a.distributions == b.distributions);
  CHECK(a.distributions_over_time == b.distributions_over_time);
  CHECK(a.ledgers == b.ledgers);
  CHECK(a.tables == b.tables);
  CHECK(a.checks == b.checks);
  CHECK(a.marks == b.marks);
  REQUIRE(a.series.size() == b.series.size());
  for (std::size_t i = 0; i < a.series.size(); ++i) {
    CAPTURE(a.series[i].name);
    CHECK(same_bits(a.series[i].values, b.series[i].values));
  }
  REQUIRE(a.grids.size() == b.grids.size());
  for (std::size_t i = 0; i < a.grids.size(); ++i) {
    CAPTURE(a.grids[i].name);
    CHECK(same_bits(a.grids[i].values, b.grids[i].values));
  }
  REQUIRE(a.figures.size() == b.figures.size());
  for (std::size_t i = 0; i < a.figures.size(); ++i) {
    CAPTURE(a.figures[i].name);
    CHECK(std::memcmp(&a.figures[i].value, &b.figures[i].value, sizeof(double)) == 0);
  }
}

// The checkpoints of a whole run, by the instant from which they go on.
struct Kept {
  Place place;
  spec::Scenario scenario = busy_night();
  measure::Record whole;
  std::map<std::int64_t, std::string> files;

  Kept() {
    RunOptions options;
    options.checkpoints.head = head_of();
    options.checkpoints.file = place.file("now");
    options.checkpoints.due = [] { return true; };
    options.progress = [&](const Progress&) {
      if (!std::filesystem::exists(place.file("now"))) return;
      const CheckpointReader reader(place.file("now"), "1");
      REQUIRE_FALSE(reader.problem().has_value());
      const std::int64_t at = reader.head().at.since_start() / second;
      files[at] = place.file(std::to_string(at));
      std::filesystem::rename(place.file("now"), files[at]);
    };
    whole = run(scenario, options);
  }
};

TEST_CASE(
    "a night that goes on from a checkpoint ends in the same record, whenever it was written") {
  const Kept kept;
  check_same(kept.whole, run(kept.scenario, {}));
  std::vector<std::int64_t> instants;
  for (const auto& [at, _] : kept.files) instants.push_back(at);
  REQUIRE(instants == std::vector<std::int64_t>{10, 15, 20, 23, 28, 30, 37, 40, 50, 58, 60});
  for (std::size_t i = 0; i < instants.size(); ++i) {
    CAPTURE(instants[i]);
    const std::string next = kept.place.file("next");
    RunOptions options;
    options.threads = i % 2 + 1;
    options.checkpoints.head = head_of();
    options.checkpoints.resume = kept.files.at(instants[i]);
    options.checkpoints.file = next;
    options.checkpoints.due = [once = true]() mutable { return std::exchange(once, false); };
    check_same(kept.whole, run(kept.scenario, options));
    if (i + 1 < instants.size()) CHECK(bytes_of(next) == bytes_of(kept.files.at(instants[i + 1])));
  }
}

TEST_CASE("the night that is kept has something of everything in it") {
  const Kept kept;
  std::map<std::string, double> totals;
  for (const measure::Series& series : kept.whole.series)
    for (const double value : series.values)
      if (value == value) totals[series.name] += value;
  for (const std::string name :
       {"network.lost", "packets.received", "crowd.attempts", "crowd.connected",
        "crowd.connect-refused", "shake.stale", "resources.shakes-without"}) {
    CAPTURE(name);
    CHECK(totals[name] > 0);
  }
  const measure::Ledger& ledger = kept.whole.ledgers.at("shake");
  CHECK(ledger.refused > 0);
  CHECK(ledger.lost > 0);
  for (const char* operation : {"open", "share"})
    CHECK(kept.whole.ledgers.at(operation).offered > 0);
  CHECK(kept.whole.ledgers.at("open").refused > 0);
}

TEST_CASE("a night that is stopped is kept up to there") {
  const Place place;
  const spec::Scenario scenario = busy_night();
  std::atomic<bool> stop = false;
  RunOptions options;
  options.stop = &stop;
  options.progress = [&](const Progress& progress) {
    stop = progress.now >= Instant{} + second * 30;
  };
  options.checkpoints.head = head_of();
  options.checkpoints.file = place.file("stopped");
  CHECK_FALSE(run(scenario, options).complete);
  RunOptions rest;
  rest.checkpoints.head = head_of();
  rest.checkpoints.resume = place.file("stopped");
  Instant first = Instant::never();
  rest.progress = [&](const Progress& progress) {
    CHECK(progress.begun == Instant{} + second * 30);
    first = std::min(first, progress.now);
  };
  check_same(run(scenario, rest), run(scenario, {}));
  CHECK(first == Instant{} + second * 37);
}

std::string told(const spec::Scenario& scenario, const std::string& file,
                 const CheckpointHead& head = head_of()) {
  RunOptions options;
  options.checkpoints.head = head;
  options.checkpoints.resume = file;
  const auto record = run_scenario(scenario, options);
  return record.ok() ? "" : to_string(record.problems());
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("what is not this run's checkpoint is told") {
  const Kept kept;
  const std::string file = kept.files.at(37);
  CHECK(has(told(kept.scenario, kept.place.file("none")), "cannot be read"));
  CHECK(has(told(kept.scenario, file, head_of("another")), "another scenario or seed"));
  CheckpointHead head = head_of();
  head.version = "2";
  CHECK(has(told(kept.scenario, file, head), "written by version 1"));
  std::ofstream(kept.place.file("text")) << "a text that is long enough to be read as a head\n";
  CHECK(has(told(kept.scenario, kept.place.file("text")), "not a checkpoint"));
  auto detailed = spec::load_scenario({"scenarios/textbook/mm8.json", {}, {}});
  REQUIRE(detailed.ok());
  CHECK(has(told(detailed.value().scenario, file), "only a run on the fleet road"));
}

TEST_CASE("a checkpoint that was cut or changed anywhere is told, and nothing else happens") {
  const Kept kept;
  const std::string bytes = bytes_of(kept.files.at(30));
  const std::string file = kept.place.file("damaged");
  const auto check = [&](const std::string& damaged) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << damaged;
    CheckpointReader reader(file, "1");  // as the program does first
    CHECK(told(kept.scenario, file) != "");
  };
  for (std::size_t i = 0; i < 40; ++i) {
    CAPTURE(i);
    check(bytes.substr(0, i < 8 ? i * 7 : bytes.size() - bytes.size() / 33 * (i - 8) - 1));
    std::string changed = bytes;
    const std::size_t at = i < 20 ? i * 5 : bytes.size() / 20 * (i - 20) + 11;
    changed[at] = static_cast<char>(changed[at] ^ (i % 2 == 0 ? 0x01 : 0x80));
    check(changed);
  }
  check(bytes + "x");
}

TEST_CASE("a disk without room leaves the earlier checkpoint and the run") {
  const Place place;
  const spec::Scenario scenario = busy_night();
  std::filesystem::create_directory(place.file("now.part"));
  RunOptions options;
  options.checkpoints.head = head_of();
  options.checkpoints.file = place.file("now");
  options.checkpoints.due = [] { return true; };
  int failed = 0;
  options.checkpoints.failed = [&](const Diagnostic&) { ++failed; };
  CHECK(run(scenario, options).complete);
  CHECK(failed == 11);
  CHECK(check_checkpoint_path(place.file("now")).has_value());
  CHECK_FALSE(check_checkpoint_path(place.file("then")).has_value());
}

}  // namespace
}  // namespace springtide::models
