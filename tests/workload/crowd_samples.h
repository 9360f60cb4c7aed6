// Small crowds for tests.
#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "spec/fleet.h"
#include "workload/crowd/crowd.h"

namespace springtide::workload {

// Cues close enough that sessions of a user meet, and a throttle of 5 to 10 s.
inline spec::CuesPlan sample_plan(bool slots) {
  spec::CuesPlan plan;
  plan.cues["first"] = {.at = second * 10, .share = {0.3}, .reaction = {}, .shaking = {}};
  plan.cues["second"] = {
      .at = Duration{95'400'000'000}, .share = {0.4}, .reaction = {}, .shaking = {}};
  plan.cues["late"] = {.at = second * 330,
                       .share = {0.2},
                       .reaction = Distribution(Exponential{second * 3}),
                       .shaking = Distribution(Uniform{Duration{}, second * 100})};
  plan.reaction = Distribution(Lognormal{second * 4, second * 30});
  plan.shaking = Distribution(Exponential{second * 60});
  plan.hand = second;
  plan.throttle = Distribution(Uniform{second * 5, second * 10});
  plan.slots = slots;
  return plan;
}

inline std::shared_ptr<const CrowdPlan> plan_of(const spec::CuesPlan& plan,
                                                const spec::Phones& phones = {}) {
  return std::make_shared<const CrowdPlan>(plan, phones);
}

struct Second {
  std::int64_t number = 0;
  std::vector<Shake> requests;
  CrowdCounts counts;
};

// Seconds from .. to-1, those without anything left out.
inline std::vector<Second> all_of(Crowd& crowd, std::int64_t to) {
  std::vector<Second> seconds;
  Workspace workspace;
  for (std::int64_t s = crowd.quiet_until(); s < to; s = crowd.quiet_until()) {
    const std::span<const Shake> requests = crowd.requests_of(s, workspace);
    seconds.push_back({s, {requests.begin(), requests.end()}, crowd.counts()});
  }
  return seconds;
}

}  // namespace springtide::workload
