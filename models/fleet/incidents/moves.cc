#include "models/fleet/incidents/moves.h"

#include <utility>

#include "base/check.h"

namespace springtide::models::fleet {
namespace {

std::int64_t users_of(const workload::Group& group) {
  return static_cast<std::int64_t>(group.count) - static_cast<std::int64_t>(group.absent.size());
}

}  // namespace

Moved Moves::change(std::int64_t second, std::span<workload::Crowd* const> crowds,
                    const Carry& carry) {
  Moved moved;
  for (const Kept& kept : std::exchange(nowhere_, {})) settle(kept, second, crowds, carry);
  for (const std::uint32_t server : outages_.lost_at(second)) {
    const std::int64_t lost_before = crowds[server]->lost_on_the_way();
    for (workload::Group& group : crowds[server]->take_all(second)) {
      moved.users += users_of(group);
      settle({server, std::move(group)}, second, crowds, carry);  // at once: groups are large
    }
    moved.requests_lost += crowds[server]->lost_on_the_way() - lost_before;
  }
  for (const Kept& kept : nowhere_) moved.nowhere += users_of(kept.group);
  return moved;
}

// Dealt from a server on that differs from one lost server to the next, so that what does not
// divide evenly does not always come to the same ones.
void Moves::settle(const Kept& kept, std::int64_t second, std::span<workload::Crowd* const> crowds,
                   const Carry& carry) {
  const std::vector<std::uint32_t> refuges = outages_.refuges(kept.server, second);
  if (refuges.empty()) {
    nowhere_.push_back(kept);
    return;
  }
  const auto parts = workload::deal(kept.group, static_cast<std::uint32_t>(refuges.size()));
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].count == 0) continue;
    const std::uint32_t to = refuges[(i + kept.server) % refuges.size()];
    const std::uint32_t first = crowds[to]->local_end();
    SPRINGTIDE_CHECK(crowds[to]->admit(parts[i], second), "a server has at most 2^24 users");
    for (std::uint32_t member = 0; carry && member < parts[i].count; ++member)
      carry({kept.server, parts[i].local_user(member), to, first + member});
  }
}

}  // namespace springtide::models::fleet
