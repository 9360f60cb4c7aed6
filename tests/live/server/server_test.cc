// The reference server over loopback: what it answers, whom it closes, and that all is counted.
#include "live/server/server.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <functional>
#include <string>
#include <unistd.h>

#include <doctest/doctest.h>

#include "live/net/clock.h"
#include "tests/live/server/plain_client.h"

using namespace springtide;
using namespace springtide::live;
using namespace springtide::live::server;

namespace {

ServerOptions small(int processes = 1) {
  ServerOptions options;
  options.connections = 100;
  options.processes = processes;
  options.service.sets = 8;
  options.sample_every = 1;
  options.zero_unix_ns = net::unix_ns();
  options.limit = minute;
  const char* backend = std::getenv("SPRINGTIDE_TEST_BACKEND");
  if (backend != nullptr && std::string(backend) == "epoll") options.backend = net::Backend::epoll;
  return options;
}

std::unique_ptr<Server> started(const ServerOptions& options) {
  auto server = Server::start(options);
  REQUIRE_MESSAGE(server.ok(), to_string(server.ok() ? Diagnostics{} : server.problems()));
  return std::move(server.value());
}

void wait_until(const std::function<bool()>& condition) {
  bool met = condition();
  for (int i = 0; i < 10'000 && !met; ++i) {
    usleep(1000);
    met = condition();
  }
  CHECK(met);
}

// Holds for every server that ends in order, whatever was done to it.
void check_accounts(const ServerReport& report) {
  CHECK(report.lost_requests() == 0);
  CHECK(report.missing_cents() == 0);
  CHECK(report.total[Count::accepted] == report.total.closed());
  CHECK(report.notes.empty());
  Counts by_second;
  for (const Counts& counts : report.seconds) by_second += counts;
  CHECK(by_second == report.total);
  for (const ProcessReport& process : report.processes) CHECK(process.as_asked);
}

int pid_of(const Server& server, std::size_t process) {
  int pid = 0;
  const std::string name = server.processes()[process];
  std::sscanf(name.c_str() + name.find('('), "(process %d)", &pid);
  return pid;
}

}  // namespace

TEST_CASE("a user logs in, shakes, gets nothing, and all of it is counted") {
  const auto server = started(small());
  PlainClient client(server->address());
  REQUIRE(client.log_in(77));
  for (int i = 0; i < 5; ++i) {
    const auto answer = client.shake(77);
    REQUIRE(answer);
    CHECK(*answer == wire::shake_answer(77, wire::result_none, answer->unix_second));
    CHECK(std::abs(static_cast<std::int64_t>(answer->unix_second) - net::unix_ns() / second.ns) <=
          2);
  }
  const ServerReport report = server->stop();
  check_accounts(report);
  CHECK(report.total[Count::requests] == 6);
  CHECK(report.total[Count::logins] == 1);
  CHECK(report.total[Count::none] == 5);
  CHECK(report.total[Count::closed_at_stop] == 1);
  // The kernel begins to stamp arrivals a moment after it was asked.
  CHECK(report.stages.at("server.arrival-to-written").count() <= 5);
  CHECK(report.stages.at("server.set-wait").count() == 5);
}

TEST_CASE("messages come as they like: many in a segment, one in many, another beside them") {
  const auto server = started(small());
  PlainClient slow(server->address()), fast(server->address());
  const std::string all = encoded(wire::login(8, 1)) + encoded(wire::shake(8, 1)) +
                          encoded(wire::open(5, 1)) + encoded(wire::shake(8, 1));
  REQUIRE(fast.log_in(16));
  for (const char byte : all) {
    REQUIRE(slow.send(std::string_view(&byte, 1)));
    REQUIRE(fast.shake(16));  // the same SET, not held up by half a message
  }
  CHECK(slow.receive()->command == wire::Command::login_answer);
  CHECK(slow.receive()->result == wire::result_none);
  CHECK(slow.receive()->result == wire::result_none);
  PlainClient packed(server->address());
  REQUIRE(packed.send(all + all.substr(0, 7)));
  CHECK(packed.receive()->command == wire::Command::login_answer);
  CHECK(packed.receive()->result == wire::result_none);
  CHECK(packed.receive()->result == wire::result_none);
  REQUIRE(packed.send(all.substr(7)));
  CHECK(packed.receive()->result == wire::result_none);
  const ServerReport report = server->stop();
  check_accounts(report);
  CHECK(report.total[Count::unknown_packet] == 3);
  CHECK(report.total[Count::ignored] == 1);  // a second login
}

