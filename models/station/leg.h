// A leg: one direction of a link, as seen by the entity that sends over it.
//
// Every message takes a delay of its own; each is lost with a fixed probability, and in bursts by
// Gilbert's two states (Bell System Technical Journal 39, 1960; Elliott 1963): before each message
// the state may change, and in the bad state all are lost. A leg without a link takes no time and
// loses nothing. Left out: sizes, bandwidth, packet rates.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/distribution.h"
#include "base/random.h"
#include "measure/series.h"
#include "models/station/cell.h"
#include "spec/scenario.h"

namespace springtide::models::station {

class Leg {
 public:
  // `link` may be null; `name` ("crowd/station") names its streams.
  Leg(const spec::Link* link, std::uint64_t seed, const std::string& name, Port port,
      std::size_t routes);

  // Sends at `from` (not before the present); false if the message is lost. The delay is drawn
  // either way, so a loss shifts no later delay.
  bool transmit(sim::Context& context, Instant from, What what, const Request& request) {
    const Duration delay = constant_ ? least_ : delay_.sample(delays_);
    if (lossy_ && loses(from, request.route)) [[unlikely]]
      return false;
    port_.send(context, from + delay, what, request);
    return true;
  }

  // By route; the second in which a loss is counted is that of the sending.
  std::int64_t lost(Route route) const { return losses_.empty() ? 0 : losses_[route]; }
  const measure::SecondCounter* lost_by_second(Route route) const {
    return lossy_ ? &losses_by_second_[route] : nullptr;
  }

 private:
  bool loses(Instant from, Route route);

  Port port_;
  Distribution delay_;
  Duration least_{};
  bool constant_ = true, lossy_ = false, bad_ = false;
  double loss_ = 0, burst_start_ = 0, burst_end_ = 1;
  Stream delays_, fates_;
  std::vector<std::int64_t> losses_;
  std::vector<measure::SecondCounter> losses_by_second_;
};

}  // namespace springtide::models::station
