// The kernel of the fleet road against slow, obvious twins: one request at a time, a sorted vector
// of cores; the card of the detailed road itself; the station of the detailed road.
#include "models/fleet/server/server.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "models/red_packet/network_card.h"
#include "policy/second_limit.h"
#include "spec/presets.h"

namespace springtide::models::fleet {
namespace {

using workload::Shake;

Distribution constant(Duration value) { return Distribution(Constant{value}); }

ServerSpec plain(std::int64_t cores, Duration way = {}) {
  ServerSpec spec;
  spec.way = std::make_shared<Way>(
      Way{DelayTable(constant(way * 2)), DelayTable(constant(Duration{})), way, way * 2});
  spec.service.overload_per_second = 1'000'000;
  spec.service.reader_segment = microsecond * 12;
  spec.service.worker_segment = microsecond * 14;
  spec.service.empty_read_system_call = microsecond * 2;
  spec.service.write_system_call = microsecond * 10;
  spec.runtime.cores = cores;
  spec.runtime.collects = false;
  return spec;
}

Shake shake(std::int64_t ticks, std::uint32_t user) {
  return {static_cast<std::uint64_t>(ticks) << 44 | static_cast<std::uint64_t>(user) << 20 |
          1u << 16};
}

// Within a second, in bursts: a few users at a time, a little apart.
std::vector<Shake> random_second(Stream& stream, int bursts, std::uint64_t burst_size,
                                 std::uint64_t apart) {
  std::vector<Shake> shakes;
  for (int burst = 0; burst < bursts; ++burst) {
    auto ticks = static_cast<std::int64_t>(stream.below(workload::ticks_per_second - 4096));
    for (auto left = stream.below(burst_size) + 1; left > 0; --left) {
      ticks += static_cast<std::int64_t>(stream.below(apart));
      shakes.push_back(shake(std::min(ticks, workload::ticks_per_second - 1),
                             static_cast<std::uint32_t>(shakes.size())));
    }
  }
  std::sort(shakes.begin(), shakes.end());
  return shakes;
}

// What is sent again, by second.
struct Later final : Resender {
  std::int64_t second = 0;
  std::vector<std::pair<std::int64_t, Shake>> words;
  bool again(Shake shake, Instant arrives) override {
    const std::int64_t in = arrives.ns / springtide::second.ns;
    if (in <= second) return false;
    const std::int64_t offset =
        workload::ticks_of(Duration{arrives.ns - in * springtide::second.ns});
    words.push_back({in,
                     {static_cast<std::uint64_t>(offset) << 44 |
                      static_cast<std::uint64_t>(shake.user()) << 20 |
                      static_cast<std::uint64_t>(shake.attempt() + 2) << 16}});
    return true;
  }
  std::vector<Shake> take(std::int64_t of) {
    std::vector<Shake> taken;
    for (const auto& [in, word] : words)
      if (in == of) taken.push_back(word);
    return taken;
  }
};

struct Run {
  std::vector<Traced> trace;
  std::vector<ServedSecond> served;
  std::int64_t ring_drops = 0;
};

Run run_kernel(const ServerSpec& spec, const std::vector<std::vector<Shake>>& seconds) {
  Server server(spec);
  auto workspace = std::make_unique<Workspace>();
  Run run;
  workspace->trace = &run.trace;
  Later later;
  for (std::size_t s = 0; s < seconds.size(); ++s) {
    later.second = static_cast<std::int64_t>(s);
    std::vector<Shake> shakes = seconds[s];
    for (const Shake again : later.take(later.second)) shakes.push_back(again);
    std::sort(shakes.begin(), shakes.end());
    run.ring_drops += server.serve(later.second, shakes, later, *workspace).ring_drops;
  }
  run.served = server.take_served();
  return run;
}

// Readers, limit and cores, one request after the other; nothing is clever.
class Twin {
 public:
  explicit Twin(const ServerSpec& spec)
      : spec_(spec),
        limit_(spec.service.overload_per_second),
        free_(static_cast<std::size_t>(spec.runtime.cores), 0) {}

