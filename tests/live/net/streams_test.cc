// Both backends of Streams tell the same; where the kernel has no io_uring, epoll is tested alone.
#include "live/net/streams/streams.h"

#include <array>
#include <cerrno>
#include <functional>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include <doctest/doctest.h>

#include "live/net/clock.h"
#include "live/net/sockets.h"

using namespace springtide;
using namespace springtide::live::net;

namespace {

struct Told final : StreamEvents {
  std::vector<std::uint32_t> is_ready, is_writable;
  std::string bytes;
  std::int64_t arrival_ns = 0;
  std::vector<int> ends;
  std::function<void()> on_received;

  void ready(std::uint32_t token) override { is_ready.push_back(token); }
  void writable(std::uint32_t token) override { is_writable.push_back(token); }
  void received(const Received& received) override {
    CHECK(received.token == 7);
    bytes += received.bytes;
    arrival_ns = received.arrival_ns;
    if (on_received) on_received();
  }
  void ended(std::uint32_t token, int error) override {
    CHECK(token == 7);
    ends.push_back(error);
  }
};

std::vector<Backend> backends() {
  std::vector<Backend> those{Backend::epoll};
  if (choose(Backend::automatic).value() == Backend::io_uring) those.push_back(Backend::io_uring);
  return those;
}

// A connection: `here` is given to the streams by the test, `there` is the other side.
struct Pair {
  File here, there;
  Pair() {
    auto listener = listen_at({}, {}, "test");
    REQUIRE(listener.ok());
    there = begin_connect(local_address(listener.value()));
    for (int i = 0; i < 1000 && !here; ++i) {
      here = accept_from(listener.value());
      if (!here) usleep(1000);
    }
    REQUIRE(here);
  }
};

void wait_until(Streams& streams, Told& told, const std::function<bool()>& met) {
  for (int i = 0; i < 1000 && !met(); ++i) streams.wait(millisecond * 10, told);
  CHECK(met());
}

template <typename Body>
void with_each_backend(Body&& body) {
  for (const Backend backend : backends()) {
    CAPTURE(to_string(backend));
    auto made = Streams::make(backend);
    REQUIRE(made.ok());
    body(*made.value());
  }
}

}  // namespace

