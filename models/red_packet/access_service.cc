#include "models/red_packet/access_service.h"

#include <algorithm>

namespace springtide::models::red_packet {

AccessService::AccessService(const spec::RedPacketAccess& service,
                             const std::map<std::string, spec::PacketPool>& pools,
                             std::uint64_t seed, const std::string& name, std::uint32_t population,
                             Duration clock_offset)
    : service_(service),
      clock_offset_(clock_offset),
      set_lengths_(static_cast<std::size_t>(service.sets), 0),
      box_lengths_(static_cast<std::size_t>(service.open_boxes), 0),
      stock_(service, pools, seed, name, population),
      limit_(service.overload_per_second) {}

AccessService::Read AccessService::read(const Waiting& request, Instant at) {
  const Instant clock = by_clock(at);
  counts_.requests.add(clock);
  reading_delay_.record(std::max<std::int64_t>((at - request.since).ns, 0));
  const bool within = limit_.count(clock.ns / second.ns);
  if (request.message == Message::login) {
    counts_.logins.add(clock);
    return Read::answer_login;
  }
  if (request.message == Message::open) {
    counts_.opens.add(clock);
    return Read::to_set;
  }
  counts_.shakes.add(clock);
  if (within) return Read::to_set;
  counts_.overloaded.add(clock);
  return Read::refuse;
}

bool AccessService::admit(const Waiting& request, Instant at) {
  std::int64_t& length = set_lengths_[set_of(request.user)];
  if (length >= service_.set_queue) {
    counts_.dropped.add(by_clock(at));
    if (request.message == Message::open) ++dropped_opens_;
    return false;
  }
  ++length;
  const auto now_second = static_cast<std::size_t>(std::max<std::int64_t>(clock_second(at), 0));
  if (now_second >= longest_set_queue_.size()) longest_set_queue_.resize(now_second + 1, 0);
  longest_set_queue_[now_second] =
      std::max(longest_set_queue_[now_second], static_cast<std::uint32_t>(length));
  return true;
}

void AccessService::leave(std::size_t set, Instant since, Instant at) {
  --set_lengths_[set];
  set_delay_.record(std::max<std::int64_t>((at - since).ns, 0));
}

AccessService::Answer AccessService::serve_shake(std::size_t set, Instant at) {
  const auto packet = stock_.take(set);
  if (!packet) {
    counts_.none.add(by_clock(at));
    return {Message::nothing};
  }
  if (packet->sent) return {Message::packet_for_you, packet->id};
  counts_.won.add(by_clock(at));
  return {Message::packet, packet->amount};
}

std::optional<std::size_t> AccessService::admit_open(const Waiting& request, Instant at) {
  const std::size_t box = Payload::of(request.b).value % box_lengths_.size();
  if (box_lengths_[box] >= service_.open_box_queue) {
    counts_.dropped.add(by_clock(at));
    ++dropped_opens_;
    return {};
  }
  ++box_lengths_[box];
  return box;
}

std::optional<AccessService::Answer> AccessService::open(const Waiting& request, Instant at) {
  const std::uint32_t packet = Payload::of(request.b).value;
  --box_lengths_[packet % box_lengths_.size()];
  const auto share = stock_.open(packet);
  if (share) {
    counts_.shares_opened.add(by_clock(at));
    return Answer{Message::open_answer, static_cast<std::uint32_t>(*share)};
  }
  ++dropped_opens_;  // no reply
  counts_.dropped.add(by_clock(at));
  return {};
}

PacketStock::Issued AccessService::issue(std::size_t pool, Instant at) {
  const PacketStock::Issued issued = stock_.issue(pool);
  const Instant clock = by_clock(at);
  counts_.shake_packets_issued.add(clock, issued.shake_packets);
  counts_.sent_packets_issued.add(clock, issued.sent_packets);
  counts_.amount_issued.add(clock, issued.amount);
  counts_.packets_dropped.add(clock, issued.dropped);
  return issued;
}

}  // namespace springtide::models::red_packet
