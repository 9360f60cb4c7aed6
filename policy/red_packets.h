// Red packets: what is in them, and how a sent one is split.
//
// A shake packet is issued to a SET and taken by whoever of that SET shakes next. A sent packet is
// a record with three shares: each opener but the last gets a uniform part of (rest / remaining),
// the last takes what is left; so the shares always sum to the amount. Amounts are cents.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>

#include "base/random.h"

namespace springtide::policy {

struct IssuedPacket {
  std::uint32_t id = 0;
  std::int64_t amount = 0;
};

// Uniform on low .. high.
inline std::int64_t draw_amount(std::int64_t low, std::int64_t high, Stream& stream) {
  return low + static_cast<std::int64_t>(stream.below(static_cast<std::uint64_t>(high - low + 1)));
}

// The part of the next opener of a sent packet of which `rest` cents and `shares` shares are left.
inline std::int64_t draw_share(std::int64_t rest, int shares, Stream& stream) {
  if (shares <= 1) return rest;
  const std::int64_t bound = rest / shares;
  return bound > 0 ? static_cast<std::int64_t>(stream.below(static_cast<std::uint64_t>(bound))) : 0;
}

// The records of sent packets that one box keeps.
class OpenBox {
 public:
  void put(std::uint32_t id, std::int64_t amount, int shares) {
    records_[id] = {amount, shares};
    rest_ += amount;
  }

  // The opener's part; nothing where the packet is unknown or all its shares are taken.
  std::optional<std::int64_t> open(std::uint32_t id, Stream& stream) {
    const auto found = records_.find(id);
    if (found == records_.end()) return {};
    Rest& rest = found->second;
    const std::int64_t part = draw_share(rest.amount, rest.shares, stream);
    rest.amount -= part;
    rest_ -= part;
    if (--rest.shares == 0) records_.erase(found);
    return part;
  }

  std::size_t open_records() const { return records_.size(); }
  std::int64_t rest() const { return rest_; }  // of all records: not yet opened

 private:
  struct Rest {
    std::int64_t amount;
    int shares;
  };
  std::int64_t rest_ = 0;
  std::unordered_map<std::uint32_t, Rest> records_;  // looked up only, never walked
};

}  // namespace springtide::policy
