#include "models/red_packet/packet_stock.h"

#include <algorithm>

namespace springtide::models::red_packet {

PacketStock::PacketStock(const spec::RedPacketAccess& service,
                         const std::map<std::string, spec::PacketPool>& pools, std::uint64_t seed,
                         const std::string& name, std::uint32_t population)
    : queues_(static_cast<std::size_t>(service.sets)),
      first_(queues_.size(), 0),
      boxes_(static_cast<std::size_t>(service.open_boxes)),
      queue_limit_(service.packet_queue),
      population_(population),
      share_stream_(seed, name + "/shares") {
  for (const auto& [key, pool] : pools)
    pools_.push_back({pool, pool.count, Stream(seed, name + "/" + key + "/amounts"),
                      Stream(seed, name + "/" + key + "/recipients")});
}

PacketStock::Issued PacketStock::issue(std::size_t number) {
  Pool& pool = pools_[number];
  Issued issued;
  const auto wanted = static_cast<std::int64_t>(pool.spec.rate.per_second + 0.5);
  for (std::int64_t i = std::min(wanted, pool.left); i > 0; --i, --pool.left) {
    const std::uint32_t id = next_id_++;
    const std::int64_t amount =
        policy::draw_amount(pool.spec.amount_low, pool.spec.amount_high, pool.amounts);
    issued.amount += amount;
    issued_amount_ += amount;
    if (pool.spec.kind == spec::PacketPool::Kind::shake) {
      ++issued.shake_packets;
      if (!put(next_set_, {id, static_cast<std::uint32_t>(amount), false})) {
        ++issued.dropped;
        dropped_amount_ += amount;
      }
      next_set_ = (next_set_ + 1) % queues_.size();
      continue;
    }
    ++issued.sent_packets;
    sent_amount_ += amount;
    boxes_[id % boxes_.size()].put(id, amount, pool.spec.recipients);
    const std::int64_t last = pool.spec.last_user > 0 ? pool.spec.last_user : population_;
    for (int share = 0; share < pool.spec.recipients; ++share) {
      const auto user =
          static_cast<std::uint64_t>(pool.spec.first_user) +
          pool.recipients.below(static_cast<std::uint64_t>(last - pool.spec.first_user));
      if (!put(user % queues_.size(), {id, static_cast<std::uint32_t>(amount), true}))
        ++issued.dropped;
    }
  }
  issued.exhausted = pool.left == 0;
  return issued;
}

bool PacketStock::put(std::size_t set, const StockPacket& packet) {
  auto& queue = queues_[set];
  if (static_cast<std::int64_t>(queue.size() - first_[set]) >= queue_limit_) return false;
  queue.push_back(packet);
  return true;
}

std::optional<StockPacket> PacketStock::take(std::size_t set) {
  auto& queue = queues_[set];
  if (first_[set] == queue.size()) return {};
  const StockPacket packet = queue[first_[set]++];
  if (first_[set] == queue.size()) {
    queue.clear();
    first_[set] = 0;
  }
  if (!packet.sent) {
    if (packet.id >= taken_.size()) taken_.resize(std::max<std::size_t>(packet.id + 1, next_id_));
    taken_twice_ = taken_twice_ || taken_[packet.id];
    taken_[packet.id] = true;
    taken_amount_ += packet.amount;
  }
  return packet;
}

std::int64_t PacketStock::waiting() const {
  std::int64_t sum = 0;
  for (std::size_t set = 0; set < queues_.size(); ++set)
    sum += static_cast<std::int64_t>(queues_[set].size() - first_[set]);
  return sum;
}

std::int64_t PacketStock::waiting_amount() const {
  std::int64_t sum = 0;
  for (std::size_t set = 0; set < queues_.size(); ++set)
    for (std::size_t i = first_[set]; i < queues_[set].size(); ++i)
      if (!queues_[set][i].sent) sum += queues_[set][i].amount;
  return sum;
}

std::int64_t PacketStock::unopened_amount() const {
  std::int64_t sum = 0;
  for (const auto& box : boxes_) sum += box.rest();
  return sum;
}

}  // namespace springtide::models::red_packet
