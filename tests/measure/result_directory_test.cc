#include "measure/result_directory.h"

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <sstream>

#include <doctest/doctest.h>

#include "measure/series.h"
#include "tests/measure/temporary_directory.h"

namespace springtide::measure {
namespace {

Record example() {
  Record record;
  record.title = "M/M/8, \"quoted\", 三";
  record.clock_at_start = "23:59:58";
  record.duration = second * 3;
  record.series = {{"server.requests", "requests/s", "Requests read.", {1, missing, 0.1}},
                   {"latency.p99", "ms", "", {2.5, 1e-7}},
                   {"empty", "", "", {}}};
  for (int i = 0; i < 500; ++i) record.distributions["serve.latency"].record(i * 7919 + 1);
  record.distributions["other/../name"].record(std::numeric_limits<std::int64_t>::max());
  record.distributions["unused.latency"];
  record.distributions_over_time["serve.latency"].resize(3);
  record.distributions_over_time["serve.latency"][0].record(5'000'001);
  record.distributions_over_time["serve.latency"][0].record(5'000'002);
  record.distributions_over_time["serve.latency"][1].record(17);
  record.figures = {{"mean", 1.0 / 3, "ms", "about", 0.01},
                    {"undefined", missing, "", "", {}},
                    {"unbounded", HUGE_VAL, "", "", HUGE_VAL}};
  record.ledgers["serve"] = {10, 4, 1, 1, 1, 1, 2, 3};
  record.checks = {{"held", true, "fine"}, {"broken", false, "not fine"}};
  record.marks = {{"phase", "30 k", Instant{0}, Instant{5}}};
  record.grids = {{"server.requests",
                   "requests/s",
                   "By server.",
                   {"a,b", "\"c\""},
                   minute * 2,
                   3,
                   {1, 0.1F, static_cast<float>(missing), 16'777'216, 1e-30F, HUGE_VALF}},
                  {"no/one", "", "", {}, shortest_slice, 2, {}}};
  record.tables["loss by machine"] = {{"machine", "lost"}, {"a,b", "1"}, {"", ""}};
  record.verdicts = {{"serve.latency", "p(99)<2ms", 1.5, 2, "ms", true, 0.5},
                     {"unused.latency", "avg<1ms", missing, 1, "ms", false, missing}};
  record.fingerprint = "0123456789abcdef";
  return record;
}

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

void expect_same(const Record& a, const Record& b) {
  CHECK(a.title == b.title);
  CHECK(a.clock_at_start == b.clock_at_start);
  CHECK(a.duration == b.duration);
  CHECK(a.fingerprint == b.fingerprint);
  CHECK(a.complete == b.complete);
  CHECK(a.distributions == b.distributions);
  CHECK(a.distributions_over_time == b.distributions_over_time);
  CHECK(a.slice == b.slice);
  CHECK(a.ledgers == b.ledgers);
  CHECK(a.checks == b.checks);
  CHECK(a.marks == b.marks);
  CHECK(a.tables == b.tables);
  REQUIRE(a.series.size() == b.series.size());
  for (std::size_t i = 0; i < a.series.size(); ++i) {
    CHECK(a.series[i].name == b.series[i].name);
    CHECK(a.series[i].unit == b.series[i].unit);
    CHECK(a.series[i].about == b.series[i].about);
    REQUIRE(a.series[i].values.size() == b.series[i].values.size());
    for (std::size_t k = 0; k < a.series[i].values.size(); ++k)
      CHECK(same(a.series[i].values[k], b.series[i].values[k]));
  }
  REQUIRE(a.figures.size() == b.figures.size());
  for (std::size_t i = 0; i < a.figures.size(); ++i) {
    CHECK(a.figures[i].name == b.figures[i].name);
    CHECK(same(a.figures[i].value, b.figures[i].value));
    CHECK(a.figures[i].half_width == b.figures[i].half_width);
  }
  REQUIRE(a.grids.size() == b.grids.size());
  for (std::size_t i = 0; i < a.grids.size(); ++i) {
    CHECK(a.grids[i].name == b.grids[i].name);
    CHECK(a.grids[i].unit == b.grids[i].unit);
    CHECK(a.grids[i].about == b.grids[i].about);
    CHECK(a.grids[i].rows == b.grids[i].rows);
    CHECK(a.grids[i].slice == b.grids[i].slice);
    CHECK(a.grids[i].columns == b.grids[i].columns);
    REQUIRE(a.grids[i].values.size() == b.grids[i].values.size());
    for (std::size_t k = 0; k < a.grids[i].values.size(); ++k)
      CHECK(same(a.grids[i].values[k], b.grids[i].values[k]));
  }
  REQUIRE(a.verdicts.size() == b.verdicts.size());
  for (std::size_t i = 0; i < a.verdicts.size(); ++i) {
    CHECK(a.verdicts[i].expression == b.verdicts[i].expression);
    CHECK(same(a.verdicts[i].observed, b.verdicts[i].observed));
    CHECK(same(a.verdicts[i].margin, b.verdicts[i].margin));
    CHECK(a.verdicts[i].passed == b.verdicts[i].passed);
  }
}

Manifest manifest() {
  Manifest m;
  m.version = "0.1.0";
  m.seed = std::numeric_limits<std::uint64_t>::max();
  m.world = "model";
  m.machine = describe_machine();
  m.started = now_utc();
  return m;
}

Result<fs::path> write(const fs::path& path, const Record& record, bool force = false) {
  return write_result_directory(
      path, {record, manifest(), "{}\n", {{"charts/a.svg", "<svg/>"}, {"report.html", "<html>"}}},
      {force});
}

TEST_CASE("what is written is read back as the same record") {
  TemporaryDirectory home;
  for (const bool complete : {true, false}) {
    Record record = example();
    record.complete = complete;
    const fs::path path = home.path() / (complete ? "whole" : "interrupted");
    REQUIRE(write(path, record).ok());
    const auto back = read_result_directory(path);
    REQUIRE_MESSAGE(back.ok(), to_string(back.ok() ? Diagnostics{} : back.problems()));
    expect_same(record, back.value().record);
    CHECK(back.value().manifest.seed == std::numeric_limits<std::uint64_t>::max());
    CHECK(back.value().manifest.complete == complete);
    CHECK(back.value().manifest.scenario_sha256 ==
          "ca3d163bab055381827226140568f3bef7eaac187cebd76878e0b63e9e442356");
    CHECK(back.value().scenario == "{}\n");
  }
}

TEST_CASE("slices of any length are read back, and those of an older result are of 10 s") {
  TemporaryDirectory home;
  const auto text_of = [](const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  };
  Record record = example();
  for (const Duration slice : {shortest_slice, minute * 5}) {
    record.slice = slice;
    const fs::path path = home.path() / std::to_string(slice / second);
    REQUIRE(write(path, record).ok());
    const auto back = read_result_directory(path);
    REQUIRE_MESSAGE(back.ok(), to_string(back.ok() ? Diagnostics{} : back.problems()));
    expect_same(record, back.value().record);
    CHECK(text_of(path / "distributions/serve.latency.slices.csv")
              .find("\n" + std::to_string(slice / second) + ",1,") != std::string::npos);
    CHECK((text_of(path / "summary.json").find("\"slice_ns\": 300000000000") !=
           std::string::npos) == (slice != shortest_slice));
  }
}

TEST_CASE("an interrupted run says so in summary, verdict and manifest") {
  TemporaryDirectory home;
  Record record = example();
  record.checks.clear();
  record.verdicts.clear();
  record.complete = false;
  REQUIRE(write(home.path() / "r", record).ok());
  for (const char* file : {"summary.json", "verdict.json", "manifest.json"})
    CHECK(text_of(home.path() / "r" / file).find("\"complete\": false") != std::string::npos);
  CHECK(text_of(home.path() / "r/verdict.json").find("\"passed\": false") != std::string::npos);
}

TEST_CASE("timeseries.csv is what its format says") {
  TemporaryDirectory home;
  REQUIRE(write(home.path() / "r", example()).ok());
  CHECK(text_of(home.path() / "r/timeseries.csv") ==
        "time_s,clock,server_requests_per_s,latency_p99_ms,empty\n"
        "0,23:59:58,1,2.5,\n"
        "1,23:59:59,,1e-07,\n"
        "2,00:00:00,0.1,,\n");
  const auto plain = read_csv_series(home.path() / "r/timeseries.csv");
  REQUIRE(plain.ok());
  CHECK(plain.value().clock_at_start == "23:59:58");
  CHECK(plain.value().series[0].unit == "requests/s");
}

TEST_CASE("a grid has a line for each row and is among the sums") {
  TemporaryDirectory home;
  REQUIRE(write(home.path() / "r", example()).ok());
  CHECK(text_of(home.path() / "r/grids/server.requests.csv") ==
        "row,0,120,240\n"
        "\"a,b\",1,0.1,\n"
        "\"\"\"c\"\"\",16777216,1e-30,inf\n");
  CHECK(text_of(home.path() / "r/grids/no%2Fone.csv") == "row,0,10\n");
  CHECK(text_of(home.path() / "r/SHA256SUMS").find("  grids/server.requests.csv\n") !=
        std::string::npos);
}

TEST_CASE("an empty grid has the slices of its run, at most 180 of them, and no value") {
  const Grid night = empty_grid("x", "", "", {"a", "b"}, second * 17'280);
  CHECK(night.slice == minute * 2);
  CHECK(night.columns == 144);
  REQUIRE(night.values.size() == 288);
  for (const float value : night.values) CHECK(std::isnan(value));
  for (const Duration length : {Duration{}, second, second * 1800, second * 1801, minute * 9999}) {
    const Grid grid = empty_grid("x", "", "", {"a"}, length);
    CHECK(grid.columns <= static_cast<std::size_t>(most_slices));
    CHECK(grid.slice * static_cast<std::int64_t>(grid.columns) >= length);
  }
}

TEST_CASE("sha256sum agrees with SHA256SUMS, which covers all but the manifest and itself") {
  TemporaryDirectory home;
  const fs::path path = home.path() / "r";
  REQUIRE(write(path, example()).ok());
  CHECK(std::system(
            ("cd " + path.string() + " && sha256sum --quiet --strict -c SHA256SUMS").c_str()) == 0);
  CHECK(verify_sums(path).empty());
  const std::string sums = text_of(path / "SHA256SUMS");
  CHECK(sums.find("manifest.json") == std::string::npos);
  CHECK(sums.find("  charts/a.svg\n") != std::string::npos);
  std::ofstream(path / "timeseries.csv", std::ios::app) << "x";
  std::ofstream(path / "stranger") << "x";
  fs::remove(path / "report.html");
  const Diagnostics problems = verify_sums(path);
  CHECK(problems.size() == 3);
}

TEST_CASE("two writings of one record differ in the manifest only") {
  TemporaryDirectory home;
  REQUIRE(write(home.path() / "a", example()).ok());
  REQUIRE(write(home.path() / "b", example()).ok());
  CHECK(text_of(home.path() / "a/SHA256SUMS") == text_of(home.path() / "b/SHA256SUMS"));
}

TEST_CASE("no file of a result names a distribution outside its folder") {
  TemporaryDirectory home;
  REQUIRE(write(home.path() / "r", example()).ok());
  CHECK(fs::exists(home.path() / "r/distributions/other%2F..%2Fname.hgrm"));
  CHECK(entries(home.path()) == std::vector<std::string>{"r"});
}

// Each damage of one file is a problem with its name, never a crash.
TEST_CASE("a damaged result is told, file by file") {
  TemporaryDirectory home;
  const fs::path path = home.path() / "r";
  const auto damaged = [&](const std::string& file, const std::string& from,
                           const std::string& to) {
    fs::remove_all(path);
    REQUIRE(write(path, example()).ok());
    std::string text = text_of(path / file);
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    std::ofstream(path / file) << text.replace(at, from.size(), to);
    const auto read = read_result_directory(path);
    REQUIRE_FALSE(read.ok());
    return read.problems().front().to_string().substr(path.string().size() + 1);
  };
  CHECK(damaged("summary.json", "\"title\"", "title") ==
        "summary.json:2:4: error: not well-formed JSON");
  CHECK(damaged("summary.json", "\"offered\": 10", "\"offered\": \"ten\"") ==
        "summary.json: error: /ledgers/serve/offered: unexpected value; expected a whole number, "
        "received string");
  CHECK(damaged("summary.json", "\"duration_ns\"", "\"slice_ns\": 1, \"duration_ns\"") ==
        "summary.json: error: /slice_ns: unexpected value; expected whole seconds, in nanoseconds, "
        "received number");
  CHECK(damaged("summary.json", "\"marks\"", "\"sparks\"") ==
        "summary.json: error: /marks: missing value; expected a list, received nothing");
  CHECK(damaged("summary.json", "\"value\": 0.3", "\"value\": 1e400, \"x\": 0.3")
            .starts_with("summary.json:"));
  CHECK(damaged("timeseries.csv", "0.1", "x") ==
        "timeseries.csv:4:12: error: not a number; expected a number or an empty cell, received "
        "\"x\"");
  CHECK(damaged("timeseries.csv", "time_s", "time").starts_with("timeseries.csv:1:1: error:"));
  CHECK(damaged("timeseries.csv", "2,00:00:00,0.1,,\n", "")
            .starts_with("timeseries.csv: error: the file ends"));
  CHECK(damaged("grids/server.requests.csv", "0.1,", "x,") ==
        "grids/server.requests.csv:2:9: error: not a number; expected a number or an empty cell, "
        "received \"x\"");
  CHECK(damaged("grids/server.requests.csv", "120", "121")
            .starts_with("grids/server.requests.csv:1:1: error: the heading differs"));
  CHECK(damaged("grids/server.requests.csv", ",inf", "")
            .starts_with("grids/server.requests.csv:3:18: error: a row of 3 cells"));
  CHECK(damaged("grids/no%2Fone.csv", "10\n", "10\na,,\n") ==
        "grids/no%2Fone.csv: error: not as many rows as summary.json says; expected 0, received 1");
  CHECK(damaged("summary.json", "\"columns\": 3", "\"columns\": 181") ==
        "summary.json: error: /grids/0/columns: unexpected value; expected 0 to 180, received "
        "number");
  CHECK(damaged("distributions/serve.latency.slices.csv", "0,2,", "0,3,")
            .find(":2:3: error: the count") != std::string::npos);
  CHECK(damaged("distributions/serve.latency.buckets.csv", "10,17,1", "10,-17,1")
            .find(":3:4: error: not a value") != std::string::npos);
  CHECK(damaged("distributions/serve.latency.hgrm", "sum = ", "sum = 9")
            .find("serve.latency.hgrm:") != std::string::npos);
  CHECK(damaged("manifest.json", "\"seed\": ", "\"seed\": -") ==
        "manifest.json: error: /seed: unexpected value; expected a whole number from 0, received "
        "number");
}

TEST_CASE("a directory that is no result is told") {
  TemporaryDirectory home;
  const auto read = read_result_directory(home.path());
  REQUIRE_FALSE(read.ok());
  CHECK(read.problems().front().what == "cannot read: No such file or directory");
}

}  // namespace
}  // namespace springtide::measure