  Traced serve(Shake shake, std::int64_t base, std::int64_t in_socket) {
    std::sort(free_.begin(), free_.end());
    const spec::RedPacketAccess& service = spec_.service;
    const std::int64_t start = std::max(in_socket, free_.front());
    const std::int64_t read_at =
        start + (service.empty_read_system_call + service.reader_segment).ns;
    const bool within = limit_.count((read_at + spec_.clock_offset.ns) / second.ns);
    free_.front() = read_at + (within ? service.worker_segment : service.write_system_call).ns;
    return {shake.word, base, free_.front(), within ? Outcome::answered : Outcome::refused};
  }

 private:
  const ServerSpec& spec_;
  policy::SecondLimit limit_;
  std::vector<std::int64_t> free_;
};

void compare_with_twin(const ServerSpec& spec, const std::vector<std::vector<Shake>>& seconds) {
  Twin twin(spec);
  std::vector<Traced> expected;
  for (std::size_t s = 0; s < seconds.size(); ++s)
    for (const Shake one : seconds[s]) {
      const std::int64_t at = one.instant(static_cast<std::int64_t>(s)).ns;
      expected.push_back(twin.serve(one, at, at));
    }
  CHECK(run_kernel(spec, seconds).trace == expected);
}

TEST_CASE("the kernel does what its twin does in all small cases") {
  // Four requests, each 0, 10, 30 or 100 ticks of about a microsecond after the one before; a
  // request takes 28 us, a refusal 24 us.
  for (const std::int64_t cores : {1, 2, 3})
    for (const std::int64_t limit : {2, 100}) {
      ServerSpec spec = plain(cores);
      spec.service.overload_per_second = limit;
      std::vector<std::vector<Shake>> seconds;
      for (int number = 0; number < 256; ++number) {
        std::vector<Shake> one;
        std::int64_t ticks = 1000;
        for (int digits = number, i = 0; i < 4; ++i, digits /= 4) {
          constexpr std::int64_t gaps[] = {0, 10, 30, 100};
          ticks += gaps[digits % 4];
          one.push_back(shake(ticks, static_cast<std::uint32_t>(i)));
        }
        seconds.push_back(one);
      }
      CAPTURE(cores);
      CAPTURE(limit);
      compare_with_twin(spec, seconds);
    }
}

TEST_CASE("the kernel does what its twin does under bursts, refusals and a clock that is off") {
  for (const std::int64_t offset_ms : {-37, 0, 250}) {
    ServerSpec spec = plain(5);
    spec.service.overload_per_second = 900;
    spec.clock_offset = millisecond * offset_ms;
    Stream stream(7, "test/bursts");
    std::vector<std::vector<Shake>> seconds;
    for (int s = 0; s < 5; ++s) seconds.push_back(random_second(stream, 40, 60, 12));
    CAPTURE(offset_ms);
    compare_with_twin(spec, seconds);
  }
}

// The ring overflows: the card of the detailed road decides who gets through.
TEST_CASE("the card drops, delays and sends again as that of the detailed road") {
  ServerSpec spec = plain(4, millisecond * 5);
  spec.network_card.packet_rate = Rate{100'000};
  spec.network_card.receive_ring = 16;
  spec.network_card.background_packets = Rate{2'000};
  spec.network_card.bandwidth = BitRate{1e9};
  Stream stream(3, "test/card");
  std::vector<std::vector<Shake>> seconds(6);
  for (int s = 0; s < 4; ++s)
    seconds[static_cast<std::size_t>(s)] = random_second(stream, 300, 40, 8);

  red_packet::NetworkCard card(spec.network_card);
  Twin twin(spec);
  std::vector<Traced> expected;
  std::set<std::pair<std::int64_t, std::uint64_t>> due;  // second, word
  for (std::size_t s = 0; s < seconds.size(); ++s)
    for (const Shake one : seconds[s]) due.insert({static_cast<std::int64_t>(s), one.word});
  std::int64_t drops = 0;
  while (!due.empty() && due.begin()->first < 6) {
    const std::int64_t s = due.begin()->first;
    const Shake one{due.begin()->second};
    due.erase(due.begin());
    const std::int64_t at = one.instant(s).ns;
    const std::int64_t base = at - second.ns / 5 * ((1 << one.attempt()) - 1);
    const auto in_socket = card.receive(Instant{at}, 74);
    if (in_socket) {
      expected.push_back(twin.serve(one, base, in_socket->ns));
      card.expect_ack(Instant{expected.back().done + spec.way->round_trip.ns});
      continue;
    }
    ++drops;
    const std::int64_t arrives = base + second.ns / 5 * ((2 << one.attempt()) - 1);
    const std::int64_t offset = workload::ticks_of(Duration{arrives % second.ns});
    due.insert({arrives / second.ns, static_cast<std::uint64_t>(offset) << 44 |
                                         static_cast<std::uint64_t>(one.user()) << 20 |
                                         static_cast<std::uint64_t>(one.attempt() + 2) << 16});
  }
  const Run run = run_kernel(spec, seconds);
  CHECK(drops > 500);
  CHECK(run.ring_drops == drops);
  REQUIRE(run.trace.size() == expected.size());
  // Where the card is nearly idle a request does not wait for the packet before it (card.h): at
  // most a few packets of 10 us earlier, and no later; in a burst exactly the same.
  std::size_t different = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    different += run.trace[i].done != expected[i].done;
    CHECK(run.trace[i].word == expected[i].word);
    CHECK(expected[i].done - run.trace[i].done <= 50'000);
    CHECK(run.trace[i].done - expected[i].done <= 50'000);
  }
  CHECK(different < expected.size() / 50);
}

// Words of late instants are so large that a block's end, a time-out later, is beyond all words.
TEST_CASE("requests of the last fifth of a second are served where they may come again") {
  ServerSpec spec = plain(2, millisecond * 5);
  spec.link.loss.value = 0.1;
  for (const bool rate : {false, true}) {
    if (rate) spec.network_card.packet_rate = Rate{50'000};
    std::vector<Shake> shakes;
    for (std::uint32_t user = 0; user < 4000; ++user)
      shakes.push_back(shake(workload::ticks_per_second - 4000 * 64 + user * 64, user));
    shakes.push_back(shake(workload::ticks_per_second - 1, 4000));
    const Run run = run_kernel(spec, {shakes, {}, {}, {}, {}, {}, {}, {}});
    std::set<std::uint32_t> users;
    for (const Traced& one : run.trace) users.insert(Shake{one.word}.user());
    CHECK(run.trace.size() == 4001);
    CHECK(users.size() == 4001);
  }
}

TEST_CASE("SETs that are full drop requests, and what waits never exceeds their bound") {
  ServerSpec spec = plain(1);
  spec.service.sets = 2;
  spec.service.set_queue = 5;
  Stream stream(5, "test/sets");
  const Run run = run_kernel(spec, {random_second(stream, 3, 400, 6)});
  std::int64_t dropped = 0;
  for (const Traced& one : run.trace) {
    if (one.outcome == Outcome::dropped) ++dropped;
    // read at the head of the line: ten waited before it, each of 28 us
    if (one.outcome == Outcome::answered) CHECK(one.done - one.base <= 10 * 28'000 + 28'000);
  }
  CHECK(dropped > 10);
  CHECK(run.served.size() == 1);
  CHECK(run.served.front().dropped == dropped);
}

TEST_CASE("seconds without requests may be left out") {
  ServerSpec spec = plain(2);
  spec.runtime.collects = true;
  spec.runtime.go = spec::preset("go1.8")->go;
  spec.runtime.go.forced_period = second * 3;
  spec.runtime.goroutines = 1000;
  spec.runtime.live_heap = 100'000'000;
  spec.runtime.scanned_heap = 50'000'000;
  Stream stream(11, "test/quiet");
  const std::vector<Shake> first = random_second(stream, 20, 20, 20);
  const std::vector<Shake> last = random_second(stream, 20, 20, 20);
  std::vector<Traced> traces[2];
  for (const bool all : {false, true}) {
    Server server(spec);
    auto workspace = std::make_unique<Workspace>();
    workspace->trace = &traces[all];
    Later later;
    server.serve(0, first, later, *workspace);
    for (std::int64_t s = 1; all && s < 20; ++s) server.serve(s, {}, later, *workspace);
    server.serve(20, last, later, *workspace);
  }
  CHECK(traces[0] == traces[1]);
  CHECK(traces[0].size() == first.size() + last.size());
}

}  // namespace
}  // namespace springtide::models::fleet