TEST_CASE("what breaks the rules is closed, counted by its reason, and hurts nobody else") {
  const auto server = started(small());
  PlainClient good(server->address());
  REQUIRE(good.log_in(1));
  const std::string login = encoded(wire::login(2, 1));
  const auto closes = [&](const std::string& bytes) {
    PlainClient bad(server->address());
    bad.send(bytes);
    CHECK(bad.closed());
    CHECK(good.shake(1));
  };
  closes(encoded(wire::shake(2, 1)));
  closes(encoded(wire::open(2, 1)));
  closes(std::string("\0\7", 2));
  closes(login + std::string("\0\x2d", 2));
  closes(login + std::string("\0\x10\0\5\0\0\0\0\0\0\0\0\0\0\0\0", 16));
  closes(login + std::string("\0\x10\0\7", 4));
  closes(login + encoded(wire::login_answer(2, 1)));
  const ServerReport report = server->stop();
  check_accounts(report);
  CHECK(report.total[Count::closed_not_login] == 2);
  CHECK(report.total[Count::closed_length] == 3);
  CHECK(report.total[Count::closed_command] == 1);
  CHECK(report.total[Count::closed_direction] == 1);
}

TEST_CASE("what came before a fault, or before the end, is still answered") {
  const auto server = started(small());
  const std::string two = encoded(wire::login(2, 1)) + encoded(wire::shake(2, 1));
  PlainClient bad(server->address());
  REQUIRE(bad.send(two + std::string("\xff\xff", 2)));
  CHECK(bad.receive()->command == wire::Command::login_answer);
  CHECK(bad.receive()->command == wire::Command::shake_answer);
  CHECK(bad.closed());
  PlainClient polite(server->address());
  REQUIRE(polite.send(two));
  polite.send_no_more();
  CHECK(polite.receive()->command == wire::Command::login_answer);
  CHECK(polite.receive()->command == wire::Command::shake_answer);
  CHECK(polite.closed());
  const ServerReport report = server->stop();
  check_accounts(report);
  CHECK(report.total[Count::closed_by_client] == 1);
}

TEST_CASE("above the limit of a clock second shakes are refused, over all processes together") {
  ServerOptions options = small(2);
  options.service.overload_per_second = 30;
  const auto server = started(options);
  std::deque<PlainClient> clients;  // the kernel gives some to each worker
  for (std::uint32_t user = 0; user < 20; ++user) {
    clients.emplace_back(server->address());
    REQUIRE(clients.back().log_in(user));
  }
  for (int attempt = 0; attempt < 10; ++attempt) {
    std::int64_t now = net::unix_ns();
    const std::int64_t tried = now / second.ns + 1;
    usleep(static_cast<useconds_t>((tried * second.ns - now) / 1000 + 1000));
    int overloaded = 0;
    for (std::uint32_t i = 0; i < 50; ++i)
      overloaded += clients[i % 20].shake(i % 20)->result == wire::result_overload;
    if (net::unix_ns() / second.ns != tried) continue;  // too slow a machine for one second
    CHECK(overloaded == 20);
    CHECK(clients[0].send(wire::open(1, 1)));  // counted, but never refused
    check_accounts(server->stop());
    return;
  }
  FAIL("no second was long enough for 50 requests");
}

TEST_CASE("a full SET queue drops without a word, and counts it") {
  ServerOptions options = small();
  options.service.set_queue = 3;
  const auto server = started(options);
  PlainClient client(server->address());
  REQUIRE(client.log_in(1));
  std::string burst;
  for (int i = 0; i < 100; ++i) burst += encoded(wire::shake(1, 1));
  REQUIRE(client.send(burst));
  int answers = 0;
  while (client.receive(300)) ++answers;
  CHECK(client.shake(1));
  const ServerReport report = server->stop();
  check_accounts(report);
  CHECK(answers >= 3);
  CHECK(report.total[Count::dropped_set] == 100 - answers);
  CHECK(report.total[Count::dropped_set] > 0);
}

TEST_CASE("who does not read is closed, and holds up nobody of the same SET") {
  ServerOptions options = small();
  options.output_limit = 4096;
  const auto server = started(options);
  PlainClient other(server->address()), deaf(server->address(), 4096);
  REQUIRE(other.log_in(8));
  REQUIRE(deaf.log_in(16));
  std::string burst;
  for (int i = 0; i < 1000; ++i) burst += encoded(wire::shake(16, 1));
  std::string_view left = burst;
  for (int i = 0; i < 100'000 && server->counters()[Count::closed_slow] == 0; ++i) {
    const std::int64_t sent = deaf.send_some(left);
    if (sent < 0) break;
    left.remove_prefix(static_cast<std::size_t>(sent));
    if (left.empty()) left = burst;
    CHECK(other.shake(8));
  }
  wait_until([&] { return server->counters()[Count::closed_slow] == 1; });
  CHECK(other.shake(8));
  const ServerReport report = server->stop();
  check_accounts(report);
  CHECK(report.total[Count::unsent] > 0);
  // What waited was little: the limit and what two turns of reading can add to it.
  CHECK(report.total[Count::unsent] * 28 < 4096 + 2 * 28 * 1100);
}

