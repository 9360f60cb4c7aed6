// Red packets in memory that processes share: issued once, taken once, exact to the cent.
#include <atomic>
#include <deque>
#include <map>
#include <numeric>
#include <set>
#include <unistd.h>

#include <doctest/doctest.h>

#include "live/net/process.h"
#include "live/server/feed.h"
#include "live/server/packet_store.h"
#include "live/server/server.h"
#include "live/server/set_queues.h"
#include "policy/second_limit.h"
#include "tests/live/server/plain_client.h"

using namespace springtide;
using namespace springtide::live;
using namespace springtide::live::server;

namespace {

PacketStore store_of(std::size_t sets, std::size_t capacity, std::size_t sent) {
  auto store = PacketStore::make(sets, capacity, sent);
  REQUIRE(store.ok());
  return std::move(store.value());
}

}  // namespace

TEST_CASE("packets of a SET come out in order, and a full queue takes no more") {
  const PacketStore store = store_of(2, 3, 1);
  CHECK(!store.take(0));
  for (std::uint32_t round = 0; round < 10; ++round) {
    for (std::uint32_t i = 0; i < 3; ++i) CHECK(store.put(1, {round * 3 + i, i, i == 1}));
    CHECK(!store.put(1, {99, 99, false}));
    CHECK(store.waiting() == 3);
    CHECK(store.waiting_cents() == 2);  // of the two that are no copies of sent ones
    for (std::uint32_t i = 0; i < 3; ++i) CHECK(*store.take(1) == Packet{round * 3 + i, i, i == 1});
    CHECK(!store.take(1));
  }
  CHECK(store.put(0, {1, 0x7fffffff, true}));
  CHECK(*store.take(0) == Packet{1, 0x7fffffff, true});
}

TEST_CASE("the shares of a sent packet are three and sum to its amount") {
  const PacketStore store = store_of(1, 1, 2);
  Stream stream(1, "test");
  const auto id = store.add_record(309, {1, 2, 3});
  CHECK(id == first_sent_packet);
  CHECK(store.recipients(*id) == std::array<std::uint32_t, 3>{1, 2, 3});
  CHECK(!store.open(*id + 1, stream));
  CHECK(!store.open(*id - 1, stream));
  CHECK(!store.open(0, stream));
  std::int64_t sum = 0;
  for (int i = 0; i < 3; ++i) {
    CHECK(store.unopened_cents() == 309 - sum);
    sum += store.open(*id, stream).value();
  }
  CHECK(sum == 309);
  CHECK(!store.open(*id, stream));
  CHECK(store.add_record(1, {}).has_value());
  CHECK(!store.add_record(1, {}).has_value());
}

TEST_CASE("several processes take and open while one issues: nothing twice, no cent lost") {
  constexpr std::uint32_t packets = 30'000, sent = 3000;
  const PacketStore store = store_of(2, 64, sent);
  auto taken = shared::Memory<std::atomic<int>>::make(packets);
  auto cents = shared::Memory<std::atomic<std::int64_t>>::make();
  auto opened = shared::Memory<std::atomic<std::int64_t>>::make();
  auto count = shared::Memory<std::atomic<std::int64_t>>::make();
  REQUIRE(count.ok());
  std::vector<net::Child> takers;
  for (std::uint64_t number = 0; number < 3; ++number) {
    auto child = net::start_child("taker", minute, [&, number](net::StopRequest&) {
      Stream stream(number, "shares");
      while (*count.value() < packets)
        for (std::size_t set = 0; set < 2; ++set)
          if (const auto packet = store.take(set)) {
            ++taken.value()[packet->id];
            *cents.value() += packet->amount;
            ++*count.value();
          }
      for (std::uint32_t i = 0; i < sent; ++i)
        for (int share = 0; share < 2; ++share)  // six tries for three shares
          *opened.value() += store.open(first_sent_packet + i, stream).value_or(0);
      return 0;
    });
    REQUIRE(child.ok());
    takers.push_back(std::move(child.value()));
  }
  std::int64_t issued = 0, issued_sent = 0;
  for (std::uint32_t i = 0; i < sent; ++i) {
    store.add_record(10 + i % 300, {1, 2, 3});
    issued_sent += 10 + i % 300;
  }
  for (std::uint32_t i = 0; i < packets; ++i) {
    while (!store.put(i % 2, {i, i % 310, false})) usleep(10);
    issued += i % 310;
  }
  for (net::Child& child : takers) CHECK(child.wait(minute).exit_code == 0);
  CHECK(*cents.value() == issued);
  CHECK(*opened.value() == issued_sent);
  CHECK(store.unopened_cents() == 0);
  for (const auto& times : taken.value()) REQUIRE(times == 1);
}

TEST_CASE("the shared limit of a second decides as the one of the policy") {
  Stream stream(3, "seconds");
  policy::SecondLimit plain(5);
  auto shared = SharedSecondLimit::make(5, 1000, 100);
  REQUIRE(shared.ok());
  std::int64_t now = 1000;
  for (int i = 0; i < 600; ++i) {
    if (stream.chance(0.15)) now += 1;
    REQUIRE(shared.value().count(now) == plain.count(now));
  }
}

TEST_CASE("a SET's limit counts what waits in all workers, and forgets what a dead one held") {
  auto all = SetLengths::make(2), a = SetLengths::make(2), b = SetLengths::make(2);
  REQUIRE(all.ok());
  SetQueues<int> first(all.value(), a.value(), 3), second_one(all.value(), b.value(), 3);
  CHECK(first.put(1, 10));
  CHECK(second_one.put(1, 20));
  CHECK(first.put(1, 11));
  CHECK(!first.put(1, 12));
  CHECK(!second_one.put(1, 21));
  CHECK(second_one.put(0, 30));
  forget(all.value(), b.value());
  CHECK(all.value()[0] == 0);
  CHECK(first.put(1, 13));
  std::vector<int> served;
  first.serve_all([&](std::size_t, int request) { served.push_back(request); });
  CHECK(served == std::vector<int>{10, 11, 13});
  CHECK(all.value()[1] == 0);
}

