#include "models/fleet/server/stock.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace springtide::models::fleet {
namespace {

constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

policy::SeedLimits limits_of(const spec::PacketPool& pool) {
  if (pool.kind != spec::PacketPool::Kind::seed) return {};
  return {pool.sponsors, pool.per_user, pool.per_sponsor};
}

// The first whole second that is not before. A pool may begin never.
std::int64_t first_burst(Duration begin) {
  const std::int64_t at = std::min(begin.ns, never / 2);
  return at / second.ns + (at % second.ns > 0 ? 1 : 0);
}

}  // namespace

Stock::Stock(const std::map<std::string, spec::PacketPool>& pools, std::uint64_t seed,
             std::int64_t server, std::int64_t servers, Duration clock_offset)
    : seed_(seed),
      server_(server),
      servers_(servers),
      clock_offset_(clock_offset.ns),
      next_burst_(never) {
  std::map<std::tuple<std::int64_t, std::int64_t, std::int64_t>, std::size_t> known;
  std::uint32_t seeds = 0;
  for (const auto& [_, pool] : pools) {
    const policy::SeedLimits limits = limits_of(pool);
    const auto [holders, is_new] =
        known.try_emplace({limits.sponsors, limits.per_user, limits.per_sponsor}, holders_.size());
    if (is_new) holders_.emplace_back(limits);
    const bool is_seed = pool.kind == spec::PacketPool::Kind::seed;
    pools_.push_back({pool, is_seed ? seeds++ : 0, is_seed,
                      policy::SeedFile(limits, pool.count, server, servers), holders->second, 0,
                      first_burst(pool.begin)});
    next_burst_ = std::min(next_burst_, pools_.back().next_at * second.ns - clock_offset_);
  }
}

std::int64_t Stock::amount_of(const Pool& pool, std::int64_t number) const {
  return policy::seed_amount(seed_, number, pool.spec.amount_low, pool.spec.amount_high);
}

void Stock::begin_second(std::int64_t at) {
  const std::int64_t number = (at + clock_offset_) / second.ns;
  if (number == current_.second) return;
  if (current_.issued + current_.won > 0) seconds_.push_back(current_);
  current_ = {};
  current_.second = number;
}

std::vector<PacketSecond> Stock::take_seconds() {
  if (current_.issued + current_.won > 0) seconds_.push_back(current_);
  const std::int64_t number = current_.second;
  current_ = {};
  current_.second = number;
  return std::exchange(seconds_, {});
}

// All bursts up to this instant.
void Stock::issue(std::int64_t at) {
  next_burst_ = never;
  for (Pool& pool : pools_) {
    for (; pool.file.remaining() > 0 && pool.next_at * second.ns - clock_offset_ <= at;
         ++pool.next_at, ++pool.burst) {
      begin_second(pool.next_at * second.ns - clock_offset_);
      const std::int64_t first = pool.file.first() + pool.file.issued();
      const std::int64_t issued = pool.file.issue(
          policy::seed_burst(pool.spec.rate.per_second, pool.burst, server_, servers_));
      for (std::int64_t i = 0; i < issued; ++i)
        current_.issued_amount += amount_of(pool, first + i);
      current_.issued += issued;
      waiting_ += issued;
    }
    if (pool.file.remaining() > 0)
      next_burst_ = std::min(next_burst_, pool.next_at * second.ns - clock_offset_);
  }
}

// The original's generator is a loop that issues a burst and sleeps until the next whole second; it
// keeps no account of what it has missed. So what a lost server did not issue stays in its seed
// file, and it goes on with it, at its rate, when the others have issued all of theirs.
void Stock::come_back(std::int64_t at) {
  next_burst_ = never;
  for (Pool& pool : pools_) {
    for (; pool.burst_at(clock_offset_) < at; ++pool.next_at) ++pool.burst;
    if (pool.file.remaining() > 0)
      next_burst_ = std::min(next_burst_, pool.burst_at(clock_offset_));
  }
}

