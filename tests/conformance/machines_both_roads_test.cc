// The single server of 2017 on both roads, all of the night of 30 000 requests/s: 17 client
// machines and the server goroutine by goroutine, and the herds and the kernel of the fleet road.
// Machines, clocks, users, slots and packets are the same on both.
//
// The tolerances are those of docs/fleet.md, where each is explained by what the fleet road leaves
// out: the clients' collector (requests never sent and dips), and who is woken when.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "measure/record.h"
#include "models/run.h"
#include "spec/scenario_reader.h"

namespace springtide::models {
namespace {

constexpr std::size_t phase_from = 606, phase_to = 1085;  // seconds: 30k

measure::Record run(spec::Scenario scenario, spec::Road road) {
  scenario.road = road;
  RunOptions options;
  options.seed = scenario.seed;
  options.threads = 0;
  auto record = run_scenario(scenario, options);
  if (!record.ok()) FAIL(to_string(record.problems()));
  for (const measure::Check& check : record.value().checks) {
    CAPTURE(check.name);
    CAPTURE(check.detail);
    CHECK(check.holds);
  }
  return std::move(record.value());
}

class BothRoads {
 public:
  explicit BothRoads(const spec::Scenario& scenario)
      : detailed(run(scenario, spec::Road::detailed)), fleet(run(scenario, spec::Road::fleet)) {}

  static std::vector<double> phase_of(const measure::Record& record, const std::string& name) {
    for (const measure::Series& one : record.series)
      if (one.name == name) return {one.values.begin() + phase_from, one.values.begin() + phase_to};
    FAIL("no series ", name);
    return {};
  }

  // In how many seconds of the phase the two are more than `least` apart, and how far at most.
  struct Apart {
    double seconds = 0, most = 0;
  };
  Apart apart(const std::string& name, double least) const {
    const auto a = phase_of(detailed, name), b = phase_of(fleet, name);
    Apart result;
    for (std::size_t s = 0; s < a.size(); ++s) {
      const double difference = std::abs(a[s] - b[s]);
      result.seconds += difference > least;
      result.most = std::max(result.most, difference);
    }
    MESSAGE(name, ": ", result.seconds, " of ", a.size(), " seconds more than ", least,
            " apart, at most ", result.most);
    return result;
  }

  double difference_of_means(const std::string& name) const {
    double a = 0, b = 0;
    for (const double value : phase_of(detailed, name)) a += value;
    for (const double value : phase_of(fleet, name)) b += value;
    constexpr double n = phase_to - phase_from;
    MESSAGE(name, ": detailed ", a / n, ", fleet ", b / n, " in the mean");
    return std::abs(a - b) / n;
  }

  // Milliseconds, or as a share of the detailed road's.
  double quantiles_apart(const std::string& name, double p) const {
    return std::abs(ms(detailed, name, p) - ms(fleet, name, p));
  }
  double relatively_apart(const std::string& name, double p) const {
    const double a = ms(detailed, name, p), b = ms(fleet, name, p);
    MESSAGE(name, " p", p * 100, ": detailed ", a, " ms, fleet ", b, " ms");
    return std::abs(a - b) / a;
  }

  measure::Record detailed, fleet;

 private:
  static double ms(const measure::Record& record, const std::string& name, double p) {
    return static_cast<double>(*record.distributions.at(name).quantile(p)) * 1e-6;
  }
};

double total(const measure::Record& record, const std::string& name) {
  double sum = 0;
  for (const measure::Series& one : record.series)
    if (one.name == name)
      for (const double value : one.values) sum += value;
  return sum;
}

double figure(const measure::Record& record, const std::string& name) {
  for (const measure::Figure& one : record.figures)
    if (one.name == name) return one.value;
  return measure::missing;
}

void compare_throughput(const BothRoads& roads) {
  const measure::Ledger& detailed = roads.detailed.ledgers.at("shake");
  const measure::Ledger& fleet = roads.fleet.ledgers.at("shake");
  CHECK(fleet.not_sent == 0);  // no collector makes a client late
  CHECK(fleet.offered == detailed.offered + detailed.not_sent);
  CHECK(fleet.answered == detailed.answered + detailed.not_sent);
  for (const measure::Ledger* ledger : {&detailed, &fleet}) {
    CHECK(ledger->refused == 0);
    CHECK(ledger->dropped == 0);
  }
  for (const char* name :
       {"server.logins", "client.opens", "packets.received", "packets.shares-opened"}) {
    CAPTURE(name);
    CHECK(total(roads.detailed, name) == total(roads.fleet, name));
  }
  CHECK(figure(roads.detailed, "packets.received-amount") ==
        figure(roads.fleet, "packets.received-amount"));
}

void compare_seconds(const BothRoads& roads) {
  CHECK(roads.apart("packets.issued", 0).seconds == 0);
  CHECK(roads.apart("packets.sent-issued", 0).seconds == 0);
  CHECK(roads.apart("packets.received", 0).seconds <= 10);
  // A machine whose users are late sends at most its share, 60 000 / 13 users in a window.
  const auto client = roads.apart("client.shakes", 0);
  CHECK(client.seconds <= 72);  // 15 %
  CHECK(client.most <= 2 * 4616);
  const auto server = roads.apart("server.requests", 250);
  CHECK(server.seconds <= 96);  // a second that is short, and the one that has more for it
  CHECK(server.most <= 2 * 4616);
}

}  // namespace

TEST_SUITE("slow") {
  TEST_CASE("both roads agree on the single server of 2017") {
    auto loaded = spec::load_scenario({"scenarios/hongbao-2017/30k.json", {}, {}});
    REQUIRE(loaded.ok());
    const BothRoads roads(loaded.value().scenario);
    compare_throughput(roads);
    compare_seconds(roads);
    CHECK(roads.difference_of_means("server.utilisation") < 0.1);  // points of percent
    CHECK(roads.difference_of_means("server.marking") < 0.1);
    for (const double p : {0.5, 0.9, 0.99}) {
      CAPTURE(p);
      CHECK(roads.relatively_apart("shake.latency", p) < 0.03);
      CHECK(roads.relatively_apart("shake.from-send", p) < 0.15);
      roads.relatively_apart("server.arrival-to-read", p);
    }
    CHECK(roads.quantiles_apart("server.arrival-to-read", 0.5) < 0.05);
    CHECK(roads.quantiles_apart("server.arrival-to-read", 0.9) < 0.1);
    CHECK(roads.quantiles_apart("server.arrival-to-read", 0.99) < 0.5);
  }
}

}  // namespace springtide::models