TEST_CASE("who does not log in in time is closed, who did may be silent") {
  ServerOptions options = small();
  options.login_timeout = millisecond * 300;
  const auto server = started(options);
  PlainClient silent(server->address()), drop_by_drop(server->address()), in(server->address());
  REQUIRE(in.log_in(1));
  const std::int64_t start = net::monotonic_ns();
  drop_by_drop.send(std::string_view("\0\x10\0", 3));
  CHECK(silent.closed());
  CHECK(drop_by_drop.closed());
  CHECK(net::monotonic_ns() - start >= 290 * millisecond.ns);
  CHECK(in.shake(1));
  const ServerReport report = server->stop();
  check_accounts(report);
  CHECK(report.total[Count::closed_no_login] == 2);
}

TEST_CASE("clients that reset leave nothing behind") {
  const auto server = started(small());
  const std::string files = "/proc/" + std::to_string(pid_of(*server, 0)) + "/fd";
  const auto open_files = [&] {
    int count = 0;
    if (std::FILE* list = popen(("ls " + files).c_str(), "r")) {
      char line[64];
      while (std::fgets(line, sizeof line, list)) ++count;
      pclose(list);
    }
    return count;
  };
  PlainClient first(server->address());
  REQUIRE(first.log_in(1));  // the worker has opened what it needs
  const int before = open_files();
  for (std::uint32_t round = 0; round < 200; ++round) {
    PlainClient client(server->address());
    if (round % 2 == 0) { REQUIRE(client.log_in(round)); }
    client.send(encoded(wire::shake(round, 1)) + "\0");
    client.reset();
  }
  wait_until([&] { return server->counters()[Count::accepted] == 201; });
  wait_until([&] { return server->connections() == 1; });
  CHECK(open_files() == before);
  PlainClient client(server->address());
  CHECK(client.log_in(1));
  const ServerReport report = server->stop();
  check_accounts(report);
  CHECK(report.total[Count::closed_reset] > 0);
}

TEST_CASE("a worker that is killed is replaced, its counts stay, the others go on") {
  const auto server = started(small(2));
  std::deque<PlainClient> clients;
  for (std::uint32_t user = 0; user < 40; ++user) {
    clients.emplace_back(server->address());
    REQUIRE(clients.back().log_in(user));
  }
  CHECK(server->watch().empty());
  CHECK(server->workers_running() == 2);
  REQUIRE(kill(pid_of(*server, 0), SIGKILL) == 0);
  std::vector<std::string> notes;
  wait_until([&] { return !(notes = server->watch()).empty(); });
  CHECK(notes[0].find("worker 0") == 0);
  CHECK(notes[0].find("signal 9 (Killed)") != std::string::npos);
  CHECK(server->workers_running() == 2);
  CHECK(server->watch().empty());  // told once
  int alive = 0;
  for (std::uint32_t user = 0; user < 40; ++user) alive += clients[user].shake(user).has_value();
  CHECK(alive == server->connections());
  CHECK(alive > 0);
  CHECK(alive < 40);
  for (std::uint32_t user = 40; user < 50; ++user) {
    PlainClient fresh(server->address());
    CHECK(fresh.log_in(user));
  }
  const ServerReport report = server->stop();
  CHECK(report.total[Count::logins] == 50);
  CHECK(report.total[Count::closed_by_death] == 40 - alive);
  CHECK(report.total[Count::accepted] == report.total.closed());
  CHECK(report.notes.size() == 1);
  CHECK(report.restarts == 1);
  CHECK(report.processes[0].as_asked);  // who took its place
  CHECK(report.processes[1].as_asked);
  const ProcessReport& killed = report.processes.back();
  CHECK(!killed.as_asked);
  CHECK(killed.name == report.processes[0].name);
  CHECK(killed.counts[Count::closed_by_death] == 40 - alive);
  Counts of_all;
  for (const ProcessReport& process : report.processes) of_all += process.counts;
  CHECK(of_all == report.total);
}

TEST_CASE("a port that is taken, and options that make no sense, are refused with a reason") {
  const auto server = started(small());
  ServerOptions options = small();
  options.listen = server->address();
  const auto second_one = Server::start(options);
  REQUIRE(!second_one.ok());
  CHECK(to_string(second_one.problems()).find("Address already in use") != std::string::npos);
  options = small();
  options.connections = 10'000'000;
  CHECK(to_string(Server::start(options).problems()).find("do not fit") != std::string::npos);
  options = small();
  options.pools["gifts"].kind = spec::PacketPool::Kind::sent;
  options.pools["gifts"].rate = {1};
  options.pools["gifts"].recipients = 2;
  CHECK(to_string(Server::start(options).problems()).find("three recipients") != std::string::npos);
  PlainClient client(server->address());
  CHECK(client.log_in(1));
  check_accounts(server->stop());
}
