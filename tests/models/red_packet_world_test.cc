// The world of 2017 in small: 2 000 users on two client machines, one server, forty seconds.
#include <algorithm>
#include <atomic>
#include <numeric>
#include <string>

#include <doctest/doctest.h>

#include "models/run.h"
#include "spec/presets.h"
#include "tests/models/textbook_scenario.h"

namespace springtide::models {
namespace {

spec::RedPacketAccess small_service() {
  spec::RedPacketAccess service;
  service.sets = 16;
  service.reader_segment = microsecond * 12;
  service.worker_segment = microsecond * 14;
  service.open_box_segment = microsecond * 14;
  service.generator_segment = microsecond;
  service.login_segment = microsecond * 30;
  service.empty_read_system_call = microsecond * 2;
  service.write_system_call = microsecond * 10;
  service.static_heap = Bytes{20'000'000};
  service.static_scanned = Bytes{10'000'000};
  service.heap_per_connection = Bytes{1020};
  service.scanned_per_connection = Bytes{400};
  service.heap_per_request = Bytes{16};
  return service;
}

spec::PacketPool pool_of(spec::PacketPool::Kind kind, Duration begin, std::int64_t count) {
  spec::PacketPool pool;
  pool.kind = kind;
  pool.service = "access";
  pool.begin = begin;
  pool.rate = Rate{10};
  pool.count = count;
  return pool;
}

spec::Scenario small_night(double rate = 200) {
  spec::Scenario night;
  night.title = "small night";
  night.duration = second * 40;
  night.start_unix = 1'486'824'300;
  night.nodes["clients"].count = 2;
  night.nodes["clients"].cores = 2;
  night.nodes["clients"].runtime = "go1.8";
  night.nodes["clients"].clock.error = constant(millisecond * 3);
  night.nodes["server"].cores = 4;
  night.nodes["server"].runtime = "go1.8";
  spec::Clients& users = night.clients["users"];
  users.plan = spec::SlotsPlan{{{second * 25, Rate{rate}}, {second * 40, Rate{0}}}, 13};
  users.asks = "shake";
  users.on = "clients";
  users.population = 2000;
  users.connect = spec::Connect{{{0, second}, {1, second * 2}}, 1000, 20, {}};
  night.operations["shake"].calls = {{"access"}};
  night.services["access"] = {"server", small_service()};
  night.links["lan"] = link("clients", "server", constant(microsecond * 150));
  night.packets["shaken"] = pool_of(spec::PacketPool::Kind::shake, second * 26, 50);
  night.packets["sent"] = pool_of(spec::PacketPool::Kind::sent, second * 27, 30);
  return night;
}

spec::RedPacketAccess& service_of(spec::Scenario& night) {
  return std::get<spec::RedPacketAccess>(night.services.at("access").kind);
}

measure::Record run(const spec::Scenario& night, unsigned threads = 1, std::uint64_t seed = 1) {
  RunOptions options;
  options.threads = threads;
  options.seed = seed;
  auto record = run_scenario(night, options);
  REQUIRE(record.ok());
  return std::move(record.value());
}

const std::vector<double>& series(const measure::Record& record, const std::string& name) {
  const auto found = std::find_if(record.series.begin(), record.series.end(),
                                  [&](const auto& s) { return s.name == name; });
  REQUIRE_MESSAGE(found != record.series.end(), name);
  return found->values;
}
double total(const measure::Record& record, const std::string& name) {
  const auto& values = series(record, name);
  return std::accumulate(values.begin(), values.end(), 0.0);
}
double figure(const measure::Record& record, const std::string& name) {
  for (const auto& f : record.figures)
    if (f.name == name) return f.value;
  FAIL("no figure ", name);
  return 0;
}

void check_all(const measure::Record& record) {
  for (const auto& check : record.checks) {
    CAPTURE(check.name);
    CAPTURE(check.detail);
    CHECK(check.holds);
  }
  CHECK(record.ledgers.at("shake").balanced());
}

TEST_CASE("in a quiet night everybody connects, asks in time and is answered") {
  const auto record = run(small_night());
  check_all(record);
  const auto& ledger = record.ledgers.at("shake");
  CHECK(figure(record, "server.connections") == 2000);
  CHECK(total(record, "server.logins") == 2000);
  CHECK(total(record, "client.shakes") == 200 * 15);
  CHECK(total(record, "client.opens") == 3 * 30);
  CHECK(total(record, "client.requests") == 2000 + 200 * 15);  // as the original's clients counted
  // logins, shakes and three opens for each sent packet
  CHECK(ledger.offered == 2000 + 200 * 15 + 3 * 30);
  CHECK(ledger.answered == ledger.offered);
  CHECK(ledger.not_sent == 0);
  const auto& sent = series(record, "client.shakes");
  for (std::size_t s = 0; s < 40; ++s) CHECK(sent[s] == (s < 25 ? 0 : 200));
  CHECK(figure(record, "network.retransmissions") == 0);
}

TEST_CASE("every packet issued is received once, to the cent") {
  const auto record = run(small_night());
  CHECK(total(record, "packets.issued") == 50);
  CHECK(total(record, "packets.received") == 50);
  CHECK(total(record, "packets.sent-issued") == 30);
  CHECK(total(record, "packets.shares-opened") == 90);
  CHECK(figure(record, "packets.issued-amount") > 80 * 10);
  CHECK(figure(record, "packets.received-amount") == figure(record, "packets.issued-amount"));
}

TEST_CASE("the night is the same on one, two and four threads, and another with another seed") {
  const auto night = small_night();
  const auto one = run(night);
  for (const unsigned threads : {2U, 4U}) {
    const auto other = run(night, threads);
    CHECK(other.fingerprint == one.fingerprint);
    for (std::size_t i = 0; i < one.series.size(); ++i)
      CHECK(other.series[i].values == one.series[i].values);
  }
  CHECK(run(night, 1, 2).fingerprint != one.fingerprint);
}

TEST_CASE("at a rate above the population every user asks as often as a driver would have it ask") {
  const auto record = run(small_night(4500));  // of 2000 users: twice or three times a second
  CHECK(total(record, "client.shakes") + total(record, "client.not-sent") == 4500 * 15);
  CHECK(total(record, "client.not-sent") == 0);
  for (const auto& check : record.checks) CHECK_MESSAGE(check.holds, check.name);
}

TEST_CASE("above the limit of a second shakes are refused, logins and opens are not") {
  spec::Scenario night = small_night(400);
  service_of(night).overload_per_second = 150;
  const auto record = run(night);
  check_all(record);
  const auto& ledger = record.ledgers.at("shake");
  CHECK(total(record, "server.logins") == 2000);  // 100 users a second, all answered
  CHECK(total(record, "server.refused") > 1000);
  CHECK(ledger.refused == total(record, "server.refused"));
  CHECK(ledger.answered + ledger.refused == ledger.offered);
  CHECK(total(record, "packets.shares-opened") == 90);
  const auto& refused = series(record, "server.refused");
  const auto& requests = series(record, "server.requests");
  for (std::size_t s = 30; s < 40; ++s)  // opens count, so all above the limit are shakes here
    CHECK(refused[s] <= std::max(requests[s] - 150, 0.0));
  for (std::size_t s = 0; s < 24; ++s) CHECK(refused[s] == 0);  // a client's clock is fast
}

TEST_CASE("a full SET queue drops in silence, and the ledger knows") {
  spec::Scenario night = small_night(400);
  service_of(night).set_queue = 1;
  service_of(night).worker_segment = millisecond * 2;
  night.packets.clear();
  const auto record = run(night);
  check_all(record);
  const auto& ledger = record.ledgers.at("shake");
  CHECK(ledger.dropped > 100);
  CHECK(ledger.dropped == total(record, "server.dropped"));
  CHECK(ledger.answered + ledger.dropped == ledger.offered);
  CHECK(ledger.refused == 0);
}

// 200 answers of 28 bytes, 106 with all headers, leave the server in each second: 170 kbit/s.
TEST_CASE("a link that is too narrow delays, and the server's card is part of the way") {
  for (const bool by_card : {false, true}) {
    spec::Scenario night = small_night();
    const double before =
        static_cast<double>(*run(night).distributions.at("shake.from-send").max());
    if (by_card)
      night.nodes["server"].network_card.bandwidth = BitRate{160e3};
    else
      night.links["lan"].bandwidth = BitRate{160e3};
    const auto record = run(night);
    check_all(record);
    // after 15 s one second's worth and a half is waiting
    const auto after = static_cast<double>(*record.distributions.at("shake.from-send").max());
    CHECK(before < 0.1e9);
    CHECK(after > 0.5e9);
    CHECK(record.ledgers.at("shake").dropped == 0);
  }
}

TEST_CASE("lost packets are sent again: later, but nothing is missing") {
  spec::Scenario night = small_night();
  night.links["lan"].loss = Probability{0.05};
  night.duration = second * 45;
  night.clients["users"].plan = spec::SlotsPlan{{{second * 30, Rate{200}}, {second * 40, Rate{0}}},
                                                13};  // so that all answers come in
  night.packets["shaken"].begin = night.packets["sent"].begin = second * 31;
  night.packets["shaken"].rate = night.packets["sent"].rate = Rate{20};
  const auto record = run(night);
  check_all(record);
  const auto& ledger = record.ledgers.at("shake");
  CHECK(figure(record, "server.connections") == 2000);
  CHECK(ledger.offered == 2000 + 2000 + 90);
  CHECK(ledger.answered == ledger.offered);
  // both directions of each request and of each handshake at 5 %: about 640
  CHECK(figure(record, "network.retransmissions") > 400);
  CHECK(figure(record, "network.retransmissions") < 900);
  CHECK(total(record, "network.lost") == figure(record, "network.retransmissions"));
  CHECK(figure(record, "packets.received-amount") == figure(record, "packets.issued-amount"));
  const auto& latency = record.distributions.at("shake.from-send");
  CHECK(*latency.quantile(0.5) < millisecond.ns * 20);
  CHECK(*latency.quantile(0.97) > millisecond.ns * 200);
}

TEST_CASE("a server that stands still delays and loses nothing") {
  spec::Scenario night = small_night();
  spec::Incident still;
  still.node = "server";
  still.at = second * 30 + millisecond * 500;
  still.length = second * 3;
  still.enabled = true;
  night.incidents["still"] = still;
  const auto record = run(night);
  check_all(record);
  const auto quiet = run(small_night());
  const auto& requests = series(record, "server.requests");
  CHECK(requests[31] == 0);
  CHECK(requests[32] == 0);
  CHECK(requests[33] > 600);  // what piled up meanwhile
  CHECK(total(record, "client.requests") == total(quiet, "client.requests"));
  CHECK(record.ledgers.at("shake").answered == quiet.ledgers.at("shake").answered);
  CHECK(*record.distributions.at("shake.latency").max() > second.ns * 2);
  CHECK(figure(record, "packets.received-amount") == figure(record, "packets.issued-amount"));
}

TEST_CASE("a client machine that stands still never sends what it missed") {
  spec::Scenario night = small_night();
  spec::Incident still;
  still.node = "clients";
  still.index = 1;
  still.at = second * 30 - millisecond * 100;
  still.length = second * 3;
  still.enabled = true;
  night.incidents["still"] = still;
  const auto record = run(night);
  check_all(record);
  const auto& ledger = record.ledgers.at("shake");
  CHECK(ledger.not_sent > 100);
  CHECK(total(record, "client.shakes") + static_cast<double>(ledger.not_sent) == 200 * 15);
  CHECK(total(record, "client.not-sent") == ledger.not_sent);
}

TEST_CASE("a run that is stopped midway is a partial record whose account balances") {
  const spec::Scenario night = small_night();
  std::atomic<bool> stop = false;
  RunOptions options;
  options.stop = &stop;
  options.progress = [&](const Progress& progress) {
    if (progress.now > Instant{} + second * 30) stop = true;
  };
  auto record = run_scenario(night, options);
  REQUIRE(record.ok());
  CHECK(!record.value().complete);
  CHECK(record.value().duration >= second * 30);
  CHECK(record.value().duration < second * 40);
  CHECK(record.value().ledgers.at("shake").balanced());
  for (const auto& check : record.value().checks) {
    CAPTURE(check.name);
    CHECK(check.holds);
  }
}

TEST_CASE("a scenario that this world cannot run is refused with a diagnostic") {
  spec::Scenario night = small_night();
  night.links.clear();
  const auto result = run_scenario(night, {});
  REQUIRE(!result.ok());
  CHECK(result.problems()[0].pointer == "/links");
}

TEST_CASE("what does not fit into a message is refused, not garbled") {
  const auto refused_at = [](const spec::Scenario& night) {
    const auto result = run_scenario(night, {});
    return result.ok() ? std::string("nowhere") : result.problems()[0].pointer;
  };
  spec::Scenario night = small_night();
  night.duration = second * 8797;
  CHECK(refused_at(night) == "/duration");
  night = small_night();
  night.packets["shaken"].count = 2'097'152;
  CHECK(refused_at(night) == "/packets");
  night = small_night();
  night.packets["sent"].amount_high = 3'000'000;
  CHECK(refused_at(night) == "/packets/sent/amount-high");
}

}  // namespace
}  // namespace springtide::models
