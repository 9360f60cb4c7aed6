#include "models/fleet/incidents/moves.h"

#include <algorithm>
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
  Refuges refuges{outages_.refuges(lost.server, change.second), {}};
  if (refuges.servers.empty()) {
    nowhere_.push_back(std::move(lost));
    return;
  }
  find_rooms(refuges, change);
  const int from = change.ranks.owner_of(lost.server);
  std::vector<sim::Block> blocks = pack(lost, std::move(refuges), change);
  const workload::Crowd* const left = change.crowds[lost.server];
  if (left != nullptr && !left->has_users() && change.belongings.forget)
    change.belongings.forget(lost.server);
  lost = {};
  unpack(change.ranks.scatter(from, std::move(blocks)), change);
}

// Every rank tells of its own.
void Moves::find_rooms(Refuges& refuges, const Change& change) {
  ByteWriter own;
  for (const std::uint32_t server : refuges.servers)
    if (const workload::Crowd* const crowd = change.crowds[server]) own(crowd->room());
  const std::vector<sim::Block> blocks = change.ranks.all_gather(own.take());
  std::vector<ByteReader> of_rank(blocks.begin(), blocks.end());
  for (const std::uint32_t server : refuges.servers) {
    std::int64_t room = 0;
    of_rank[static_cast<std::size_t>(change.ranks.owner_of(server))](room);
    refuges.rooms.push_back(room);
  }
}

// Dealt from a server on that differs from one lost server to the next, so that what does not
// divide evenly does not always come to the same ones.
std::vector<sim::Block> Moves::pack(const Lost& lost, Refuges refuges, const Change& change) {
  std::vector<ByteWriter> bytes(static_cast<std::size_t>(change.ranks.size()));
  for (const workload::Group& group : lost.users) {
    auto parts = workload::deal(group, static_cast<std::uint32_t>(refuges.servers.size()));
    for (std::size_t i = 0; i < parts.size(); ++i)
      place(std::move(parts[i]), i + lost.server, lost, refuges, bytes, change);
  }
  std::vector<sim::Block> blocks;
  for (ByteWriter& out : bytes) blocks.push_back(out.take());
  return blocks;
}

// From refuge `first` on, each takes those it has room for; the last that they try takes the rest.
void Moves::place(workload::Group group, std::size_t first, const Lost& lost, Refuges& refuges,
                  std::vector<ByteWriter>& bytes, const Change& change) {
  const std::int64_t tries = std::min<std::int64_t>(std::ssize(refuges.servers),
                                                    change.crowds[lost.server]->connect_attempts());
  for (std::int64_t refused = 0; group.count > 0; ++refused) {
    const std::size_t i = (first + static_cast<std::size_t>(refused)) % refuges.servers.size();
    const std::int64_t fit = refused + 1 == tries
                                 ? std::int64_t{group.count}
                                 : std::min<std::int64_t>(group.count, refuges.rooms[i]);
    auto [in, on] = workload::split(group, static_cast<std::uint32_t>(fit));
    refuges.rooms[i] = std::max<std::int64_t>(refuges.rooms[i] - fit, 0);
    group = std::move(on);
    if (in.count == 0) continue;
    ByteWriter& out = bytes[static_cast<std::size_t>(change.ranks.owner_of(refuges.servers[i]))];
    out(refuges.servers[i], refused, in);
    if (change.belongings.pack) change.belongings.pack(lost.server, in, out);
  }
}

void Moves::unpack(const sim::Block& block, const Change& change) {
  ByteReader in(block);
  while (in.left() > 0) {
    std::uint32_t to = 0;
    std::int64_t refused = 0;
    workload::Group group;
    in(to, refused, group);
    SPRINGTIDE_CHECK(in.good(), "ranks of one program understand each other");
    workload::Crowd& crowd = *change.crowds[to];
    const std::uint32_t first = crowd.local_end();
    SPRINGTIDE_CHECK(crowd.admit(group, change.second, refused), "a server has at most 2^24 users");
    if (change.belongings.unpack) change.belongings.unpack(to, first, group.count, in);
  }
}

}  // namespace springtide::models::fleet
