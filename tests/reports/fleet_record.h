// A record that looks like that of a gala night over a fleet of 638 servers: made by simple
// formulas and a fixed stream, so it is the same everywhere.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/portable_math.h"
#include "base/random.h"
#include "measure/record.h"
#include "measure/series.h"
#include "tests/reports/sample_record.h"

namespace springtide::reports::testing {

struct FleetNight {
  double shakers = 1;  // how many react, as a share of those of the night itself
  double push = 0.95;  // share of fetches that the push has made needless
  std::size_t seconds = 17'280;
};

namespace detail {

struct FleetCue {
  const char* name;
  std::size_t at;
  double peak;  // requests a second, millions
};
inline constexpr std::array<FleetCue, 10> fleet_cues{{{"first shake", 1920, 4.1},
                                                      {"cards", 3300, 2.2},
                                                      {"sketch", 4020, 3.0},
                                                      {"grab 1", 5400, 6.3},
                                                      {"family", 6600, 3.3},
                                                      {"grab 2", 7560, 7.2},
                                                      {"song", 8400, 2.4},
                                                      {"22:34", 9210, 13.9},
                                                      {"countdown", 14'100, 8.0},
                                                      {"last shake", 15'600, 2.6}}};

// A quick rise, a tail of some minutes.
inline double shape(double since) {
  if (since < 0) return 0;
  const double rise = std::min(1.0, since / 12);
  return rise * portable_exp(-since / 130);
}

inline double fleet_rate(const FleetNight& night, std::size_t at) {
  double rate = 0.02;
  for (const FleetCue& cue : fleet_cues)
    rate += 1.17 * cue.peak * shape(static_cast<double>(at) - static_cast<double>(cue.at));
  return night.shakers * rate * 1e6;
}

struct FleetCluster {
  std::string name;
  std::size_t servers;
  double heat;  // share of the mean load
};

inline std::vector<FleetCluster> fleet_clusters() {
  std::vector<FleetCluster> clusters;
  for (const char* site : {"shanghai", "shenzhen"})
    for (const char* carrier : {"telecom", "unicom", "mobile"})
      for (int i = 1; i <= 3; ++i)
        clusters.push_back({fmt::format("{}-{}-{}", site, carrier, i), 35,
                            0.88 + 0.05 * i + (carrier[0] == 'm' ? 0.08 : 0.0)});
  for (std::size_t i = 0; i < 8; ++i) ++clusters[i].servers;  // 638 in all
  return clusters;
}

inline void add_fleet_series(measure::Record& record, const FleetNight& night) {
  const auto add = [&](const char* name, const char* unit, const char* about, auto&& value) {
    auto& series = add_series(record, name, unit, night.seconds, about);
    for (std::size_t at = 0; at < night.seconds; ++at)
      series.values[at] = value(fleet_rate(night, at), at);
  };
  const auto refused = [](double rate) { return std::floor(std::max(0.0, rate - 12.9e6)); };
  add("client.requests", "requests/s", "sent by phones",
      [](double rate, auto) { return std::floor(rate); });
  add("server.requests", "requests/s", "read by the servers",
      [](double rate, auto) { return std::floor(rate * 0.9999); });
  add("server.carried", "requests/s", "answered other than by a refusal",
      [&](double rate, auto) { return std::floor(rate * 0.9999) - refused(rate); });
  add("crowd.active", "users", "who shake", [](double rate, auto) { return rate * 7.5; });
  add("crowd.reacting", "users/s", "who begin to shake",
      [](double rate, std::size_t at) { return rate * (0.08 + 0.04 * (at % 7 == 3)); });
  add("crowd.local-answers", "answers/s", "hand movements that the phone answers itself",
      [](double rate, auto) { return rate * 9.2; });
  add("server.refused.overload", "requests/s", "above the limit of the clock second",
      [&](double rate, auto) { return refused(rate); });
  add("server.refused.queue-full", "requests/s", "found the queue of a SET full",
      [&](double rate, auto) { return std::floor(refused(rate) / 7); });
  add("server.refused.site-limit", "requests/s", "above the limit of a site",
      [](double, auto) { return 0.0; });
  add("packets.issued", "packets/s", "from the seed files",
      [](double, std::size_t at) { return at % 1000 < 300 ? 50'000.0 : 0.0; });
  add("packets.remaining", "packets", "in the seed files", [](double, std::size_t at) {
    return 2.6e8 - 1.5e7 * static_cast<double>(at / 1000) -
           5e4 * static_cast<double>(std::min<std::size_t>(at % 1000, 300));
  });
  add("server.utilisation", "%", "of all processors together",
      [](double rate, auto) { return std::min(100.0, rate / 0.19e6); });
  add("server.connections", "connections", "open at the end of the second",
      [](double, std::size_t at) { return 3.5e8 - (at >= 10'000 && at < 10'400 ? 9.7e6 : 0); });
  for (const char* site : {"shanghai", "shenzhen"})
    add(fmt::format("site.{}.connections", site).c_str(), "connections", "",
        [&](double, std::size_t at) {
          return 1.75e8 - (site[3] == 'n' && at >= 10'000 && at < 10'400 ? 9.7e6 : 0);
        });
  for (const char* name : {"open", "credit"}) {
    const auto backlog = [name](double rate, auto) {
      return std::max(0.0, rate - (name[0] == 'o' ? 6e6 : 4e6)) * 0.2;
    };
    add(fmt::format("backend.{}.backlog", name).c_str(), "operations", "waiting or worked on",
        backlog);
    add(fmt::format("backend.{}.completed", name).c_str(), "operations/s", "",
        [](double rate, auto) { return std::min(rate / 250, 30'000.0); });
  }
  add("resources.bandwidth", "Gbit/s", "with the push",
      [&](double rate, auto) { return rate / 1e4 * (1 - night.push); });
  add("resources.without-preload", "Gbit/s", "asked for without the push",
      [](double rate, auto) { return rate / 1e4; });
  add("control.reached", "servers", "with the newest configuration", [](double, std::size_t at) {
    return at % 900 < 8 ? 80.0 * static_cast<double>(at % 900) : 638.0;
  });
}

inline std::vector<std::string> server_names() {
  std::vector<std::string> names;
  for (const FleetCluster& cluster : fleet_clusters())
    for (std::size_t i = 0; i < cluster.servers; ++i)
      names.push_back(fmt::format("{}/{:02}", cluster.name, i + 1));
  return names;
}

inline void add_fleet_grids(measure::Record& record, const FleetNight& night) {
  const auto clusters = fleet_clusters();
  std::vector<std::string> names;
  for (const FleetCluster& cluster : clusters) names.push_back(cluster.name);
  measure::Grid servers =
      measure::empty_grid("server.utilisation", "%", "Share of its processors that is busy",
                          server_names(), record.duration);
  measure::Grid latency = measure::empty_grid("server.latency-p99", "ns", "End to end",
                                              server_names(), record.duration);
  measure::Grid whole = measure::empty_grid("cluster.utilisation", "%", "Mean of its servers",
                                            names, record.duration);
  Stream stream(4, "test/fleet");
  for (std::size_t column = 0; column < servers.columns; ++column) {
    std::size_t row = 0;
    const auto length = static_cast<std::size_t>(servers.slice / second);
    double rate = 0;
    for (std::size_t i = 0; i < 12; ++i)
      rate += fleet_rate(night, column * length + i * length / 12) / 12;
    for (std::size_t c = 0; c < clusters.size(); ++c) {
      double sum = 0;
      for (std::size_t i = 0; i < clusters[c].servers; ++i, ++row) {
        const double own = 1 + 0.04 * (static_cast<double>((row * 7919) % 101) / 50 - 1);
        double busy = rate / 0.19e6 * clusters[c].heat * own + 0.6 * stream.uniform();
        const bool lost = c == 7 && column >= 83 && column < 87;
        sum += lost ? 0 : busy;
        if (lost) continue;
        busy = std::min(100.0, busy);
        servers.at(row, column) = static_cast<float>(busy);
        latency.at(row, column) =
            static_cast<float>(2.1e7 + 4e5 / (1.01 - busy / 100) + 1e6 * stream.uniform());
      }
      whole.at(c, column) =
          static_cast<float>(std::min(100.0, sum / static_cast<double>(clusters[c].servers)));
    }
  }
  record.grids = {std::move(servers), std::move(whole), std::move(latency)};
}

inline void add_fleet_tables(measure::Record& record) {
  auto& sponsors = record.tables["packets-by-sponsor"];
  sponsors = {{"sponsor", "prepared", "issued", "received", "remaining"}};
  for (int i = 0; i < 8; ++i)
    sponsors.push_back({fmt::format("{:02}", i), "32500000", "31870112", "31870112", "629888"});
  record.tables["control"] = {{"cue", "at", "decided_s", "half_s", "p99_s", "all_s", "time_outs"},
                              {"22:34", "22:33:30", "1.2", "2.1", "4.4", "7.9", "3"}};
  record.tables["incidents"] = {
      {"incident", "at", "servers", "connections_lost", "requests_lost", "back_after_s"},
      {"shenzhen-telecom-2 lost", "22:46:40", "35", "9700000", "412331", "38.2"}};
  const auto link = [&](const char* name, double capacity, double load, const char* unit,
                        const char* limit) {
    record.figures.push_back({fmt::format("chain.{}.capacity", name), capacity, unit, limit, {}});
    record.figures.push_back({fmt::format("chain.{}.load", name), load, unit, "", {}});
  };
  link("carrier-link", 400, 96.2, "Gbit/s", "bandwidth of the narrowest link");
  link("network-card", 4.4e6, 1.31e5, "packets/s", "packet rate of a server's card");
  link("server-cores", 26'100, 23'300, "requests/s", "p99 of a server reaches 250 ms");
  link("refusals", 20'000, 23'300, "requests/s", "limit of refusals of a server");
  link("static-resources", 12'000, 700, "Gbit/s", "bandwidth of all fetches");
}

}  // namespace detail

inline measure::Record fleet_record(const FleetNight& night = {}) {
  measure::Record record;
  record.title = "The gala night of 18 February 2015";
  record.clock_at_start = "20:00:00";
  record.duration = second * static_cast<std::int64_t>(night.seconds);
  record.slice = measure::slice_for(record.duration);
  record.fingerprint = "0123456789abcdef";
  detail::add_fleet_series(record, night);
  detail::add_fleet_grids(record, night);
  detail::add_fleet_tables(record);
  for (const detail::FleetCue& cue : detail::fleet_cues)
    record.marks.push_back({"cue", cue.name, at_second(static_cast<double>(cue.at)),
                            at_second(static_cast<double>(cue.at))});
  record.marks.push_back(
      {"incident", "shenzhen-telecom-2 lost", at_second(10'000), at_second(10'400)});
  add_latency(record, "shake.latency", 21'000, 144, 5);
  add_latency(record, "backend.open.latency", 90'000, 144, 6);
  add_latency(record, "control.delay", 900'000, 144, 7);
  record.ledgers["shake"] = {11'013'442'118, 10'996'120'004, 17'311'208, 0, 10'906, 0, 0, 0};
  record.checks = {{"ledger: shake", true, ""}};
  record.verdicts = {{"shake.latency", "p(99)<250ms", 121, 250, "ms", true, 129},
                     {"shake.refused", "rate<0.1%", 0.157, 0.1, "%", false, -0.057}};
  return record;
}

}  // namespace springtide::reports::testing
