// The red packets of a run: pools that issue them, the packet queue of each SET, the open-boxes'
// records, and the account of both sides.
//
// A packet is issued once: it is in one SET's queue until a shake takes it. A full queue drops it
// silently, after it was counted as issued, as the original did. Of a sent packet the box gets the
// record first, then each of three recipients' SETs a copy.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "policy/red_packets.h"
#include "spec/scenario.h"

namespace springtide::models::red_packet {

struct StockPacket {
  std::uint32_t id = 0;
  std::uint32_t amount = 0;
  bool sent = false;  // a copy of a sent packet, to be opened
};

class PacketStock {
 public:
  PacketStock(const spec::RedPacketAccess& service,
              const std::map<std::string, spec::PacketPool>& pools, std::uint64_t seed,
              const std::string& name, std::uint32_t population);

  std::size_t pools() const { return pools_.size(); }
  Duration begin(std::size_t pool) const { return pools_[pool].spec.begin; }

  struct Issued {
    std::int64_t shake_packets = 0, sent_packets = 0, amount = 0, dropped = 0;
    bool exhausted = false;
  };
  // What a pool issues in one second.
  Issued issue(std::size_t pool);

  std::optional<StockPacket> take(std::size_t set);

  // The share of a sent packet; nothing where it is unknown.
  std::optional<std::int64_t> open(std::uint32_t id) {
    const auto part = boxes_[id % boxes_.size()].open(id, share_stream_);
    if (part) shared_ += *part;
    return part;
  }

  std::int64_t waiting() const;  // packets and copies in SET queues
  std::int64_t issued() const { return next_id_; }
  std::int64_t issued_amount() const { return issued_amount_; }
  std::int64_t taken_amount() const { return taken_amount_; }  // of shake packets
  std::int64_t shared_amount() const { return shared_; }       // of sent packets
  std::int64_t waiting_amount() const;                         // shake packets not yet taken
  std::int64_t unopened_amount() const;                        // rests of sent packets
  std::int64_t dropped_amount() const { return dropped_amount_; }
  bool taken_twice() const { return taken_twice_; }

 private:
  struct Pool {
    spec::PacketPool spec;
    std::int64_t left = 0;
    Stream amounts, recipients;
  };
  bool put(std::size_t set, const StockPacket& packet);

  std::vector<Pool> pools_;
  std::vector<std::vector<StockPacket>> queues_;  // by SET, first in first out
  std::vector<std::size_t> first_;                // of each queue
  std::vector<policy::OpenBox> boxes_;
  std::vector<bool> taken_;  // by id of a shake packet
  std::int64_t queue_limit_;
  std::uint32_t population_, next_id_ = 0;
  std::size_t next_set_ = 0;
  Stream share_stream_;
  std::int64_t issued_amount_ = 0, taken_amount_ = 0, shared_ = 0, dropped_amount_ = 0,
               sent_amount_ = 0;
  bool taken_twice_ = false;
};

}  // namespace springtide::models::red_packet
