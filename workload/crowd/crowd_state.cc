// The state of a crowd as bytes (base/bytes.h).
#include "base/bytes.h"
#include "workload/crowd/crowd.h"

namespace springtide::workload {
namespace {

// Whose state it is.
std::vector<std::uint64_t> identity(const CrowdSpec& spec, const CrowdPlan& plan) {
  return {spec.seed,
          spec.server,
          spec.users,
          spec.online,
          static_cast<std::uint64_t>(spec.connections),
          plan.cues().size()};
}

}  // namespace

void Crowd::state(auto& self, auto& bytes) {
  bytes.same(identity(self.spec_, *self.plan_));
  bytes(self.counts_, self.second_, self.next_cue_, self.own_online_, self.local_end_,
        self.hand_rest_, self.lost_on_the_way_, self.blocks_, self.sessions_, self.gone_,
        self.unconnected_, self.calendar_);
  bytes.require(self.next_cue_ <= self.plan_->cues().size());
  bytes.require(self.own_online_ <= self.spec_.online);
  bytes.require(self.local_end_ <= max_local_users);
}

void Crowd::save(ByteWriter& bytes) const { state(*this, bytes); }
void Crowd::restore(ByteReader& bytes) { state(*this, bytes); }

}  // namespace springtide::workload
