#include "models/station/leg.h"

namespace springtide::models::station {

Leg::Leg(const spec::Link* link, std::uint64_t seed, const std::string& name, Port port,
         std::size_t routes)
    : port_(port),
      delays_(seed, "links/" + name + "/delay"),
      fates_(seed, "links/" + name + "/loss") {
  if (link == nullptr) return;
  delay_ = link->delay;
  least_ = delay_.minimum();
  constant_ = std::holds_alternative<Constant>(delay_.form());
  loss_ = link->loss.value;
  burst_start_ = link->loss_burst_start.value;
  burst_end_ = link->loss_burst_end.value;
  lossy_ = loss_ > 0 || burst_start_ > 0;
  if (!lossy_) return;
  losses_.resize(routes);
  losses_by_second_.resize(routes);
}

bool Leg::loses(Instant from, Route route) {
  if (burst_start_ > 0) bad_ = bad_ ? !fates_.chance(burst_end_) : fates_.chance(burst_start_);
  const bool lost = fates_.chance(loss_) || bad_;
  if (!lost) return false;
  ++losses_[route];
  losses_by_second_[route].add(from);
  return true;
}

}  // namespace springtide::models::station
