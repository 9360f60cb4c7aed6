// Single process: sends, waits and receives over many loopback connections, a batch at a time.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <poll.h>
#include <sys/socket.h>
#include <vector>

#include "base/random.h"
#include "bench/loopback/costs.h"
#include "live/net/clock.h"
#include "live/net/poller.h"
#include "live/net/sockets.h"

namespace springtide::bench {
namespace {

using live::net::File;
using live::net::monotonic_ns;

constexpr int batch = 128, rounds = 1500;

struct Pair {
  File client, server;
};

File accepted(const File& listener) {
  for (;;) {
    if (File file = live::net::accept_from(listener)) return file;
    pollfd waiting{listener.descriptor(), POLLIN, 0};
    poll(&waiting, 1, 1000);
  }
}

std::vector<Pair> connect(int pairs) {
  auto listener = live::net::listen_at({}, {}, "bench");
  const auto address = live::net::local_address(listener.value());
  std::vector<Pair> all;
  for (int i = 0; i < pairs; ++i) {
    File client = live::net::begin_connect(address);
    if (!client) {
      std::fprintf(stderr, "this process may open too few files for %d connections\n", pairs);
      std::exit(2);
    }
    all.push_back({std::move(client), accepted(listener.value())});
  }
  return all;
}

template <typename Work>
double each(int count, Work&& work) {
  const std::int64_t began = monotonic_ns();
  for (int i = 0; i < count; ++i) work(i);
  return static_cast<double>(monotonic_ns() - began) / count;
}

}  // namespace

double median(double* values, int count) {
  std::nth_element(values, values + count / 2, values + count);
  return values[count / 2];
}

SystemCalls measure_system_calls(int pairs) {
  const std::vector<Pair> all = connect(pairs);
  live::net::Poller poller = std::move(live::net::Poller::make(batch).value());
  for (std::size_t i = 0; i < all.size(); ++i) poller.add(all[i].server.descriptor(), i);
  while (!poller.wait(0).empty()) {}
  Stream order(1, "bench/loopback");
  std::vector<double> send, receive, empty, full_wait, short_wait;
  char bytes[4096] = {};
  for (int round = 0; round < rounds; ++round) {
    const int n = round % 2 == 0 ? batch : batch / 8;
    std::vector<const Pair*> chosen;
    const std::size_t from = order.below(static_cast<std::uint64_t>(pairs));
    for (int i = 0; i < n; ++i)
      chosen.push_back(&all[(from + static_cast<std::size_t>(i) * 7919) % all.size()]);
    send.push_back(each(n, [&](int i) {
      if (::send(chosen[static_cast<std::size_t>(i)]->client.descriptor(), bytes, 16, 0) < 0)
        std::abort();
    }));
    (n == batch ? full_wait : short_wait).push_back(each(1, [&](int) { poller.wait(0); }));
    receive.push_back(each(n, [&](int i) {
      if (recv(chosen[static_cast<std::size_t>(i)]->server.descriptor(), bytes, sizeof bytes, 0) <
          0)
        std::abort();
    }));
    empty.push_back(each(n, [&](int i) {
      recv(chosen[static_cast<std::size_t>(i)]->server.descriptor(), bytes, sizeof bytes, 0);
    }));
  }
  const auto middle = [](std::vector<double>& v) {
    return median(v.data(), static_cast<int>(v.size()));
  };
  SystemCalls calls{middle(send), middle(receive), middle(empty), 0, 0};
  const double full = middle(full_wait), few = middle(short_wait);
  calls.wait_socket = std::max(0.0, (full - few) / (batch - batch / 8));
  calls.wait = std::max(0.0, few - calls.wait_socket * (batch / 8));
  return calls;
}

}  // namespace springtide::bench
