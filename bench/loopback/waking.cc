// Two processes: what it takes to wake one, and how they share a core.

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <vector>

#include "bench/loopback/costs.h"
#include "live/net/clock.h"
#include "live/net/poller.h"
#include "live/net/process.h"
#include "live/net/sockets.h"
#include "live/shared/memory.h"

namespace springtide::bench {
namespace {

using live::net::File;
using live::net::monotonic_ns;

constexpr int rounds = 3000;

struct Board {
  std::atomic<std::int64_t> woken_at, used, ready;
};

void spin(std::int64_t ns) {
  for (const std::int64_t until = monotonic_ns() + ns; monotonic_ns() < until;) {}
}

void pin_to_first_core() {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(0, &one);
  sched_setaffinity(0, sizeof one, &one);
}

Quantiles quantiles(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return {values[values.size() / 2], values[values.size() * 99 / 100]};
}

int receiver(const live::shared::Memory<Board>& board, const live::net::Address& address) {
  File socket = live::net::begin_connect(address);
  live::net::Poller poller = std::move(live::net::Poller::make().value());
  poller.add(socket.descriptor(), 0);
  char bytes[64];
  for (int got = 0; got < rounds;) {
    const std::int64_t before = live::net::processor_ns();
    const auto ready = poller.wait(-1);
    const std::int64_t now = monotonic_ns();
    const std::int64_t used = live::net::processor_ns() - before;
    if (ready.empty() || recv(socket.descriptor(), bytes, sizeof bytes, 0) <= 0) continue;
    ++got;
    board->used = used;
    board->woken_at = now;
  }
  return 0;
}

}  // namespace

Waking measure_waking(const SystemCalls& calls) {
  auto board = std::move(live::shared::Memory<Board>::make().value());
  auto listener = live::net::listen_at({}, {}, "bench");
  const auto address = live::net::local_address(listener.value());
  auto child = live::net::start_child(
      "receiver", second * 30, [&](live::net::StopRequest&) { return receiver(board, address); });
  File socket;
  while (!(socket = live::net::accept_from(listener.value()))) {}
  std::vector<double> sends, delays, used;
  for (int i = 0; i < rounds; ++i) {
    spin(150'000);  // until it sleeps
    board->woken_at = 0;
    const char bytes[16] = {};
    const std::int64_t before = monotonic_ns();
    if (send(socket.descriptor(), bytes, sizeof bytes, 0) < 0) std::abort();
    const std::int64_t after = monotonic_ns();
    while (board->woken_at == 0) {}
    sends.push_back(static_cast<double>(after - before));
    delays.push_back(static_cast<double>(board->woken_at - after));
    used.push_back(static_cast<double>(board->used));
  }
  child.value().wait(second);
  Waking waking;
  const double clock = [] {
    const std::int64_t began = monotonic_ns();
    for (int i = 0; i < 1000; ++i) live::net::processor_ns();
    return static_cast<double>(monotonic_ns() - began) / 1000;
  }();
  waking.wake = std::max(0.0, median(sends.data(), rounds) - calls.send);
  waking.delay = quantiles(delays);
  waking.delay.p50 = std::max(100.0, waking.delay.p50 - calls.wait);
  waking.delay.p99 = std::max(waking.delay.p50 * 1.01, waking.delay.p99 - calls.wait);
  waking.sleep =
      std::max(0.0, median(used.data(), rounds) - calls.wait - calls.wait_socket - clock);
  return waking;
}

Quantiles measure_timer_delay() {
  prctl(PR_SET_TIMERSLACK, 1);
  std::vector<double> late;
  for (int i = 0; i < rounds; ++i) {
    const std::int64_t until = monotonic_ns() + 150'000;
    const timespec at{until / 1'000'000'000, until % 1'000'000'000};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, nullptr);
    late.push_back(static_cast<double>(monotonic_ns() - until));
  }
  return quantiles(late);
}

double measure_slice() {
  const auto spins = [](std::vector<double>* runs) {
    pin_to_first_core();
    std::int64_t began = monotonic_ns(), last = began;
    for (const std::int64_t end = began + 1'500'000'000; last < end;) {
      const std::int64_t now = monotonic_ns();
      if (now - last > 300'000) {  // the other had the core
        if (runs) runs->push_back(static_cast<double>(last - began));
        began = now;
      }
      last = now;
    }
  };
  std::vector<double> runs;
  cpu_set_t all;
  sched_getaffinity(0, sizeof all, &all);
  auto child = live::net::start_child("other", second * 10, [&](live::net::StopRequest&) {
    spins(nullptr);
    return 0;
  });
  spins(&runs);
  child.value().wait(second * 3);
  sched_setaffinity(0, sizeof all, &all);
  return runs.empty() ? 0 : median(runs.data(), static_cast<int>(runs.size()));
}

double measure_switch() {
  int there[2], back[2];
  if (pipe(there) != 0 || pipe(back) != 0) return 0;
  cpu_set_t all;
  sched_getaffinity(0, sizeof all, &all);
  pin_to_first_core();
  char byte = 0;
  std::vector<double> alone, both;
  for (int i = 0; i < rounds; ++i) {
    const std::int64_t began = monotonic_ns();
    if (write(there[1], &byte, 1) != 1 || read(there[0], &byte, 1) != 1) return 0;
    alone.push_back(static_cast<double>(monotonic_ns() - began));
  }
  auto child = live::net::start_child("other", second * 10, [&](live::net::StopRequest&) {
    char other = 0;
    for (int i = 0; i < rounds; ++i)
      if (read(there[0], &other, 1) != 1 || write(back[1], &other, 1) != 1) return 1;
    return 0;
  });
  for (int i = 0; i < rounds; ++i) {
    const std::int64_t began = monotonic_ns();
    if (write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1) return 0;
    both.push_back(static_cast<double>(monotonic_ns() - began));
  }
  child.value().wait(second);
  sched_setaffinity(0, sizeof all, &all);
  for (const int end : {there[0], there[1], back[0], back[1]}) close(end);
  return std::max(0.0, (median(both.data(), rounds) - 2 * median(alone.data(), rounds)) / 2);
}

}  // namespace springtide::bench