void Stock::give(std::uint32_t user, std::int64_t at) {
  for (Pool& pool : pools_) {
    if (pool.file.waiting() == 0) continue;
    const auto packet = pool.file.take(user, holders_[pool.holders]);
    if (!packet) continue;
    --waiting_;
    begin_second(at);
    ++current_.won;
    current_.won_amount += amount_of(pool, packet->number);
    if (pool.is_seed)
      winners_.push_back({Instant{at}, static_cast<std::uint32_t>(packet->number), pool.number});
    return;
  }
}

void Stock::pack(const workload::Group& group, ByteWriter& bytes) const {
  for (const policy::PacketHolders& holders : holders_) {
    std::vector<std::uint32_t> members;
    std::vector<std::uint8_t> had;
    for (std::uint32_t member = 0; member < group.count; ++member) {
      const auto own = holders.had_by(group.local_user(member));
      if (own.empty()) continue;
      members.push_back(member);
      had.insert(had.end(), own.begin(), own.end());
    }
    bytes(members, had);
  }
}

bool Stock::unpack(std::uint32_t first, std::uint32_t count, ByteReader& bytes) {
  for (policy::PacketHolders& holders : holders_) {
    std::vector<std::uint32_t> members;
    std::vector<std::uint8_t> had;
    bytes(members, had);
    const auto each = static_cast<std::size_t>(holders.bytes_per_user());
    bytes.require(had.size() == members.size() * each);
    for (std::uint32_t member = 0; member < count; ++member) holders.set(first + member, {});
    for (std::size_t i = 0; i < members.size() && bytes.good(); ++i) {
      bytes.require(members[i] < count);
      if (bytes.good()) holders.set(first + members[i], std::span(had).subspan(i * each, each));
    }
  }
  return bytes.good();
}

void Stock::Account::merge(const Account& other) {
  prepared += other.prepared;
  issued += other.issued;
  won += other.won;
  waiting += other.waiting;
  issued_amount += other.issued_amount;
  won_amount += other.won_amount;
  waiting_amount += other.waiting_amount;
}

std::int64_t Stock::remaining() const {
  std::int64_t remaining = 0;
  for (const Pool& pool : pools_) remaining += pool.file.remaining();
  return remaining;
}

std::vector<Stock::SponsorAccount> Stock::by_sponsor() const {
  std::vector<SponsorAccount> sponsors;
  for (const Pool& pool : pools_) {
    if (!pool.is_seed) continue;
    const auto count = static_cast<std::size_t>(pool.spec.sponsors);
    sponsors.resize(std::max(sponsors.size(), count));
    for (std::size_t i = 0; i < count; ++i) {
      const policy::SeedFile::Tally of = pool.file.tally_of(static_cast<std::int64_t>(i));
      sponsors[i].prepared += of.prepared;
      sponsors[i].issued += of.issued;
      sponsors[i].won += of.taken;
    }
  }
  return sponsors;
}

std::vector<std::int64_t> Stock::won_by_pool() const {
  std::vector<std::int64_t> won;
  for (const Pool& pool : pools_)
    if (pool.is_seed) won.push_back(pool.file.issued() - pool.file.waiting());
  return won;
}

Stock::Account Stock::account() const {
  Account account;
  for (const Pool& pool : pools_) {
    account.prepared += pool.file.count();
    account.issued += pool.file.issued();
    account.waiting += pool.file.waiting();
    account.won += pool.file.issued() - pool.file.waiting();
    // Those that wait, by taking them for somebody who may have all.
    policy::PacketHolders anybody({pool.spec.sponsors, 0, 0});
    policy::SeedFile file = pool.file;
    while (const auto packet = file.take(0, anybody))
      account.waiting_amount += amount_of(pool, packet->number);
  }
  return account;
}

}  // namespace springtide::models::fleet
