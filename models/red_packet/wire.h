// One direction of a link, as its sender sees it: when what is sent now arrives.
//
// A lost packet is sent again by TCP after the retransmission time-out: 200 ms at first (Linux
// TCP_RTO_MIN = HZ/5; neither end of the 2017 test had tail loss probes), doubling up to 120 s; a
// lost SYN after 3 s (Linux before 2.6.39). Loss is independent or in bursts (Gilbert-Elliott).
// With a bandwidth frames leave one after the other, each taking its bytes and the preamble and gap
// of Ethernet (20 bytes, IEEE 802.3); what waits to leave is not limited.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "base/random.h"
#include "base/time.h"
#include "measure/series.h"
#include "spec/scenario.h"

namespace springtide::models::red_packet {

inline constexpr Duration first_time_out = millisecond * 200;
inline constexpr Duration first_connect_time_out = second * 3;
inline constexpr Duration longest_time_out = second * 120;

inline constexpr std::int64_t preamble_and_gap = 20;  // bytes

// How long a frame takes at a bandwidth, to the next whole nanosecond above; nothing without one.
inline Duration transmission_time(std::int64_t frame, const std::optional<BitRate>& bandwidth) {
  if (!bandwidth) return {};
  const double bits = static_cast<double>((frame + preamble_and_gap) * 8);
  return {static_cast<std::int64_t>(bits * 1e9 / bandwidth->bits_per_second) + 1};
}

class Wire {
 public:
  Wire(const spec::Link& link, std::uint64_t seed, const std::string& name)
      : link_(link),
        fixed_(std::holds_alternative<Constant>(link.delay.form())),
        constant_(link.delay.minimum()),
        lossy_(link.loss.value > 0 || link.loss_burst_start.value > 0),
        delays_(seed, name + "/delay"),
        losses_(seed, name + "/loss") {}

  // When a frame of so many bytes sent at `at` arrives, all retransmissions included. (What is
  // sent again does not wait for others.)
  Instant arrival(Instant at, std::int64_t frame, Duration time_out = first_time_out) {
    if (link_.bandwidth) {
      free_at_ = std::max(free_at_, at) + transmission_time(frame, link_.bandwidth);
      at = free_at_;
    }
    while (lossy_ && lost()) {
      losses_by_second_.add(at);
      at += time_out;
      time_out = std::min(time_out * 2, longest_time_out);
    }
    return at + (fixed_ ? constant_ : link_.delay.sample(delays_));
  }

  Duration shortest() const { return constant_; }
  std::int64_t retransmissions() const { return losses_by_second_.total(); }
  const measure::SecondCounter& losses() const { return losses_by_second_; }

 private:
  bool lost() {
    if (link_.loss_burst_start.value > 0) {
      bad_ = losses_.chance(bad_ ? 1 - link_.loss_burst_end.value : link_.loss_burst_start.value);
      if (bad_) return true;
    }
    return link_.loss.value > 0 && losses_.chance(link_.loss.value);
  }

  spec::Link link_;
  bool fixed_;
  Duration constant_;
  bool lossy_;
  bool bad_ = false;
  Stream delays_, losses_;
  Instant free_at_{};
  measure::SecondCounter losses_by_second_;
};

}  // namespace springtide::models::red_packet
