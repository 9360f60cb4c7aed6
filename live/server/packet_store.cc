#include "live/server/packet_store.h"

#include "base/check.h"
#include "policy/red_packets.h"

namespace springtide::live::server {
namespace {

// A packet as one word: sent in bit 63, amount in 62..32, id in 31..0.
std::uint64_t packed(const Packet& packet) {
  return std::uint64_t{packet.sent} << 63 | std::uint64_t{packet.amount} << 32 | packet.id;
}
Packet unpacked(std::uint64_t word) {
  return {static_cast<std::uint32_t>(word), static_cast<std::uint32_t>(word >> 32) & 0x7fffffff,
          word >> 63 != 0};
}

// A record as one word: the rest in cents, and the shares left in the low byte.
struct Record {
  std::int64_t rest = 0;
  int shares = 0;
};
std::uint64_t packed(const Record& record) {
  return static_cast<std::uint64_t>(record.rest) << 8 | static_cast<std::uint64_t>(record.shares);
}
Record unpacked_record(std::uint64_t word) {
  return {static_cast<std::int64_t>(word >> 8), static_cast<int>(word & 255)};
}

constexpr int shares_of_packet = 3;

}  // namespace

Result<PacketStore> PacketStore::make(std::size_t sets, std::size_t capacity,
                                      std::size_t max_sent) {
  SPRINGTIDE_CHECK(sets > 0 && capacity > 0, "a store has SETs and room");
  using Words = shared::Memory<std::atomic<std::uint64_t>>;
  auto ends = shared::Memory<Ends>::make(sets);
  auto places = Words::make(sets * capacity);
  auto records = Words::make(max_sent);
  auto sent = Words::make();
  auto recipients = shared::Memory<std::array<std::uint32_t, 3>>::make(max_sent);
  if (!ends) return ends.problems();
  if (!places) return places.problems();
  if (!records) return records.problems();
  if (!sent) return sent.problems();
  if (!recipients) return recipients.problems();
  PacketStore store;
  store.capacity_ = capacity;
  store.ends_ = std::move(ends.value());
  store.places_ = std::move(places.value());
  store.records_ = std::move(records.value());
  store.sent_ = std::move(sent.value());
  store.recipients_ = std::move(recipients.value());
  return store;
}

bool PacketStore::put(std::size_t set, const Packet& packet) const {
  Ends& ends = ends_[set];
  const std::uint64_t head = ends.head.load(std::memory_order_relaxed);
  if (head - ends.tail.load(std::memory_order_acquire) >= capacity_) return false;
  place(set, head).store(packed(packet), std::memory_order_relaxed);
  ends.head.store(head + 1, std::memory_order_release);
  return true;
}

std::optional<std::uint32_t> PacketStore::add_record(
    std::uint32_t amount, const std::array<std::uint32_t, 3>& recipients) const {
  const std::uint64_t number = sent_->load(std::memory_order_relaxed);
  if (number >= records_.size()) return {};
  recipients_[number] = recipients;
  records_[number].store(packed(Record{amount, shares_of_packet}), std::memory_order_relaxed);
  sent_->store(number + 1, std::memory_order_release);
  return first_sent_packet + static_cast<std::uint32_t>(number);
}

std::optional<Packet> PacketStore::take(std::size_t set) const {
  Ends& ends = ends_[set];
  std::uint64_t tail = ends.tail.load(std::memory_order_relaxed);
  while (tail < ends.head.load(std::memory_order_acquire)) {
    const std::uint64_t word = place(set, tail).load(std::memory_order_relaxed);
    // Release: who sees the new tail (the issuer) writes there only after we have read.
    if (ends.tail.compare_exchange_weak(tail, tail + 1, std::memory_order_acq_rel,
                                        std::memory_order_relaxed))
      return unpacked(word);
  }
  return {};
}

std::optional<std::int64_t> PacketStore::open(std::uint32_t id, Stream& stream) const {
  const std::uint64_t number = id - std::uint64_t{first_sent_packet};
  if (id < first_sent_packet || number >= sent_->load(std::memory_order_acquire)) return {};
  std::atomic<std::uint64_t>& word = records_[number];
  std::uint64_t seen = word.load(std::memory_order_relaxed);
  for (;;) {
    const Record record = unpacked_record(seen);
    if (record.shares == 0) return {};
    const std::int64_t share = policy::draw_share(record.rest, record.shares, stream);
    if (word.compare_exchange_weak(seen, packed(Record{record.rest - share, record.shares - 1}),
                                   std::memory_order_relaxed))
      return share;
  }
}

std::array<std::uint32_t, 3> PacketStore::recipients(std::uint32_t id) const {
  return recipients_[id - first_sent_packet];
}

std::int64_t PacketStore::waiting() const {
  std::int64_t sum = 0;
  for (const Ends& ends : ends_) sum += static_cast<std::int64_t>(ends.head - ends.tail);
  return sum;
}

std::int64_t PacketStore::waiting_cents() const {
  std::int64_t sum = 0;
  for (std::size_t set = 0; set < sets(); ++set)
    for (std::uint64_t i = ends_[set].tail; i < ends_[set].head; ++i)
      if (const Packet packet = unpacked(place(set, i)); !packet.sent) sum += packet.amount;
  return sum;
}

std::int64_t PacketStore::unopened_cents() const {
  std::int64_t sum = 0;
  for (std::uint64_t i = 0; i < *sent_; ++i) sum += unpacked_record(records_[i]).rest;
  return sum;
}

}  // namespace springtide::live::server
