#include "models/fleet/incidents/moves.h"

#include <utility>

#include "base/check.h"

namespace springtide::models::fleet {
namespace {

std::int64_t users_of(const std::vector<workload::Group>& groups) {
  std::int64_t users = 0;
  for (const workload::Group& group : groups)
    users += static_cast<std::int64_t>(group.count) - std::ssize(group.absent);
  return users;
}

}  // namespace

Moved Moves::change(std::int64_t second, std::span<workload::Crowd* const> crowds,
                    const Belongings& belongings, sim::Ranks& ranks) {
  const Change change{second, crowds, belongings, ranks};
  Moved moved;
  for (Lost& lost : std::exchange(nowhere_, {})) settle(std::move(lost), change);
  for (const std::uint32_t server : outages_.lost_at(second)) {
    Lost lost{server, {}};
    if (workload::Crowd* const crowd = crowds[server]) {
      const std::int64_t lost_before = crowd->lost_on_the_way();
      lost.users = crowd->take_all(second);
      moved.users += users_of(lost.users);
      moved.requests_lost += crowd->lost_on_the_way() - lost_before;
    }
    settle(std::move(lost), change);  // at once: groups are large
  }
  for (const Lost& lost : nowhere_) moved.nowhere += users_of(lost.users);
  return moved;
}

void Moves::settle(Lost lost, const Change& change) {
  const std::vector<std::uint32_t> refuges = outages_.refuges(lost.server, change.second);
  if (refuges.empty()) {
    nowhere_.push_back(std::move(lost));
    return;
  }
  const int from = change.ranks.owner_of(lost.server);
  std::vector<sim::Block> blocks = pack(lost, refuges, change);
  lost = {};
  unpack(change.ranks.scatter(from, std::move(blocks)), change);
}

// Dealt from a server on that differs from one lost server to the next, so that what does not
// divide evenly does not always come to the same ones.
std::vector<sim::Block> Moves::pack(const Lost& lost, std::span<const std::uint32_t> refuges,
                                    const Change& change) {
  std::vector<ByteWriter> bytes(static_cast<std::size_t>(change.ranks.size()));
  for (const workload::Group& group : lost.users) {
    const auto parts = workload::deal(group, static_cast<std::uint32_t>(refuges.size()));
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (parts[i].count == 0) continue;
      const std::uint32_t to = refuges[(i + lost.server) % refuges.size()];
      ByteWriter& out = bytes[static_cast<std::size_t>(change.ranks.owner_of(to))];
      out(to, parts[i]);
      if (change.belongings.pack) change.belongings.pack(lost.server, parts[i], out);
    }
  }
  std::vector<sim::Block> blocks;
  for (ByteWriter& out : bytes) blocks.push_back(out.take());
  return blocks;
}

void Moves::unpack(const sim::Block& block, const Change& change) {
  ByteReader in(block);
  while (in.left() > 0) {
    std::uint32_t to = 0;
    workload::Group group;
    in(to, group);
    SPRINGTIDE_CHECK(in.good(), "ranks of one program understand each other");
    workload::Crowd& crowd = *change.crowds[to];
    const std::uint32_t first = crowd.local_end();
    SPRINGTIDE_CHECK(crowd.admit(group, change.second), "a server has at most 2^24 users");
    if (change.belongings.unpack) change.belongings.unpack(to, first, group.count, in);
  }
}

}  // namespace springtide::models::fleet
