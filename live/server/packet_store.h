// The red packets of a server of several processes, in memory that they share.
//
//   issuer --put--> packet queue of a SET --take--> any worker with a shake of that SET
//   issuer --add--> record of a sent packet --open--> any worker with an open request
//
// A packet is taken once, whoever asks, and the shares of a sent packet sum to its amount: both are
// decided by one compare-and-swap on a 64-bit word, so nobody holds a lock, and a process that is
// killed at any instant leaves nothing half done. One process issues, all may take and open.
//
//   queue      head and tail count what was put and taken; the packet `tail` is read first, then
//              claimed by tail -> tail+1. The issuer overwrites a place only after its claim.
//   record     rest in cents and shares left, in one word. A record stays when its shares are gone
//              (the original deletes it; both answer an unknown packet not at all).
//
// Numbers of packets are those of the original: shake packets from 0x100000 on, sent packets from
// 0x200000 on. They are of different kinds: after a million of the first the numbers meet, the
// packets do not.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/random.h"
#include "live/shared/memory.h"

namespace springtide::live::server {

inline constexpr std::uint32_t first_shake_packet = 0x100000, first_sent_packet = 0x200000;

struct Packet {
  std::uint32_t id = 0;
  std::uint32_t amount = 0;  // cents, below 2^31
  bool sent = false;         // a copy of a sent packet, to be opened
  bool operator==(const Packet&) const = default;
};

class PacketStore {
 public:
  // `capacity` packets a SET; at most `max_sent` sent packets ever.
  static Result<PacketStore> make(std::size_t sets, std::size_t capacity, std::size_t max_sent);

  // --- For the one process that issues -----------------------------------------------------------
  bool put(std::size_t set, const Packet& packet) const;  // false: the queue is full
  // A sent packet for three; its number, or none when there are max_sent. Before its copies.
  std::optional<std::uint32_t> add_record(std::uint32_t amount,
                                          const std::array<std::uint32_t, 3>& recipients) const;

  // --- For any process -----------------------------------------------------------------------
  std::optional<Packet> take(std::size_t set) const;
  // The opener's share in cents; nothing where the packet is unknown or all shares are taken.
  std::optional<std::int64_t> open(std::uint32_t id, Stream& stream) const;
  std::array<std::uint32_t, 3> recipients(std::uint32_t id) const;  // of a packet in a queue

  // --- The account; exact while nobody issues or takes -------------------------------------------
  std::int64_t waiting() const;        // packets and copies in the queues
  std::int64_t waiting_cents() const;  // of shake packets in the queues
  std::int64_t unopened_cents() const;
  std::size_t sets() const { return ends_.size(); }

 private:
  struct alignas(64) Ends {
    std::atomic<std::uint64_t> head, tail;
  };
  std::atomic<std::uint64_t>& place(std::size_t set, std::uint64_t number) const {
    return places_[set * capacity_ + number % capacity_];
  }

  std::size_t capacity_ = 0;
  shared::Memory<Ends> ends_;
  shared::Memory<std::atomic<std::uint64_t>> places_, records_, sent_;
  shared::Memory<std::array<std::uint32_t, 3>> recipients_;
};

}  // namespace springtide::live::server
