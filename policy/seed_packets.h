// Prepared packets of sponsors: each server has a file of its own and issues from it at its share
// of the rate; who shakes gets the oldest packet that waits and that this user may have.
//
//   pool  0 1 2 3 4 5 6 7 8 9 ...                     packet i is of sponsor i mod sponsors
//         |- server 0 -|- server 1 -|- ...            consecutive parts, so every file has all
//                                                     sponsors in turn
//
// Who may have it: at most `per_user` packets in all, at most `per_sponsor` of one sponsor; both
// exactly, for every user. Every packet is taken at most once, by construction: a file only goes
// forward. Pure: no clock, no randomness but the amount, which is a function of the packet's
// number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace springtide {
class ByteReader;
class ByteWriter;
}  // namespace springtide

namespace springtide::policy {

struct SeedLimits {
  std::int64_t sponsors = 1;     // >= 1
  std::int64_t per_user = 0;     // 0: no limit
  std::int64_t per_sponsor = 0;  // of one sponsor, for one user; 0: no limit
};

// How many packets of which sponsors the users of a server have had.
//
// As few bits as the limits need: bit_width(per_sponsor) for each sponsor, or, without a limit per
// sponsor, bit_width(per_user) in all; rounded up to whole bytes. So one packet of each of up to 8
// sponsors is one byte a user. Users are kept in pages that come into being with their first
// packet.
class PacketHolders {
 public:
  explicit PacketHolders(const SeedLimits& limits);

  // 0 <= sponsor < sponsors.
  bool may_have(std::uint32_t user, std::int64_t sponsor) const;
  // May have any more at all: of some sponsor.
  bool may_have_any(std::uint32_t user) const;
  void give(std::uint32_t user, std::int64_t sponsor);  // may_have() holds

  // What a user has had, as bytes_per_user() bytes, or nothing where it had none; valid until
  // anything changes.
  std::span<const std::uint8_t> had_by(std::uint32_t user) const;
  // What `user` has had from now on: had_by() of holders with the same limits.
  void set(std::uint32_t user, std::span<const std::uint8_t> had);
  void clear();

  std::int64_t bytes_per_user() const { return static_cast<std::int64_t>(bytes_per_user_); }
  std::size_t memory_bytes() const;

  // For checkpoints (base/bytes.h); restored into one of the same limits.
  void save(ByteWriter& bytes) const;
  void restore(ByteReader& bytes);

 private:
  static constexpr std::uint32_t page_users = 4096;
  using Page = std::unique_ptr<std::uint8_t[]>;

  std::uint64_t had(std::uint32_t user, std::int64_t field) const;
  std::uint8_t* state_of(std::uint32_t user);
  std::size_t page_bytes() const { return page_users * bytes_per_user_; }

  SeedLimits limits_;
  std::size_t bits_ = 0;    // of a field
  std::size_t fields_ = 0;  // of a user: one for each sponsor, or one in all, or none
  std::size_t bytes_per_user_ = 0;
  std::vector<Page> pages_;  // nullptr: nobody there has had any
};

struct SeedPacket {
  std::int64_t number = 0;  // in the pool
  std::int64_t sponsor = 0;
};

// The packets of one server of `servers`, numbered from 0.
class SeedFile {
 public:
  // Of a pool of `count` packets. 0 <= server < servers.
  SeedFile(const SeedLimits& limits, std::int64_t count, std::int64_t server, std::int64_t servers);

  // Issues the next n (>= 0) packets, as far as there are any; tells how many.
  std::int64_t issue(std::int64_t n);
  // The oldest waiting packet that the user may have; it is the user's from then on.
  std::optional<SeedPacket> take(std::uint32_t user, PacketHolders& holders);

  std::int64_t first() const { return first_; }  // number in the pool
  std::int64_t count() const { return end_ - first_; }
  std::int64_t issued() const { return issued_; }
  std::int64_t waiting() const { return issued_ - taken_; }
  std::int64_t remaining() const { return count() - issued_; }  // not yet issued
  // Of one sponsor, 0 <= sponsor < sponsors.
  struct Tally {
    std::int64_t prepared = 0, issued = 0, taken = 0;
  };
  Tally tally_of(std::int64_t sponsor) const;

  static void state(auto& self, auto& bytes) {  // base/bytes.h; of the same part of a pool
    bytes.same(self.first_);
    bytes.same(self.end_);
    bytes(self.issued_, self.taken_);
    bytes.each(self.next_);
    bytes.require(0 <= self.taken_ && self.taken_ <= self.issued_ && self.issued_ <= self.count());
    for (const std::int64_t number : self.next_) bytes.require(number >= self.first_);
  }

 private:
  std::int64_t first_ = 0, end_ = 0;  // numbers in the pool
  std::int64_t issued_ = 0, taken_ = 0;
  std::vector<std::int64_t> next_;  // of each sponsor: the number of its oldest packet not taken
};

// How many packets one server of `servers` issues in second k (>= 0) of a pool issued at
// `per_second` by all together, in a burst at each whole second: the packets of each burst are
// dealt to the servers in turn, so all servers together issue floor(per_second * seconds), exactly.
std::int64_t seed_burst(double per_second, std::int64_t k, std::int64_t server,
                        std::int64_t servers);

// What is in a packet, in cents: uniform on low .. high, by the packet's number alone.
std::int64_t seed_amount(std::uint64_t seed, std::int64_t number, std::int64_t low,
                         std::int64_t high);

}  // namespace springtide::policy