TEST_CASE("what arrives is told once, whole and in order, also more than a buffer holds") {
  with_each_backend([](Streams& streams) {
    Pair pair;
    Told told;
    REQUIRE(streams.receive(pair.here.descriptor(), 7));
    streams.wait(Duration{}, told);
    CHECK(told.bytes.empty());
    std::string sent;
    for (int i = 0; i < 20'000; ++i) sent += static_cast<char>('a' + i % 23);
    REQUIRE(send(pair.there.descriptor(), sent.data(), sent.size(), 0) == 20'000);
    wait_until(streams, told, [&] { return told.bytes.size() >= sent.size(); });
    CHECK(told.bytes == sent);
    pair.there.close();
    wait_until(streams, told, [&] { return !told.ends.empty(); });
    streams.wait(millisecond * 5, told);
    CHECK(told.ends == std::vector<int>{0});
  });
}

TEST_CASE("bytes that come with the end are told before it, and a reset is told as one") {
  with_each_backend([](Streams& streams) {
    Pair pair, other;
    Told told, reset;
    REQUIRE(send(pair.there.descriptor(), "xyz", 3, 0) == 3);
    pair.there.close();
    REQUIRE(streams.receive(pair.here.descriptor(), 7));
    wait_until(streams, told, [&] { return !told.ends.empty(); });
    CHECK(told.bytes == "xyz");
    CHECK(told.ends == std::vector<int>{0});
    REQUIRE(streams.receive(other.here.descriptor(), 7));
    reset_on_close(other.there);
    other.there.close();
    wait_until(streams, reset, [&] { return !reset.ends.empty(); });
    CHECK(reset.ends == std::vector<int>{ECONNRESET});
  });
}

TEST_CASE("a batch is sent at once, and what a socket does not take is said") {
  with_each_backend([](Streams& streams) {
    Pair pair;
    Told told;
    REQUIRE(streams.receive(pair.here.descriptor(), 7));
    std::array<Outgoing, 2> batch{Outgoing{pair.here.descriptor(), "hello", 5},
                                  Outgoing{-1, "hello", 5}};
    streams.send(batch);
    CHECK(batch[0].taken == 5);
    CHECK(batch[1].taken == -EBADF);
    std::array<char, 16> read{};
    CHECK(recv(pair.there.descriptor(), read.data(), read.size(), 0) == 5);
    // Until nothing more is taken: then room is told once, when the other side reads.
    const std::string much(1 << 20, 'm');
    std::array<Outgoing, 1> one;
    std::int64_t taken = 0;
    do {
      one[0] = {pair.here.descriptor(), much.data(), much.size()};
      streams.send(one);
      taken += one[0].taken > 0 ? one[0].taken : 0;
    } while (one[0].taken > 0);
    CHECK(one[0].taken == -EAGAIN);
    streams.await_room(pair.here.descriptor());
    streams.wait(millisecond * 5, told);
    CHECK(told.is_writable.empty());
    std::vector<char> room(1 << 20);
    while (taken > 0) taken -= recv(pair.there.descriptor(), room.data(), room.size(), 0);
    wait_until(streams, told, [&] { return !told.is_writable.empty(); });
    streams.wait(millisecond * 5, told);
    CHECK(told.is_writable == std::vector<std::uint32_t>{7});
  });
}

TEST_CASE("nothing is told of a connection that was forgotten, also by who inherits its number") {
  with_each_backend([](Streams& streams) {
    Told told;
    {
      Pair pair;
      REQUIRE(streams.receive(pair.here.descriptor(), 7));
      streams.wait(Duration{}, told);
      REQUIRE(send(pair.there.descriptor(), "x", 1, 0) == 1);
      told.on_received = [&] { streams.forget(pair.here.descriptor()); };
      wait_until(streams, told, [&] { return !told.bytes.empty(); });
      REQUIRE(send(pair.there.descriptor(), "y", 1, 0) == 1);
      streams.wait(millisecond * 5, told);
    }
    told.on_received = nullptr;
    CHECK(told.bytes == "x");
    CHECK(told.ends.empty());
    Pair next;  // most likely of the same descriptors
    REQUIRE(streams.receive(next.here.descriptor(), 7));
    REQUIRE(send(next.there.descriptor(), "z", 1, 0) == 1);
    wait_until(streams, told, [&] { return told.bytes.size() > 1; });
    CHECK(told.bytes == "xz");
    CHECK(told.ends.empty());
  });
}

TEST_CASE("a connection that was forgotten is closed when its file is closed") {
  with_each_backend([](Streams& streams) {
    Pair pair;
    Told told;
    REQUIRE(streams.receive(pair.here.descriptor(), 7));
    streams.wait(Duration{}, told);
    streams.forget(pair.here.descriptor());
    pair.here.close();
    char byte = 0;
    ssize_t end = -1;
    for (int i = 0; i < 100 && end != 0; ++i) {
      streams.wait(millisecond * 5, told);
      end = recv(pair.there.descriptor(), &byte, 1, MSG_DONTWAIT);
    }
    CHECK(end == 0);
  });
}

TEST_CASE("a connection that is being made is told, and so is one that is refused") {
  with_each_backend([](Streams& streams) {
    auto listener = listen_at({}, {}, "test");
    REQUIRE(listener.ok());
    const Address address = local_address(listener.value());
    Told told, refused;
    REQUIRE(streams.watch(listener.value().descriptor(), 9));
    const File client = begin_connect(address, {0x7f010203, 0});
    REQUIRE(streams.begin(client.descriptor(), 7));
    wait_until(streams, told,
               [&] { return told.is_writable.size() == 1 && told.is_ready.size() >= 1; });
    CHECK(error_of(client) == 0);
    CHECK(told.is_ready.front() == 9);
    const std::size_t times = told.is_ready.size();
    wait_until(streams, told, [&] { return told.is_ready.size() > times; });  // until accepted
    CHECK(accept_from(listener.value()));
    streams.forget(listener.value().descriptor());
    listener.value().close();
    const File other = begin_connect(address);
    if (!other) return;  // refused at once
    REQUIRE(streams.begin(other.descriptor(), 7));
    wait_until(streams, refused, [&] { return !refused.is_writable.empty(); });
    CHECK(error_of(other) == ECONNREFUSED);
  });
}

TEST_CASE("arrivals come with the bytes where they were asked for") {
  with_each_backend([](Streams& streams) {
    Pair pair;
    Told told;
    REQUIRE(ask_for_arrivals(pair.here.descriptor()));
    REQUIRE(streams.receive(pair.here.descriptor(), 7, true));
    // The kernel begins to stamp a moment after the first socket has asked.
    for (int i = 0; i < 1000 && told.arrival_ns == 0; ++i) {
      REQUIRE(send(pair.there.descriptor(), "x", 1, 0) == 1);
      streams.wait(millisecond * 10, told);
    }
    CHECK(told.bytes.find_first_not_of('x') == std::string::npos);
    CHECK(told.arrival_ns > 0);
    CHECK(told.arrival_ns <= unix_ns());
    pair.there.close();
    wait_until(streams, told, [&] { return !told.ends.empty(); });
    CHECK(told.ends == std::vector<int>{0});
  });
}

TEST_CASE("a wait in which nothing comes ends, and tells nothing") {
  with_each_backend([](Streams& streams) {
    Pair pair;
    Told told;
    REQUIRE(streams.receive(pair.here.descriptor(), 7));
    streams.wait(millisecond * 3, told);
    CHECK(told.bytes.empty());
    CHECK(told.ends.empty());
  });
}
