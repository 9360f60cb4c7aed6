// Records that look like those of runs, for the tests of reports: made by simple formulas and a
// fixed stream, so they are the same everywhere.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "measure/record.h"

namespace springtide::reports::testing {

inline measure::Series& add_series(measure::Record& record, std::string name, std::string unit,
                                   std::size_t seconds, std::string about = "") {
  record.series.push_back(
      {std::move(name), std::move(unit), std::move(about), std::vector<double>(seconds, 0.0)});
  return record.series.back();
}

// Latencies about as those of a server at the given load, in slices of the record's length.
inline void add_latency(measure::Record& record, const std::string& name, double median_us,
                        std::size_t slices, std::uint64_t seed) {
  Stream stream(seed, "test/" + name);
  auto& over_time = record.distributions_over_time[name];
  for (std::size_t slice = 0; slice < slices; ++slice) {
    measure::Histogram histogram;
    for (int i = 0; i < 2000; ++i) {
      double us = median_us * (0.5 + stream.uniform()) + 20 / (stream.uniform() + 1e-4);
      if (slice % 12 == 7 && stream.chance(0.02)) us += 30'000 * stream.uniform();
      histogram.record(static_cast<std::int64_t>(us * 1000));
    }
    record.distributions[name].merge(histogram);
    over_time.push_back(std::move(histogram));
  }
}

inline Instant at_second(double seconds) { return Instant{} + Duration::from_seconds(seconds); }

// A textbook station: one series, one distribution, one threshold.
inline measure::Record textbook_record() {
  measure::Record record;
  record.title = "M/M/8";
  record.duration = second * 60;
  record.fingerprint = "00000000deadbeef";
  auto& requests = add_series(record, "serve.requests", "requests/s", 60);
  Stream stream(7, "test/textbook");
  for (double& value : requests.values)
    value = 72'000 + std::round(400 * (stream.uniform() + stream.uniform() - 1));
  add_latency(record, "serve.latency", 150, 6, 3);
  const std::int64_t n = record.distributions["serve.latency"].count();
  record.ledgers["serve"] = {n, n, 0, 0, 0, 0, 0, 0};
  record.figures = {{"station.wait", 1.62e5, "ns", "mean time in the queue", 1.1e3},
                    {"station.utilisation", 0.9, "", "share of the time a worker was busy", {}}};
  record.tables["theory"] = {{"quantity", "exact", "simulated"},
                             {"mean wait", "162.3 µs", "162.0 µs ± 1.1 µs"}};
  record.checks = {{"ledger: serve", true, "offered = answered"}};
  record.verdicts = {{"serve.latency", "p(99)<2ms", 1.31, 2, "ms", true, 0.69}};
  return record;
}

namespace detail {

inline double planned_rate(std::size_t at) {
  return at < 600 || at >= 1668 ? 0 : at < 1094 ? 30'000 : 60'000;
}

inline void add_requests(measure::Record& record, std::size_t seconds) {
  add_series(record, "client.requests", "requests/s", seconds,
             "sent by all client machines, by their clocks");
  add_series(record, "server.requests", "requests/s", seconds, "read by the server, by its clock");
  add_series(record, "client.not-sent", "requests/s", seconds,
             "due, but the user woke after its second had ended");
  auto& client = record.series[0].values;
  Stream stream(1, "test/requests");
  for (std::size_t at = 0; at < seconds; ++at) {
    client[at] = planned_rate(at);
    for (int machine = 0; machine < 13; ++machine)
      if (client[at] > 0 && (at + 9 * static_cast<std::size_t>(machine)) % 121 == 0)
        client[at] -= std::floor(4615 * stream.uniform());
    record.series[2].values[at] = planned_rate(at) - client[at];
    record.series[1].values[at] = client[at] + std::floor(31 * stream.uniform()) - 15;
    if (client[at] == 0) record.series[1].values[at] = 0;
    if (at >= 901 && at < 1001) record.series[1].values[at] += 600;
  }
}

inline void add_server(measure::Record& record, std::size_t seconds) {
  Stream stream(2, "test/server");
  add_series(record, "server.logins", "logins/s", seconds);
  add_series(record, "server.packets-issued", "packets/s", seconds);
  add_series(record, "client.packets-received", "packets/s", seconds);
  add_series(record, "server.utilisation", "%", seconds);
  add_series(record, "server.run-queue.mean", "goroutines", seconds);
  add_series(record, "server.run-queue.max", "goroutines", seconds);
  add_series(record, "server.set-queue.max", "requests", seconds);
  add_series(record, "network.retransmissions", "packets/s", seconds);
  add_series(record, "server.refused", "requests/s", seconds);
  add_series(record, "server.heap", "bytes", seconds);
  auto* s = &record.series[record.series.size() - 10];
  for (std::size_t at = 0; at < seconds; ++at) {
    const double rate = planned_rate(at), noise = stream.uniform();
    if (at >= 5 && at < 528) s[0].values[at] = (at / 25) % 3 == 0 ? 5000 : 3000;
    const bool issuing = (at >= 653 && at < 853) || (at >= 1158 && at < 1358);
    s[1].values[at] = issuing ? 200 : 0;
    s[2].values[at] = issuing ? 200 + std::floor(9 * noise) - 4 : 0;
    s[3].values[at] = rate > 0 ? rate / 60'000 * 62 + 4 * noise : 1 + noise;
    s[4].values[at] = rate / 30'000 * (3 + 2 * noise);
    s[5].values[at] = rate / 30'000 * (60 + 300 * noise * noise);
    s[6].values[at] = std::floor(rate / 30'000 * (20 + 60 * noise));
    s[7].values[at] = rate > 0 && noise > 0.7 ? std::floor(9 * noise) : 0;
    s[9].values[at] = std::min(2.55e9, 1.5e9 + 2e6 * static_cast<double>(at));
  }
}

inline void add_marks(measure::Record& record) {
  const auto span = [&](const char* kind, const char* label, double from, double to) {
    record.marks.push_back({kind, label, at_second(from), at_second(to)});
  };
  span("phase", "connecting", 5, 528);
  span("phase", "30 k", 601, 1080);
  span("phase", "60 k", 1094, 1668);
  span("packets", "shake packets", 653, 853);
  span("packets", "shake packets", 1158, 1358);
  for (int cycle = 0; cycle < 13; ++cycle)
    span("gc", "server", 60 + 121.2 * cycle, 60 + 121.2 * cycle + 1.2 + 0.02 * cycle);
  span("incident", "standstill", 711, 714);
}

}  // namespace detail

// The test night of 2017, more or less: two phases, logins, packets, collections, an incident.
inline measure::Record night_record() {
  constexpr std::size_t seconds = 1700;
  measure::Record record;
  record.title = "The test night of 11 February 2017";
  record.clock_at_start = "22:45:00";
  record.duration = second * seconds;
  record.fingerprint = "91c0ffee0badf00d";
  detail::add_requests(record, seconds);
  detail::add_server(record, seconds);
  detail::add_marks(record);
  add_latency(record, "shake.latency", 400, 170, 5);
  add_latency(record, "login.latency", 900, 54, 6);
  record.ledgers["shake"] = {48'780'512, 48'780'410, 0, 0, 0, 0, 102, 310'204};
  record.ledgers["login"] = {1'000'000, 1'000'000, 0, 0, 0, 0, 0, 0};
  record.figures = {{"server.gc-cycles", 21, "", "completed collections", {}},
                    {"server.heap-in-use", 2.758e9, "bytes", "when the night ends", {}},
                    {"shake.latency.mean", 4.4e5, "ns", "mean latency of a shake", 2.1e3}};
  record.tables["gc-pauses"] = {{"cycle", "pause, ms"}, {"1", "7.64"}, {"2", "11.02"}};
  record.tables["assumptions"] = {
      {"what", "value", "source"},
      {"go1.8/forced-collection-period", "2min", "src/runtime/proc.go, forcegcperiod"}};
  record.checks = {{"ledger: shake", true, "48 780 512 = 48 780 410 + 102"},
                   {"packets: issued at most once", true, "40 000 of 40 000"},
                   {"Little's law: SET queues", true, "L = 1.002, lambda W = 1.001"}};
  record.verdicts = {{"shake.latency", "p(99)<250ms", 28.4, 250, "ms", true, 221.6},
                     {"client.requests", "avg>=29.9k/s", 29'854, 29'900, "requests/s", false, -46}};
  return record;
}

}  // namespace springtide::reports::testing
