// Reporter and monitor over real sockets: what arrives, and what happens when one of them is gone.
#include "live/monitor/reporter.h"

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <sys/socket.h>
#include <thread>

#include <doctest/doctest.h>

#include "live/monitor/monitor.h"
#include "live/net/clock.h"
#include "live/net/sockets.h"

using namespace springtide;
using namespace springtide::live;
using monitor::Monitor;
using monitor::Reporter;

namespace {

std::uint64_t now_second() { return static_cast<std::uint64_t>(net::unix_ns() / second.ns); }

wire::MonitorRecord report(std::uint64_t at, std::uint64_t requests) {
  wire::MonitorRecord record;
  record.second = at;
  record.in_second[wire::in_second::request] = requests;
  return record;
}

// What a monitor prints; the function runs in its thread.
struct Printed {
  std::mutex mutex;
  std::string text;
  std::function<void(std::string_view)> into() {
    return [this](std::string_view lines) {
      const std::lock_guard lock(mutex);
      text += lines;
    };
  }
  std::string get() {
    const std::lock_guard lock(mutex);
    return text;
  }
};

std::unique_ptr<Monitor> start(Printed& printed, std::uint16_t port = 0) {
  monitor::MonitorOptions options;
  options.listen = {.port = port};
  options.http = net::Address{};
  options.print = printed.into();
  auto started = Monitor::start(options);
  REQUIRE_MESSAGE(started.ok(), to_string(started.ok() ? Diagnostics{} : started.problems()));
  return std::move(started.value());
}

// Polls until `done`, for at most ten seconds; never only waits for a fixed time.
bool eventually(const std::function<bool()>& done) {
  for (int i = 0; i < 2000; ++i) {
    if (done()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

bool delivered(Reporter& reporter) {
  return eventually([&reporter] {
    reporter.poll();
    return reporter.waiting() == 0;
  });
}

net::File connect_to(const net::Address& address) {
  net::File socket(::socket(AF_INET, SOCK_STREAM, 0));
  const sockaddr_in to = net::to_sockaddr(address);
  REQUIRE(connect(socket.descriptor(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
  return socket;
}

const monitor::ReporterOptions impatient{.retry = millisecond * 20};

}  // namespace

TEST_CASE("what a process reports is printed as soon as the second is complete") {
  Printed printed;
  const auto monitor = start(printed);
  Reporter reporter(monitor->address(), impatient);
  const std::uint64_t now = now_second();
  reporter.report(report(now - 1, 123));
  CHECK(delivered(reporter));
  CHECK(eventually([&] { return !printed.get().empty(); }));
  CHECK(printed.get().starts_with(std::to_string(now - 1) + " 0 Request: 123 Response: 0 "));
  CHECK(reporter.tally().sent == 1);
  CHECK(reporter.tally().connected == 1);
}

TEST_CASE("a reporter whose monitor is not there keeps the newest reports and counts the others") {
  Printed printed;
  const std::uint16_t port = start(printed)->address().port;  // gone again
  Reporter reporter({.port = port}, {.retry = Duration{}, .queue = 5});
  const std::uint64_t now = now_second();
  for (std::uint64_t i = 0; i < 12; ++i) reporter.report(report(now - 20 + i, i));
  CHECK(reporter.tally().discarded == 7);
  CHECK(reporter.waiting() == 5);
  CHECK(eventually([&] {
    reporter.poll();
    return reporter.tally().failed > 3;
  }));
  const auto monitor = start(printed, port);
  CHECK(delivered(reporter));
  CHECK(eventually([&] { return monitor->reports().records == 5; }));
  monitor->stop();
  CHECK(printed.get().starts_with(std::to_string(now - 13) + " 0 Request: 7 "));
}

TEST_CASE("a reporter finds a monitor that was started again, at the same port") {
  Printed printed;
  auto monitor = start(printed);
  const std::uint16_t port = monitor->address().port;
  Reporter reporter({.port = port}, impatient);
  std::uint64_t at = now_second() - 60;
  reporter.report(report(at++, 1));
  CHECK(delivered(reporter));
  monitor.reset();
  CHECK(eventually([&] {
    reporter.report(report(at, 1));
    return reporter.tally().broken == 1;
  }));
  monitor = start(printed, port);
  reporter.report(report(now_second(), 77));
  CHECK(delivered(reporter));
  CHECK(reporter.tally().connected == 2);
  CHECK(eventually([&] { return monitor->reports().records > 0; }));
  monitor->stop();
  CHECK(printed.get().find("Request: 77 ") != std::string::npos);
}

TEST_CASE("a monitor that does not read holds nobody up") {
  const auto listener = net::listen_at({}, {.receive_buffer = 4096}, "test");
  REQUIRE(listener.ok());
  Reporter reporter(net::local_address(listener.value()), {.queue = 10});
  const std::int64_t began = net::monotonic_ns();
  for (std::uint64_t i = 0; i < 20'000; ++i) reporter.report(report(i, i));
  CHECK(reporter.connected());
  CHECK(reporter.tally().discarded > 1000);
  CHECK(reporter.tally().sent + reporter.tally().discarded +
            static_cast<std::int64_t>(reporter.waiting()) ==
        20'000);
  CHECK(net::monotonic_ns() - began < 20 * second.ns);  // it would else be for ever
}

TEST_CASE("a stream that was cut within a report begins whole after the queue ran over") {
  const auto listener = net::listen_at({}, {.receive_buffer = 4096}, "test");
  REQUIRE(listener.ok());
  Reporter reporter(net::local_address(listener.value()), {.queue = 2});
  const std::uint64_t many = 20'000;
  for (std::uint64_t i = 0; i < many; ++i) reporter.report(report(100'000 + i, i));
  const net::File stream = net::accept_from(listener.value());
  REQUIRE(stream);
  std::vector<std::byte> bytes(1 << 22);
  std::size_t size = 0;
  eventually([&] {
    const ssize_t n = recv(stream.descriptor(), bytes.data() + size, bytes.size() - size, 0);
    if (n > 0) size += static_cast<std::size_t>(n);
    reporter.poll();
    return reporter.waiting() == 0 && n < 0;
  });
  REQUIRE(size % wire::monitor_record_bytes == 0);
  CHECK(static_cast<std::int64_t>(size / wire::monitor_record_bytes) == reporter.tally().sent);
  for (std::size_t at = 0; at < size; at += wire::monitor_record_bytes)
    CHECK(wire::decode(std::span(bytes).subspan(at, wire::monitor_record_bytes)));
}

TEST_CASE("a foreign stream is closed and counted, the others go on") {
  Printed printed;
  const auto monitor = start(printed);
  Reporter reporter(monitor->address(), impatient);
  reporter.report(report(now_second() - 2, 5));
  CHECK(delivered(reporter));
  const net::File foreign = connect_to(monitor->address());
  const std::string text = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
  REQUIRE(send(foreign.descriptor(), text.data(), text.size(), MSG_NOSIGNAL) > 0);
  char byte;
  CHECK(recv(foreign.descriptor(), &byte, 1, 0) <= 0);  // closed
  {
    const net::File cut = connect_to(monitor->address());
    const auto bytes = wire::encode(report(now_second(), 1));
    REQUIRE(send(cut.descriptor(), bytes.data(), 500, MSG_NOSIGNAL) == 500);
  }
  CHECK(eventually([&] { return monitor->streams().malformed == 2; }));
  CHECK(monitor->streams().last_fault == "the stream ended within a report");
  reporter.report(report(now_second() - 1, 6));
  CHECK(delivered(reporter));
  CHECK(eventually([&] { return monitor->reports().records == 2; }));
}

TEST_CASE("more streams than allowed are closed at once and counted") {
  monitor::MonitorOptions options;
  options.listen = {.port = 0};
  options.most_streams = 3;
  const auto monitor = Monitor::start(options);
  REQUIRE(monitor.ok());
  std::vector<net::File> streams;
  for (int i = 0; i < 5; ++i) streams.push_back(connect_to(monitor.value()->address()));
  CHECK(eventually([&] { return monitor.value()->streams().refused == 2; }));
  CHECK(monitor.value()->streams().opened == 3);
}

TEST_CASE("a port that is taken is told with whose it is") {
  Printed printed;
  const auto monitor = start(printed);
  monitor::MonitorOptions options;
  options.listen = monitor->address();
  const auto second_one = Monitor::start(options);
  REQUIRE_FALSE(second_one.ok());
  CHECK(to_string(second_one.problems()).find("Address already in use") != std::string::npos);
}

TEST_CASE("at the end the seconds that still wait are printed too, and are in the record") {
  Printed printed;
  const auto monitor = start(printed);
  const net::File silent = connect_to(monitor->address());  // waited for during the grace
  Reporter reporter(monitor->address(), impatient);
  reporter.report(report(now_second(), 9));
  CHECK(delivered(reporter));
  CHECK(eventually([&] { return monitor->reports().records == 1; }));
  CHECK(printed.get().empty());
  monitor->stop();
  CHECK(printed.get().find("Request: 9 ") != std::string::npos);
  const auto record = monitor->record();
  CHECK(record.duration == second);
}
