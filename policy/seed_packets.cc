#include "policy/seed_packets.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/bytes.h"
#include "base/check.h"
#include "base/random.h"
#include "policy/red_packets.h"

namespace springtide::policy {
namespace {

// How many packets of `count` lie before the part of a server.
std::int64_t before(std::int64_t count, std::int64_t server, std::int64_t servers) {
  return count / servers * server + std::min(server, count % servers);
}

}  // namespace

// --- Holders -------------------------------------------------------------------------------------

PacketHolders::PacketHolders(const SeedLimits& limits) : limits_(limits) {
  SPRINGTIDE_CHECK(limits.sponsors >= 1 && limits.per_user >= 0 && limits.per_sponsor >= 0,
                   "limits of packets are not negative");
  const auto width = [](std::int64_t n) {
    return static_cast<std::size_t>(std::bit_width(static_cast<std::uint64_t>(n)));
  };
  if (limits.per_sponsor > 0) {
    fields_ = static_cast<std::size_t>(limits.sponsors);
    bits_ = width(limits.per_user > 0 ? std::min(limits.per_sponsor, limits.per_user)
                                      : limits.per_sponsor);
  } else if (limits.per_user > 0) {
    fields_ = 1;
    bits_ = width(limits.per_user);
  }
  SPRINGTIDE_CHECK(bits_ <= 32, "a limit of packets is below 2^32");
  bytes_per_user_ = (fields_ * bits_ + 7) / 8;
}

std::uint64_t PacketHolders::had(std::uint32_t user, std::int64_t field) const {
  const std::size_t page = user / page_users;
  if (page >= pages_.size() || pages_[page] == nullptr) return 0;
  const std::size_t bit = static_cast<std::size_t>(field) * bits_;
  std::uint64_t word = 0;  // pages are eight bytes longer than what they hold
  std::memcpy(&word, &pages_[page][user % page_users * bytes_per_user_ + bit / 8], sizeof word);
  return word >> bit % 8 & ((std::uint64_t{1} << bits_) - 1);
}

bool PacketHolders::may_have_any(std::uint32_t user) const {
  if (limits_.per_user == 0 && limits_.per_sponsor == 0) return true;
  if (bits_ == 1 && fields_ <= 57) {  // one bit each, in one word: they are counted at once
    const std::size_t page = user / page_users;
    if (page >= pages_.size() || pages_[page] == nullptr) return true;
    std::uint64_t word = 0;
    std::memcpy(&word, &pages_[page][user % page_users * bytes_per_user_], sizeof word);
    const int had = std::popcount(word & ((std::uint64_t{1} << fields_) - 1));
    return had < static_cast<int>(fields_) && (limits_.per_user == 0 || had < limits_.per_user);
  }
  std::uint64_t sum = 0;
  bool all_full = limits_.per_sponsor > 0;
  for (std::size_t field = 0; field < fields_; ++field) {
    const std::uint64_t had_of = had(user, static_cast<std::int64_t>(field));
    sum += had_of;
    if (had_of < static_cast<std::uint64_t>(limits_.per_sponsor)) all_full = false;
  }
  return !all_full && (limits_.per_user == 0 || sum < static_cast<std::uint64_t>(limits_.per_user));
}

bool PacketHolders::may_have(std::uint32_t user, std::int64_t sponsor) const {
  return may_have_any(user) &&
         (limits_.per_sponsor == 0 ||
          had(user, sponsor) < static_cast<std::uint64_t>(limits_.per_sponsor));
}

std::uint8_t* PacketHolders::state_of(std::uint32_t user) {
  const std::size_t page = user / page_users;
  if (page >= pages_.size()) pages_.resize(page + 1);
  if (pages_[page] == nullptr)
    pages_[page] = std::make_unique<std::uint8_t[]>(page_bytes() + sizeof(std::uint64_t));
  return &pages_[page][user % page_users * bytes_per_user_];
}

void PacketHolders::give(std::uint32_t user, std::int64_t sponsor) {
  SPRINGTIDE_CHECK(may_have(user, sponsor), "nobody gets more packets than allowed");
  if (fields_ == 0) return;
  const std::size_t bit = fields_ == 1 ? 0 : static_cast<std::size_t>(sponsor) * bits_;
  std::uint8_t* const at = state_of(user) + bit / 8;
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  word += std::uint64_t{1} << bit % 8;  // a field never overflows: its limit fits into it
  std::memcpy(at, &word, sizeof word);
}

std::span<const std::uint8_t> PacketHolders::had_by(std::uint32_t user) const {
  const std::size_t page = user / page_users;
  if (page >= pages_.size() || pages_[page] == nullptr) return {};
  const std::uint8_t* const state = &pages_[page][user % page_users * bytes_per_user_];
  const bool any = std::any_of(state, state + bytes_per_user_, [](auto byte) { return byte != 0; });
  return {state, any ? bytes_per_user_ : 0};
}

void PacketHolders::set(std::uint32_t user, std::span<const std::uint8_t> had) {
  const std::size_t page = user / page_users;
  if (had.empty() && (page >= pages_.size() || pages_[page] == nullptr)) return;
  SPRINGTIDE_CHECK(had.empty() || had.size() == bytes_per_user_, "users move between equal limits");
  std::uint8_t* const state = state_of(user);
  std::fill_n(state, bytes_per_user_, std::uint8_t{0});
  std::copy(had.begin(), had.end(), state);
}

void PacketHolders::clear() { std::vector<Page>().swap(pages_); }

std::size_t PacketHolders::memory_bytes() const {
  std::size_t bytes = sizeof(*this) + pages_.capacity() * sizeof(Page);
  for (const Page& page : pages_)
    if (page != nullptr) bytes += page_bytes() + sizeof(std::uint64_t);
  return bytes;
}

void PacketHolders::save(ByteWriter& bytes) const {
  for (const std::int64_t limit : {limits_.sponsors, limits_.per_user, limits_.per_sponsor})
    bytes.same(limit);
  bytes(std::uint64_t{pages_.size()});
  for (const Page& page : pages_) {
    bytes(page != nullptr);
    if (page != nullptr) bytes.block(page.get(), page_bytes());
  }
}

void PacketHolders::restore(ByteReader& bytes) {
  for (const std::int64_t limit : {limits_.sponsors, limits_.per_user, limits_.per_sponsor})
    bytes.same(limit);
  std::uint64_t pages = 0;
  bytes(pages);
  bytes.require(pages <= (std::uint64_t{1} << 32) / page_users);
  clear();
  for (std::uint64_t page = 0; page < pages && bytes.good(); ++page) {
    bool there = false;
    bytes(there);
    pages_.emplace_back();
    if (there) bytes.block(state_of(static_cast<std::uint32_t>(page * page_users)), page_bytes());
  }
}

// --- Files ---------------------------------------------------------------------------------------

SeedFile::SeedFile(const SeedLimits& limits, std::int64_t count, std::int64_t server,
                   std::int64_t servers)
    : first_(before(count, server, servers)), end_(before(count, server + 1, servers)) {
  for (std::int64_t sponsor = 0; sponsor < limits.sponsors; ++sponsor) {
    const std::int64_t ahead = (sponsor - first_ % limits.sponsors + limits.sponsors);
    next_.push_back(first_ + ahead % limits.sponsors);
  }
}

SeedFile::Tally SeedFile::tally_of(std::int64_t sponsor) const {
  const std::int64_t sponsors = std::ssize(next_);
  const std::int64_t ahead = (sponsor - first_ % sponsors + sponsors) % sponsors;
  // How many of its packets, each `sponsors` after the one before, have numbers below `end`.
  const auto below = [&](std::int64_t end) {
    const std::int64_t span = end - (first_ + ahead);
    return span > 0 ? (span + sponsors - 1) / sponsors : 0;
  };
  return {below(end_), below(first_ + issued_), below(next_[static_cast<std::size_t>(sponsor)])};
}

std::int64_t SeedFile::issue(std::int64_t n) {
  const std::int64_t now = std::min(n, remaining());
  issued_ += now;
  return now;
}

std::optional<SeedPacket> SeedFile::take(std::uint32_t user, PacketHolders& holders) {
  if (waiting() == 0 || !holders.may_have_any(user)) return {};
  std::optional<SeedPacket> oldest;
  for (std::int64_t sponsor = 0; sponsor < std::ssize(next_); ++sponsor) {
    const std::int64_t number = next_[static_cast<std::size_t>(sponsor)];
    if (number >= first_ + issued_ || (oldest && oldest->number < number)) continue;
    if (holders.may_have(user, sponsor)) oldest = SeedPacket{number, sponsor};
  }
  if (!oldest) return {};
  next_[static_cast<std::size_t>(oldest->sponsor)] += std::ssize(next_);
  ++taken_;
  holders.give(user, oldest->sponsor);
  return oldest;
}

std::int64_t seed_burst(double per_second, std::int64_t k, std::int64_t server,
                        std::int64_t servers) {
  const auto by = [&](std::int64_t seconds) {
    const auto all = static_cast<std::int64_t>(per_second * static_cast<double>(seconds));
    return (all + servers - 1 - server) / servers;
  };
  return by(k + 1) - by(k);
}

std::int64_t seed_amount(std::uint64_t seed, std::int64_t number, std::int64_t low,
                         std::int64_t high) {
  Stream stream(seed, "seed-packet/amount", static_cast<std::uint64_t>(number));
  return draw_amount(low, high, stream);
}

}  // namespace springtide::policy
