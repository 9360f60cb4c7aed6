// Which packets of a row are lost: independently, or in bursts (Gilbert-Elliott), by the rule of
// red_packet/wire.h, but skipping at once to the next lost one: the number of packets that get
// through between two losses is geometric.
#pragma once

#include <cstdint>
#include <limits>

#include "base/portable_math.h"
#include "base/random.h"
#include "spec/scenario.h"

namespace springtide::models::fleet {

class Losses {
 public:
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

  explicit Losses(const spec::Link& link)
      : loss_(link.loss.value),
        burst_start_(link.loss_burst_start.value),
        burst_end_(link.loss_burst_end.value),
        any_(1 - (1 - burst_start_) * (1 - loss_)) {}

  bool possible() const { return any_ > 0; }

  // How many packets get through before the next lost one.
  std::int64_t skip(Stream& stream) {
    if (any_ <= 0) return never;
    std::int64_t passed = 0;
    if (bad_) {
      bad_ = stream.chance(1 - burst_end_);
      if (bad_ || stream.chance(loss_)) return 0;
      passed = 1;
    }
    if (any_ < 1) {
      const double packets = portable_log(stream.uniform()) / portable_log(1 - any_);
      if (packets > 1e15) return never;
      passed += static_cast<std::int64_t>(packets);
    }
    bad_ = burst_start_ > 0 && stream.chance(burst_start_ / any_);
    return passed;
  }

  static void state(auto& self, auto& bytes) { bytes(self.bad_); }  // base/bytes.h

 private:
  double loss_, burst_start_, burst_end_;
  double any_;  // in the good state: lost, for either reason
  bool bad_ = false;
};

}  // namespace springtide::models::fleet
