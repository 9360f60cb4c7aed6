// Fields of servers x time and tables of packets: they say the same as the sums of the run.
#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include <doctest/doctest.h>

#include "models/run.h"
#include "spec/scenario_reader.h"

namespace springtide::models {
namespace {

measure::Record run_fleet() {
  auto loaded = spec::load_scenario(
      {"scenarios/gala-2015/one-server.json",
       {},
       {"/duration=\"35s\"", "/warmup=\"0s\"", "/clients/viewers/population=50000",
        "/clients/viewers/phones/online=40000", "/services/access/overload-per-second=200",
        "/sources={}", "/nodes/access-server/clock=null", "/nodes/access-server/count=5",
        "/nodes/access-server/speed-spread=\"20%\"",
        R"(/packets={"wave":{"kind":"seed","service":"access","begin":"5s","rate":"200/s",)"
        R"("count":20003,"amount-low":10,"amount-high":309,"sponsors":7,"per-user":3,)"
        R"("per-sponsor":1}})"}});
  if (!loaded.ok()) FAIL(to_string(loaded.problems()));
  auto record = run_scenario(loaded.value().scenario, {});
  if (!record.ok()) FAIL(to_string(record.problems()));
  return std::move(record.value());
}

const measure::Grid& grid(const measure::Record& record, const std::string& name) {
  for (const measure::Grid& one : record.grids)
    if (one.name == name) return one;
  FAIL(name);
  return record.grids.front();
}

// Sum over all cells of a rate, each times the seconds of its column: of 35 s the last has five.
double whole(const measure::Grid& grid) {
  double sum = 0;
  for (std::size_t row = 0; row < grid.rows.size(); ++row)
    for (std::size_t column = 0; column < grid.columns; ++column)
      sum += static_cast<double>(grid.at(row, column)) * (column == 3 ? 5 : 10);
  return sum;
}

double total(const measure::Record& record, const std::string& name) {
  for (const measure::Series& series : record.series)
    if (series.name == name) {
      double sum = 0;
      for (const double value : series.values) sum += value;
      return sum;
    }
  FAIL(name);
  return 0;
}

TEST_CASE("grids of servers hold what the series hold") {
  const measure::Record record = run_fleet();
  CHECK(total(record, "server.refused") > 100);
  for (const char* name : {"server.requests", "server.refused"}) {
    CAPTURE(name);
    CHECK(grid(record, name).rows.size() == 5);
    CHECK(whole(grid(record, name)) == doctest::Approx(total(record, name)).epsilon(1e-4));
  }
}

TEST_CASE("the p99 of a slice is that of its requests, in the end of its bucket") {
  const measure::Record record = run_fleet();
  const measure::Grid& p99 = grid(record, "server.latency-p99");
  const auto& slices = record.distributions_over_time.at("shake.latency");
  for (std::size_t column = 0; column < 4; ++column) {
    const double all = static_cast<double>(*slices[column].quantile(0.99)) * 1e-6;
    double mean = 0;
    for (std::size_t row = 0; row < 5; ++row) mean += static_cast<double>(p99.at(row, column)) / 5;
    CHECK(mean == doctest::Approx(all).epsilon(0.15));  // of a fifth of the requests each
  }
}

TEST_CASE("packets are told by sponsor and by server, and what remains") {
  const measure::Record record = run_fleet();
  for (const char* name : {"packets-by-sponsor", "packets-by-server"}) {
    CAPTURE(std::string(name));
    std::int64_t sums[4] = {0, 0, 0, 0};
    const auto& rows = record.tables.at(name);
    CHECK(rows.size() == (name[11] == 's' && name[12] == 'p' ? 8 : 6));
    for (std::size_t i = 1; i < rows.size(); ++i)
      for (std::size_t c = 0; c < 4; ++c) sums[c] += std::stoll(rows[i][c + 1]);
    CHECK(sums[0] == 20'003);
    // What arrived before the end is answered after it, and a burst of 40 a server then given away.
    const double after_end = static_cast<double>(sums[1]) - total(record, "packets.issued");
    CHECK(after_end >= 0);
    CHECK(after_end <= 200);
    CHECK(sums[2] <= sums[1]);
    CHECK(static_cast<double>(sums[2]) >= total(record, "packets.received"));
    CHECK(sums[3] == sums[0] - sums[1]);
  }
  const measure::Grid& remaining = grid(record, "packets.remaining");
  double at_end = 0;
  for (std::size_t row = 0; row < 5; ++row) at_end += static_cast<double>(remaining.at(row, 3));
  for (const measure::Series& series : record.series)
    if (series.name == "packets.remaining") {
      CHECK(series.values.front() == 20'003);
      CHECK(series.values.back() >= at_end);
      CHECK(series.values.back() - at_end <= 200);
      CHECK(at_end < 20'003);
    }
}

TEST_CASE("the hottest and the coldest are those of the table of servers") {
  const measure::Record record = run_fleet();
  double most = 0, least = 100;
  const auto& rows = record.tables.at("servers");
  for (std::size_t i = 1; i < rows.size(); ++i) {
    most = std::max(most, std::stod(rows[i][8]));
    least = std::min(least, std::stod(rows[i][8]));
  }
  for (const measure::Figure& figure : record.figures) {
    if (figure.name == "server.hottest") CHECK(figure.value == doctest::Approx(most).epsilon(1e-3));
    if (figure.name == "server.coldest")
      CHECK(figure.value == doctest::Approx(least).epsilon(1e-3));
    if (figure.name == "cluster.hottest") CHECK(figure.about.ends_with("all"));
  }
  CHECK(most > least);
}

}  // namespace
}  // namespace springtide::models