// What the clients of a server were given.
struct Received {
  std::set<std::uint32_t> won;
  std::int64_t won_cents = 0, shared_cents = 0, shares = 0;
  std::map<std::uint32_t, std::vector<std::int64_t>> parts;  // by sent packet
  std::map<std::uint32_t, std::int64_t> amounts;

  bool take(PlainClient& client, std::uint32_t user);
};

// One shake, and an open where it brings a sent packet; false where an answer is missing.
bool Received::take(PlainClient& client, std::uint32_t user) {
  const auto answer = client.shake(user);
  if (!answer) return false;
  if (answer->command == wire::Command::packet_for_you) {
    amounts[answer->packet] = answer->amount;
    client.send(wire::open(answer->packet, any_second));
    const auto opened = client.receive();
    if (!opened || opened->packet != answer->packet) return false;
    parts[answer->packet].push_back(opened->amount);
    shared_cents += opened->amount;
    ++shares;
  } else if (answer->result == wire::result_won) {
    CHECK(won.insert(answer->packet).second);
    won_cents += answer->amount;
  }
  return true;
}

void check_report(const ServerReport& report, const Received& received) {
  CHECK(report.total[Count::shake_packets] == 200);
  CHECK(report.total[Count::sent_packets] == 60);
  CHECK(report.total[Count::cents_won] == received.won_cents);
  CHECK(report.total[Count::cents_issued_shake] == received.won_cents);
  CHECK(report.total[Count::cents_shared] == received.shared_cents);
  CHECK(report.total[Count::cents_issued_sent] == received.shared_cents);
  CHECK(report.waiting_packets == 0);
  CHECK(report.missing_cents() == 0);
}

// The part of a run's record holds the same numbers.
void check_record(const ServerReport& report) {
  measure::Record record;
  write_record(report, report.first_second, report.seconds.size(), record);
  CHECK(record.checks.size() == 2);
  for (const measure::Check& check : record.checks) CHECK_MESSAGE(check.holds, check.detail);
  const auto series_sum = [&](const std::string& name) {
    for (const measure::Series& series : record.series)
      if (series.name == name)
        return std::accumulate(series.values.begin(), series.values.end(), 0.0);
    return -1.0;
  };
  CHECK(series_sum("server.requests") == static_cast<double>(report.total[Count::requests]));
  CHECK(series_sum("packets.issued") == 200);
  CHECK(series_sum("packets.sent-issued") == 60);
}

TEST_CASE("the ledger of two processes is exact: every packet to one client, every cent told") {
  ServerOptions options;
  options.processes = 2;
  options.connections = 48;
  options.service.sets = 8;
  options.zero_unix_ns = net::unix_ns();
  options.limit = minute;
  options.pools["early"].rate = {150};
  options.pools["early"].count = 150;
  auto started = Server::start(options);
  REQUIRE(started.ok());
  Server& server = *started.value();
  REQUIRE(server.issue_shake_packets(100, 50).ok());
  REQUIRE(server.issue_sent_packets(60, 60, 0, 48).ok());
  CHECK(!server.issue_shake_packets(0, 5).ok());
  CHECK(!server.issue_shake_packets(5, 0).ok());
  CHECK(!server.issue_sent_packets(1, 1, 5, 5).ok());
  std::deque<PlainClient> clients;
  for (std::uint32_t user = 0; user < 48; ++user) {
    clients.emplace_back(server.address());
    REQUIRE(clients.back().log_in(user));
  }
  Received received;
  const std::int64_t end = net::monotonic_ns() + 20 * second.ns;
  const auto done = [&] { return received.won.size() == 200 && received.shares == 180; };
  for (std::uint32_t user = 0; !done() && net::monotonic_ns() < end; user = (user + 1) % 48)
    REQUIRE(received.take(clients[user], user));
  CHECK(done());
  CHECK(received.amounts.size() == 60);
  for (const auto& [id, parts] : received.parts) {
    CHECK(parts.size() == 3);
    CHECK(std::accumulate(parts.begin(), parts.end(), std::int64_t{0}) == received.amounts[id]);
  }
  const ServerReport report = server.stop();
  check_report(report, received);
  check_record(report);
}

TEST_CASE("the monitor is told the counts under the original's numbers") {
  Counts now, all;
  now[Count::requests] = 7, now[Count::logins] = 1, now[Count::shakes] = 4, now[Count::opens] = 2;
  now[Count::none] = 3, now[Count::opened] = 1, now[Count::shake_packets] = 9;
  now[Count::overloaded] = 2;
  all[Count::cents_issued_shake] = 1000, all[Count::sent_packets] = 5;
  const wire::MonitorRecord record = record_of(123, now, all);
  CHECK(record.second == 123);
  CHECK(record.type == wire::ProcessType::server);
  CHECK(record.in_second[10] == 7);
  CHECK(record.in_second[0] == 1);
  CHECK(record.in_second[2] == 4);
  CHECK(record.in_second[5] == 2);
  CHECK(record.in_second[11] == 6);
  CHECK(record.in_second[14] == 9);
  CHECK(record.in_second[17] == 2);
  CHECK(record.since_start[24] == 1000);
  CHECK(record.since_start[30] == 5);
}
