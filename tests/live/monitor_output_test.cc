// What the monitor shows of the same sums: series, OpenMetrics, the state of the page.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "live/monitor/latency.h"
#include "live/monitor/open_metrics.h"
#include "live/monitor/page.h"
#include "live/monitor/quantities.h"
#include "live/monitor/state_json.h"
#include "tests/spec/golden.h"

using namespace springtide;
using namespace springtide::live;
using monitor::Aggregator;
using wire::ProcessType;

namespace {

constexpr std::int64_t t0 = 1'700'000'000;  // 22:13:20 UTC

wire::MonitorRecord report(int number, ProcessType type) {
  wire::MonitorRecord record;
  record.second = static_cast<std::uint64_t>(t0 + number);
  record.type = type;
  const bool client = type == ProcessType::client;
  const auto n = static_cast<std::uint64_t>(number);
  record.in_second[wire::in_second::request] = 1000 + n;
  record.in_second[wire::in_second::response] = client ? 990 + n : 0;
  record.in_second[wire::in_second::won] = 7;
  record.since_start[wire::since_start::connected] = 50;
  record.since_start[wire::since_start::disconnected] = n;
  record.since_start[wire::since_start::sent_packets] = 10 * n;
  record.since_start[wire::since_start::shake_cents_issued] = client ? 0 : 1595 * (n + 1);
  if (client)
    for (const std::uint64_t us : {400, 800, 1500, 30'000})
      wire::count_latency(record.in_second, us + n);
  return record;
}

// Clients report the seconds 0, 1 and 3, the server 0 and 1.
Aggregator three_seconds() {
  Aggregator sums({});
  const std::int64_t now = (t0 + 4) * second.ns;
  const auto client = sums.opened(now), server = sums.opened(now);
  for (const int number : {0, 1, 3}) sums.receive(client, report(number, ProcessType::client), now);
  for (const int number : {0, 1}) sums.receive(server, report(number, ProcessType::server), now);
  sums.take_all();
  return sums;
}

monitor::StreamTally two_streams() {
  monitor::StreamTally streams;
  streams.opened = 3;
  streams.closed = streams.malformed = 1;
  streams.last_fault = "the type must be 0 (client) or 1 (server), received 7";
  return streams;
}

const measure::Series* series_of(const measure::Record& record, const std::string& name) {
  const auto found = std::find_if(record.series.begin(), record.series.end(),
                                  [&name](const auto& series) { return series.name == name; });
  return found == record.series.end() ? nullptr : &*found;
}

// Equal, where a value that is missing equals another that is.
void check_values(const measure::Record& record, const std::string& name,
                  const std::vector<double>& expected) {
  const measure::Series* series = series_of(record, name);
  REQUIRE_MESSAGE(series, name);
  REQUIRE(series->values.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i)
    CHECK_MESSAGE((std::isnan(expected[i]) ? std::isnan(series->values[i])
                                           : series->values[i] == doctest::Approx(expected[i])),
                  name, "[", i, "] is ", series->values[i]);
}

}  // namespace

TEST_CASE("the series have the names of a simulated run, and gaps where nobody reported") {
  const auto record = monitor::make_record("Night", three_seconds(), two_streams());
  const double none = measure::missing;
  CHECK(record.title == "Night");
  CHECK(record.duration == second * 4);
  CHECK(record.clock_at_start.size() == 8);
  CHECK(record.clock_at_start.ends_with(":13:20"));  // all zones of the world keep whole quarters
  check_values(record, "client.requests", {1000, 1001, none, 1003});
  check_values(record, "server.requests", {1000, 1001, none, none});
  check_values(record, "client.responses", {990, 991, none, 993});
  check_values(record, "server.connections", {50, 49, none, none});
  check_values(record, "packets.issued", {7, 7, none, none});
  check_values(record, "packets.sent-issued", {none, 10, none, none});
  check_values(record, "packets.received", {7, 7, none, 7});
  check_values(record, "client.refused", {0, 0, none, 0});
  check_values(record, "client.processes", {1, 1, none, 1});
}

TEST_CASE("what only our processes tell is left out where nobody tells it") {
  const auto record = monitor::make_record("Night", three_seconds(), two_streams());
  for (const char* name :
       {"client.shakes", "client.not-sent", "server.dropped", "server.responses"})
    CHECK_FALSE(series_of(record, name));
  CHECK(series_of(record, "client.latency-p99"));
}

TEST_CASE("the totals stand in the figures") {
  const auto record = monitor::make_record("Night", three_seconds(), two_streams());
  const auto figure = [&record](const std::string& name) {
    for (const auto& one : record.figures)
      if (one.name == name) return one.value;
    FAIL(name);
    return 0.0;
  };
  CHECK(figure("client.requests") == 3004);
  CHECK(figure("packets.issued-amount") == 3190);
  CHECK(figure("monitor.records") == 5);
  CHECK(figure("monitor.malformed") == 1);
  CHECK(record.tables.at("client-latencies").size() == 1 + wire::latency_buckets);
}

TEST_CASE("without any report the record is empty, but says what the monitor saw") {
  const auto record = monitor::make_record("Night", Aggregator({}), {});
  CHECK(record.series.empty());
  CHECK(record.duration == Duration{});
  CHECK(record.figures.size() == 8);
}

TEST_CASE("a quantile lies in the bucket of its rank and never above the largest latency") {
  wire::Counters counters{};
  CHECK_FALSE(monitor::latency_quantile_ms(counters, 0.5));
  for (int i = 0; i < 99; ++i) wire::count_latency(counters, 1500);
  wire::count_latency(counters, 42'000);
  CHECK(*monitor::latency_quantile_ms(counters, 0.5) > 1);
  CHECK(*monitor::latency_quantile_ms(counters, 0.5) <= 2);
  CHECK(*monitor::latency_quantile_ms(counters, 0.99) <= 2);
  CHECK(*monitor::latency_quantile_ms(counters, 1) == doctest::Approx(42));
  wire::Counters beyond{};
  wire::count_latency(beyond, 25'000'000);
  CHECK(*monitor::latency_quantile_ms(beyond, 0.5) == doctest::Approx(25'000));
}

TEST_CASE("the metrics are these") {
  const std::string text = monitor::open_metrics(three_seconds(), two_streams());
  CHECK(text == spec::golden("tests/live/golden/metrics.txt", text));
}

TEST_CASE("the metrics name no side that never reported") {
  const std::string text = monitor::open_metrics(Aggregator({}), {});
  CHECK(text.find("requests_total{") == std::string::npos);
  CHECK(text.find("springtide_monitor_streams 0\n") != std::string::npos);
  CHECK(text.ends_with("# EOF\n"));
}

TEST_CASE("the state holds the newest seconds, column by column") {
  const monitor::StateRequest all{.title = "Night", .began = t0 - 9, .now = t0 + 4};
  const auto state =
      nlohmann::json::parse(monitor::state_json(three_seconds(), two_streams(), all));
  CHECK(state["title"] == "Night");
  CHECK(state["newest"] == t0 + 3);
  CHECK(state["seconds"] == nlohmann::json({t0, t0 + 1, t0 + 3}));
  CHECK(state["values"]["client.requests"] == nlohmann::json({1000, 1001, 1003}));
  CHECK(state["values"]["server.requests"] == nlohmann::json({1000, 1001, nullptr}));
  CHECK(state["values"].size() == monitor::quantities().size());
  CHECK(state["processes"] == nlohmann::json({{"client", 1}, {"server", 1}}));
  CHECK(state["streams"]["last_fault"] == two_streams().last_fault);
  CHECK(state["totals"]["client.requests"] == 3004);
  monitor::StateRequest some = all;
  some.after = t0;
  some.most = 1;
  const auto newest =
      nlohmann::json::parse(monitor::state_json(three_seconds(), two_streams(), some));
  CHECK(newest["seconds"] == nlohmann::json({t0 + 3}));
}

TEST_CASE("the state of a monitor that nobody reports to is JSON too") {
  const auto state = nlohmann::json::parse(monitor::state_json(Aggregator({}), {}, {}));
  CHECK(state["newest"].is_null());
  CHECK(state["seconds"].empty());
}

TEST_CASE("the page names no address outside") {
  const std::string& page = monitor::page_html();
  CHECK(page.find("http://") == std::string::npos);
  CHECK(page.find("https://") == std::string::npos);
  CHECK(page.find("@import") == std::string::npos);
  CHECK(page.find("Dygraph") != std::string::npos);
}
