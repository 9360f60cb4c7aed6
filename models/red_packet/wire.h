// One direction of a link, as its sender sees it: when what is sent now arrives.
//
// A lost packet is sent again by TCP after the retransmission time-out: 200 ms at first (Linux
// TCP_RTO_MIN = HZ/5; neither end of the 2017 test had tail loss probes), doubling up to 120 s; a
// lost SYN after 3 s (Linux before 2.6.39). Loss is independent or in bursts (Gilbert-Elliott).
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/random.h"
#include "base/time.h"
#include "spec/scenario.h"

namespace springtide::models::red_packet {

inline constexpr Duration first_time_out = millisecond * 200;
inline constexpr Duration first_connect_time_out = second * 3;
inline constexpr Duration longest_time_out = second * 120;

class Wire {
 public:
  Wire(const spec::Link& link, std::uint64_t seed, const std::string& name)
      : link_(link),
        fixed_(std::holds_alternative<Constant>(link.delay.form())),
        constant_(link.delay.minimum()),
        lossy_(link.loss.value > 0 || link.loss_burst_start.value > 0),
        delays_(seed, name + "/delay"),
        losses_(seed, name + "/loss") {}

  // When a packet sent at `at` arrives, all retransmissions included.
  Instant arrival(Instant at, Duration time_out = first_time_out) {
    while (lossy_ && lost()) {
      ++retransmissions_;
      at += time_out;
      time_out = std::min(time_out * 2, longest_time_out);
    }
    return at + (fixed_ ? constant_ : link_.delay.sample(delays_));
  }

  Duration shortest() const { return constant_; }
  std::int64_t retransmissions() const { return retransmissions_; }
  void count_retransmission() { ++retransmissions_; }

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
  std::int64_t retransmissions_ = 0;
};

}  // namespace springtide::models::red_packet
