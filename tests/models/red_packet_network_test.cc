// The network card against a twin that keeps every packet, and losses on the wire.
#include <algorithm>
#include <cmath>
#include <deque>
#include <optional>
#include <vector>

#include <doctest/doctest.h>

#include "models/red_packet/network_card.h"
#include "models/red_packet/wire.h"

namespace springtide::models::red_packet {
namespace {

spec::NetworkCard card_of(double packet_rate, int ring, double background = 0) {
  spec::NetworkCard card;
  if (packet_rate > 0) card.packet_rate = Rate{packet_rate};
  card.receive_ring = ring;
  card.background_packets = Rate{background};
  return card;
}

// A ring as a queue of the instants at which its packets are taken off.
class PlainRing {
 public:
  PlainRing(Duration service, std::size_t ring) : service_(service), ring_(ring) {}
  std::optional<Instant> receive(Instant at) {
    while (!done_.empty() && done_.front() <= at) done_.pop_front();
    if (done_.size() == ring_) return {};
    done_.push_back(std::max(at, last_) + service_);
    return last_ = done_.back();
  }

 private:
  Duration service_;
  std::size_t ring_;
  Instant last_;
  std::deque<Instant> done_;
};

TEST_CASE("a packet stays on the ring until it is taken off, and a full ring drops") {
  for (std::uint64_t number = 0; number < 200; ++number) {
    Stream stream(11, "card", number);
    const int ring = 1 + static_cast<int>(stream.below(6));
    NetworkCard card(card_of(1e6, ring));
    PlainRing plain(microsecond, static_cast<std::size_t>(ring));
    std::int64_t dropped = 0;
    Instant at;
    for (int i = 0; i < 500; ++i) {
      at += Duration{static_cast<std::int64_t>(stream.below(5)) * 500};
      const auto expected = plain.receive(at);
      dropped += expected ? 0 : 1;
      if (card.receive(at, 74) != expected) FAIL("case ", number, " packet ", i);
    }
    CHECK(card.dropped() == dropped);
    CHECK(card.packets().total() == 500);
    CHECK(card.bytes().total() == 500 * 74);
  }
}

TEST_CASE("a burst of one instant fills the ring and no more") {
  NetworkCard card(card_of(500'000, 255));
  int taken = 0;
  for (int i = 0; i < 1000; ++i) taken += card.receive(Instant{5}, 74) ? 1 : 0;
  CHECK(taken == 255);
  CHECK(card.dropped() == 745);
  // 2 us each: after 10 us there is room for five
  for (int i = 0; i < 9; ++i) taken += card.receive(Instant{5} + microsecond * 10, 74) ? 1 : 0;
  CHECK(taken == 260);
}

TEST_CASE("without a packet rate nothing waits and nothing is dropped") {
  NetworkCard card(card_of(0, 1));
  for (int i = 0; i < 1000; ++i) CHECK(card.receive(Instant{7}, 74) == Instant{7});
  CHECK(card.dropped() == 0);
}

TEST_CASE("ACKs and other tenants' packets take their place in the ring and are counted") {
  NetworkCard card(card_of(1e6, 100, 1000)), alone(card_of(1e6, 100));
  for (int i = 1; i <= 3; ++i) card.expect_ack(Instant{} + millisecond * 500);
  card.expect_ack(Instant{} + second * 2);
  // behind three ACKs and the packet of the other tenant at that instant
  CHECK(card.receive(Instant{} + millisecond * 500, 74) ==
        Instant{} + millisecond * 500 + microsecond * 5);
  CHECK(alone.receive(Instant{} + millisecond * 500, 74) ==
        Instant{} + millisecond * 500 + microsecond);
  card.pass(Instant{} + second * 2 + millisecond * 999);
  // 1000 a second from instant 0, three ACKs and one request in second 0, one ACK in second 2
  CHECK(card.packets().in(0) == 1000 + 4);
  CHECK(card.packets().in(1) == 1000);
  CHECK(card.packets().in(2) == 1000 + 1);
  CHECK(card.bytes().in(0) == 1003 * 64 + 74);
}

TEST_CASE("an ACK is counted in its own second, however late it is asked for") {
  NetworkCard card(card_of(0, 1));
  for (int s = 0; s < 20'000; ++s) card.expect_ack(Instant{} + millisecond * s);
  card.pass(Instant{} + second * 100);
  for (std::size_t s = 0; s < 20; ++s) CHECK(card.packets().in(s) == 1000);
  CHECK(card.packets().total() == 20'000);
}

// --- Wire ----------------------------------------------------------------------------------------

spec::Link link_of(double loss, double burst_start = 0, double burst_end = 1) {
  spec::Link link;
  link.delay = Distribution(Constant{microsecond * 150});
  link.loss = Probability{loss};
  link.loss_burst_start = Probability{burst_start};
  link.loss_burst_end = Probability{burst_end};
  return link;
}

TEST_CASE("a lossless wire delays and does nothing else") {
  Wire wire(link_of(0), 1, "wire");
  CHECK(wire.arrival(Instant{9}, 64) == Instant{150'009});
  CHECK(wire.retransmissions() == 0);
}

TEST_CASE("frames leave one after the other at the bandwidth, preambles and gaps included") {
  spec::Link link = link_of(0);
  link.bandwidth = BitRate{1e6};
  Wire wire(link, 1, "wire");
  const Duration each{(64 + 20) * 8 * 1000 + 1};  // a bit takes 1 us
  const Duration delay = microsecond * 150;
  CHECK(wire.arrival(Instant{}, 64) == Instant{} + each + delay);
  CHECK(wire.arrival(Instant{}, 64) == Instant{} + each * 2 + delay);
  CHECK(wire.arrival(Instant{} + second, 64) == Instant{} + second + each + delay);
}

TEST_CASE("a card takes frames off the wire at its bandwidth") {
  spec::NetworkCard spec = card_of(0, 1);
  spec.bandwidth = BitRate{1e6};
  NetworkCard card(spec);
  const Duration each{(64 + 20) * 8 * 1000 + 1};
  CHECK(card.receive(Instant{}, 64) == Instant{} + each);
  CHECK(card.receive(Instant{1}, 64) == Instant{} + each * 2);
}

// How often a packet was lost before it came through, from the time that it took.
int losses_of(Duration delay, Duration time_out) {
  int losses = 0;
  for (Duration passed = delay - microsecond * 150; passed.ns > 0; ++losses) {
    passed = passed - time_out;
    time_out = std::min(time_out * 2, second * 120);
  }
  return losses;
}

TEST_CASE("the time-out doubles from 200 ms and stops at two minutes") {
  // the only delays there can be, in ms: sums of 200, 400, 800 ... capped at 120 000
  std::vector<std::int64_t> possible = {0};
  std::int64_t out = 200, sum = 0;
  for (; possible.size() < 40; out = std::min(2 * out, std::int64_t{120'000}))
    possible.push_back(sum += out);
  CHECK(possible[3] == 1400);
  Wire wire(link_of(0.7), 3, "wire");
  std::int64_t losses = 0;
  std::size_t most = 0;
  for (int i = 0; i < 5000; ++i) {
    const Duration delay = wire.arrival(Instant{}, 64) - Instant{} - microsecond * 150;
    const auto found = std::find(possible.begin(), possible.end(), delay / millisecond);
    REQUIRE(found != possible.end());
    REQUIRE(delay % millisecond == Duration{});
    most = std::max(most, static_cast<std::size_t>(found - possible.begin()));
    losses += found - possible.begin();
  }
  CHECK(most > 12);  // so that the cap was reached
  CHECK(wire.retransmissions() == losses);
  CHECK(losses_of(microsecond * 150 + millisecond * 600, first_time_out) == 2);
}

TEST_CASE("independent losses come at their rate, and no more often after a loss") {
  constexpr int packets = 200'000;
  constexpr double p = 0.05;
  Wire wire(link_of(p), 5, "wire");
  int once = 0, twice = 0;
  for (int i = 0; i < packets; ++i) {
    const int losses = losses_of(wire.arrival(Instant{}, 64) - Instant{}, first_time_out);
    once += losses > 0 ? 1 : 0;
    twice += losses > 1 ? 1 : 0;
  }
  const auto half_width = [](double share, double n) {
    return 3.29 * std::sqrt(share * (1 - share) / n);
  };
  CHECK(std::abs(once / static_cast<double>(packets) - p) < half_width(p, packets));
  CHECK(std::abs(twice / static_cast<double>(once) - p) < half_width(p, once));
}

TEST_CASE("bursts of losses begin and last as told") {
  // 1 % of packets begin a burst, each packet ends it with 25 %: a mean length of 4 packets, and a
  // share of 0.01 / (0.01 + 0.25) in a burst
  Wire wire(link_of(0, 0.01, 0.25), 6, "wire");
  std::int64_t attempts = 0, lost = 0, bursts = 0;
  for (int i = 0; i < 400'000; ++i) {
    const int losses = losses_of(wire.arrival(Instant{}, 64) - Instant{}, first_time_out);
    attempts += losses + 1;
    lost += losses;
    bursts += losses > 0 ? 1 : 0;
  }
  const double length = static_cast<double>(lost) / static_cast<double>(bursts);
  // geometric: sd = sqrt(1 - 0.25) / 0.25
  CHECK(std::abs(length - 4) <
        3.29 * std::sqrt(0.75) / 0.25 / std::sqrt(static_cast<double>(bursts)));
  CHECK(static_cast<double>(lost) / static_cast<double>(attempts) ==
        doctest::Approx(0.01 / 0.26).epsilon(0.05));
}

TEST_CASE("a lost connection request is repeated after 3, 9 and 21 s") {
  Wire wire(link_of(0.6), 8, "wire");
  for (int i = 0; i < 200; ++i) {
    const Duration delay = wire.arrival(Instant{}, 64, first_connect_time_out) - Instant{};
    if (const auto seconds = delay / second; seconds < 40)
      CHECK((seconds == 0 || seconds == 3 || seconds == 9 || seconds == 21));
  }
}

}  // namespace
}  // namespace springtide::models::red_packet
