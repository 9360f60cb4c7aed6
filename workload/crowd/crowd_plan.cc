#include "workload/crowd/crowd_plan.h"

#include <algorithm>

#include "workload/crowd/shake.h"

namespace springtide::workload {
namespace {

// Without a throttle every movement of the hand is a request.
Distribution between_requests(const spec::CuesPlan& plan) {
  return plan.throttle ? *plan.throttle : Distribution(Constant{plan.hand});
}

}  // namespace

CrowdPlan::CrowdPlan(const spec::CuesPlan& plan, const spec::Phones& phones)
    : slots_(plan.slots && plan.throttle),
      gap_(between_requests(plan)),
      clock_error_(phones.clock_error),
      clock_error_either_sign_(phones.clock_error_either_sign),
      hand_ticks_(std::max<std::int64_t>(ticks_of(plan.hand), 1)),
      back_off_(phones.back_off),
      connect_attempts_(phones.attempts) {
  const std::size_t reaction = table_of(plan.reaction), shaking = table_of(plan.shaking);
  for (const auto& [name, cue] : plan.cues) {
    const double share = std::clamp(cue.share.value, 0.0, 1.0);
    cues_.push_back({name, ticks_of(cue.at), share, Skips(share),
                     cue.reaction ? table_of(*cue.reaction) : reaction,
                     cue.shaking ? table_of(*cue.shaking) : shaking});
  }
  std::stable_sort(cues_.begin(), cues_.end(),
                   [](const Cue& a, const Cue& b) { return a.at < b.at; });
  make_gaps(between_requests(plan));
}

std::size_t CrowdPlan::table_of(const Distribution& distribution) {
  tables_.emplace_back(distribution);
  return tables_.size() - 1;
}

void CrowdPlan::make_gaps(const Distribution& throttle) {
  const Duration least = throttle.minimum();
  const std::int64_t lower = std::max<std::int64_t>((least + second + Duration{-1}) / second, 1);
  std::int64_t sum = 0;
  for (std::uint32_t i = 0; i < Quantiles::cells; ++i) {
    const double nearest = std::min(gap_.middle(i) + 0.5, 65'535.0);
    const auto seconds =
        std::clamp<std::int64_t>(static_cast<std::int64_t>(nearest), lower, 65'535);
    gap_seconds_[i] = static_cast<std::uint16_t>(seconds);
    sum += seconds;
  }
  mean_gap_ = slots_ ? static_cast<double>(sum) / Quantiles::cells
                     : std::max(gap_.mean_seconds(), 1.0 / static_cast<double>(ticks_per_second));
}

}  // namespace springtide::workload
