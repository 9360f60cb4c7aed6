// What stands on the machine: addresses, shared memory, child processes, sockets.
#include <atomic>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "live/net/address.h"
#include "live/net/clock.h"
#include "live/net/poller.h"
#include "live/net/process.h"
#include "live/net/sockets.h"
#include "live/shared/memory.h"

using namespace springtide;
using namespace springtide::live;
using namespace springtide::live::net;

TEST_CASE("addresses of this machine are read and written the same") {
  for (const char* text : {"127.0.0.1:1025", "127.255.3.1:65535", "127.0.0.1:0"}) {
    const auto address = parse_address(text, "--listen");
    REQUIRE(address.ok());
    CHECK(to_string(address.value()) == text);
    CHECK(from_sockaddr(to_sockaddr(address.value())) == address.value());
  }
  CHECK(parse_address("localhost:7", "x").value() == Address{0x7f000001, 7});
  CHECK(parse_address(":7", "x").value() == Address{0x7f000001, 7});
}

TEST_CASE("no address elsewhere can be made, and the refusal says why") {
  for (const char* text : {"0.0.0.0:1025", "10.0.0.1:80", "128.0.0.1:1", "192.168.1.1:1",
                           "255.255.255.255:1", "126.255.255.255:1"}) {
    const auto address = parse_address(text, "--listen");
    REQUIRE(!address.ok());
    CHECK(address.problems()[0].to_string() ==
          std::string("--listen: error: only this machine may be put under load; expected an "
                      "address of 127.0.0.0/8, received \"") +
              text + "\"");
  }
  for (const char* text :
       {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:80x",
        "127.1:80", "example.org:80", "[::1]:80", "127.0.0.1 :80", "127.0.0.1:+80"})
    CHECK_MESSAGE(!parse_address(text, "--listen").ok(), text);
}

TEST_CASE("shared memory is zero at first, seen by both sides, and outlives a killed child") {
  auto made =
      shared::Memory<std::atomic<std::int64_t>>::make(100'000'000);  // taken only as touched
  REQUIRE(made.ok());
  auto shared = std::move(made.value());
  CHECK(shared[99'999'999] == 0);
  auto child = start_child("writer", minute, [&](StopRequest&) {
    shared[5] = 7;
    kill(getpid(), SIGKILL);
    return 0;
  });
  REQUIRE(child.ok());
  CHECK(child.value().wait(second * 10).signal == SIGKILL);
  CHECK(shared[5] == 7);
}

TEST_CASE("a child's exit code, its exception and its signal are told apart") {
  const auto end_of = [](std::function<int(StopRequest&)> body) {
    auto child = start_child("child", minute, std::move(body));
    REQUIRE(child.ok());
    return child.value().wait(second * 10);
  };
  CHECK(end_of([](StopRequest&) { return 3; }).to_string() == "exit code 3");
  CHECK(end_of([](StopRequest&) -> int { throw std::runtime_error("no room"); }).exit_code == 70);
  CHECK(end_of([](StopRequest&) { return raise(SIGKILL); }).to_string() == "signal 9 (Killed)");
}

TEST_CASE("a child that is asked to end sees it, also when it was asked before it looked") {
  auto child = start_child("obedient", minute, [](StopRequest& stop) {
    while (!stop.requested()) usleep(1000);
    return stop.requested() ? 5 : 6;
  });
  REQUIRE(child.ok());
  child.value().ask_to_end();
  CHECK(child.value().wait(second * 10).exit_code == 5);
}

TEST_CASE("a child that does not listen is killed when patience ends") {
  auto child = start_child("deaf", minute, [](StopRequest&) {
    for (;;) pause();
    return 0;
  });
  REQUIRE(child.ok());
  child.value().ask_to_end();
  CHECK(child.value().running());
  CHECK(child.value().wait(millisecond * 20).signal == SIGKILL);
  CHECK(!child.value().running());
}

TEST_CASE("a child ends when its time is over, and when its parent dies") {
  auto child = start_child("late", second, [](StopRequest&) {
    for (;;) pause();
    return 0;
  });
  REQUIRE(child.ok());
  CHECK(child.value().wait(second * 10).signal == SIGALRM);

  auto grandchild = shared::Memory<std::atomic<pid_t>>::make();
  REQUIRE(grandchild.ok());
  auto parent = start_child("parent", minute, [&](StopRequest&) {
    auto orphan = start_child("orphan", minute, [](StopRequest&) {
      for (;;) pause();
      return 0;
    });
    *grandchild.value() = orphan.value().pid();
    kill(getpid(), SIGKILL);
    return 0;
  });
  REQUIRE(parent.ok());
  parent.value().wait(second * 10);
  const pid_t orphan = *grandchild.value();
  REQUIRE(orphan > 0);
  for (int i = 0; i < 1000 && kill(orphan, 0) == 0; ++i) {
    // A process whose parent does not wait for it stays as a zombie: that counts as gone.
    char state = 0;
    if (std::FILE* file = std::fopen(("/proc/" + std::to_string(orphan) + "/stat").c_str(), "r")) {
      if (std::fscanf(file, "%*d %*s %c", &state) != 1) state = 'Z';
      std::fclose(file);
    }
    if (state == 'Z' || state == 0) return;
    usleep(1000);
  }
  CHECK(kill(orphan, 0) != 0);
}

TEST_CASE("a port that is taken is told, though it is shared") {
  const auto first = reserve({}, "--listen");
  REQUIRE(first.ok());
  CHECK(first.value().port > 0);
  const ListenOptions options{.share_port = true};
  const auto a = listen_at(first.value(), options, "--listen");
  const auto b = listen_at(first.value(), options, "--listen");
  REQUIRE(a.ok());
  REQUIRE(b.ok());
  const auto stranger = reserve(first.value(), "--listen");
  REQUIRE(!stranger.ok());
  CHECK(stranger.problems()[0].to_string().find("Address already in use") != std::string::npos);
  CHECK(stranger.problems()[0].hint.find(std::to_string(first.value().port)) != std::string::npos);
}

TEST_CASE("a connection from another loopback address is told, used and hung up") {
  auto listener = listen_at({}, {}, "test");
  REQUIRE(listener.ok());
  auto poller = Poller::make();
  REQUIRE(poller.ok());
  REQUIRE(poller.value().add_level(listener.value().descriptor(), 1));
  CHECK(poller.value().wait(0).empty());
  File client = begin_connect(local_address(listener.value()), {0x7f010203, 0});
  REQUIRE(client);
  CHECK(local_address(client).host == 0x7f010203);
  REQUIRE(poller.value().wait(10'000).size() == 1);
  const File accepted = accept_from(listener.value());
  REQUIRE(accepted);
  CHECK(!accept_from(listener.value()));
  CHECK(errno == EAGAIN);
  REQUIRE(poller.value().add(accepted.descriptor(), 2));
  auto ready = poller.value().wait(10'000);
  REQUIRE(ready.size() == 1);
  CHECK(ready[0].writable);
  CHECK(!ready[0].readable);
  REQUIRE(send(client.descriptor(), "x", 1, 0) == 1);
  ready = poller.value().wait(10'000);
  REQUIRE(ready.size() == 1);
  CHECK(ready[0].token == 2);
  CHECK(ready[0].readable);
  CHECK(!ready[0].hung_up);
  CHECK(poller.value().wait(0).empty());  // an edge is told once
  reset_on_close(client);
  client.close();
  ready = poller.value().wait(10'000);
  REQUIRE(ready.size() == 1);
  CHECK(ready[0].hung_up);
  CHECK(error_of(accepted) == ECONNRESET);
}
