#include "measure/text/csv.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <unistd.h>

#include <doctest/doctest.h>

#include "base/random.h"
#include "measure/result_directory.h"
#include "measure/text/names.h"

namespace springtide::measure {
namespace {

namespace fs = std::filesystem;

Result<RecordedSeries> read_text(const std::string& text) {
  const fs::path path = fs::temp_directory_path() / ("springtide-csv-" + std::to_string(getpid()));
  std::ofstream(path, std::ios::binary) << text;
  auto result = read_csv_series(path);
  fs::remove(path);
  return result;
}

std::string position_of(const std::string& text) {
  const auto result = read_text(text);
  if (result.ok()) return "no problem";
  const Diagnostic& problem = result.problems().front();
  return std::to_string(problem.line) + ":" + std::to_string(problem.column);
}

TEST_CASE("a number is the shortest text that reads back as the same double") {
  CHECK(shortest_number(0.1) == "0.1");
  CHECK(shortest_number(30046) == "30046");
  CHECK(shortest_number(missing) == "");
  Stream stream(1, "test/numbers");
  for (int i = 0; i < 1000; ++i) {
    const double value =
        (stream.uniform() - 0.5) * std::pow(10.0, static_cast<int>(stream.below(40)) - 20);
    REQUIRE(number_of(shortest_number(value)) == value);
  }
}

TEST_CASE("the unit ends the name of a column and its noun is not said twice") {
  CHECK(column_name("server.requests", "requests/s") == "server_requests_per_s");
  CHECK(column_name("latency.p99", "ms") == "latency_p99_ms");
  CHECK(column_name("server.run-queue", "") == "server_run_queue");
  CHECK(column_name("node.busy", "%") == "node_busy_percent");
  CHECK(column_name("requests", "requests/s") == "requests_per_s");
  CHECK(column_name("net.rx", "packets/s") == "net_rx_packets_per_s");
}

TEST_CASE("two series whose columns would be the same get different ones") {
  CHECK(column_names({{"a.b", "ms", "", {}}, {"a-b", "ms", "", {}}, {"a_b", "ms", "", {}}}) ==
        std::vector<std::string>{"a_b_ms", "a_b_ms_2", "a_b_ms_3"});
}

TEST_CASE("no name of a distribution or table leads out of its folder") {
  CHECK(file_name("serve.latency") == "serve.latency");
  CHECK(file_name("../../etc/passwd") == "%2E.%2F..%2Fetc%2Fpasswd");
  CHECK(file_name("a/b") != file_name("a_b"));
  CHECK(file_name("..") == "%2E.");
}

TEST_CASE("cells with commas, quotes and line breaks survive") {
  const std::vector<std::vector<std::string>> rows = {
      {"plain", "a,b", "say \"x\""}, {"two\nlines", "", "\r\n"}, {""}, {"", ""}};
  std::string text;
  for (const auto& row : rows) append_csv_row(text, row);
  std::vector<std::vector<std::string>> back;
  const auto problem = read_csv(text, "t.csv", [&](const CsvRow& row) {
    back.emplace_back();
    for (const CsvCell& cell : row) back.back().push_back(cell.text);
    return std::optional<Diagnostic>();
  });
  CHECK_FALSE(problem);
  CHECK(back == rows);
}

TEST_CASE("the series recorded in 2017 are read") {
  const auto client = read_csv_series("tests/data/hongbao-2017/client_30k.csv");
  REQUIRE(client.ok());
  CHECK(client.value().clock_at_start == "22:55:06");
  REQUIRE(client.value().series.size() == 1);
  const Series& series = client.value().series.front();
  CHECK(series.name == "requests");
  CHECK(series.unit == "requests/s");
  CHECK(series.values.size() == 486);
  double sum = 0;
  for (const double value : series.values) sum += value;
  CHECK(sum / 486 == doctest::Approx(29'857).epsilon(1e-4));
}

TEST_CASE("a missing row, an empty cell and midnight keep every value in its second") {
  const auto read = read_text("clock,a_ms,b\r\n23:59:58,1,10\r\n00:00:00,,12\r\n00:00:01,4,13\r\n");
  REQUIRE(read.ok());
  const auto& a = read.value().series[0];
  CHECK(a.unit == "ms");
  REQUIRE(a.values.size() == 4);
  CHECK(a.values[0] == 1);
  CHECK(std::isnan(a.values[1]));
  CHECK(std::isnan(a.values[2]));
  CHECK(a.values[3] == 4);
  CHECK(read.value().series[1].values[2] == 12);
}

TEST_CASE("a time in seconds, or none at all, is taken as the row's second") {
  const auto timed = read_text("time_s,x\n5,1\n7,2\n");
  REQUIRE(timed.ok());
  CHECK(timed.value().series[0].values.size() == 3);
  const auto bare = read_text("x\n1\n2\n");
  REQUIRE(bare.ok());
  CHECK(bare.value().series[0].values == std::vector<double>{1, 2});
}

TEST_CASE("a damaged CSV is told with line and column") {
  CHECK(position_of("") == "0:0");
  CHECK(position_of("clock,a\n") == "0:0");
  CHECK(position_of("clock,a\n22:00:00,x\n") == "2:10");
  CHECK(position_of("clock,a\n22:00:00,1,2\n") == "2:12");
  CHECK(position_of("clock,a\n22:00:61,1\n") == "2:1");
  CHECK(position_of("clock,a\n22:00:05,1\n22:00:05,1\n") == "3:1");
  CHECK(position_of("clock,a\n22:00:05,1\n22:00:04,1\n") == "3:1");
  CHECK(position_of("clock,a\n22:00:05,\"1\n2\n") == "2:10");
  CHECK(position_of("1,2\n3,4\n") == "1:1");
  CHECK(position_of("clock,\n") == "1:7");
  CHECK(position_of("a\nnan\n") == "2:1");
  CHECK(position_of("time_s,a\n0,1\n9000000000000,1\n") == "3:1");
}

TEST_CASE("a file that cannot be read is told with the reason of the system") {
  const auto absent = read_csv_series("/nowhere/x.csv");
  REQUIRE_FALSE(absent.ok());
  CHECK(absent.problems()[0].to_string() ==
        "/nowhere/x.csv: error: cannot read: No such file or directory");
  const auto directory = read_csv_series("/tmp");
  REQUIRE_FALSE(directory.ok());
  CHECK(directory.problems()[0].what == "cannot read: Is a directory");
}

}  // namespace
}  // namespace springtide::measure
