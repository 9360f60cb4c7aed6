#include "models/fleet/clients/machines.h"

#include <algorithm>
#include <functional>
#include <limits>

#include "measure/checks.h"
#include "models/red_packet/common/record_parts.h"

namespace springtide::models::fleet {
namespace {

using red_packet::Message;
using red_packet::Payload;
using workload::Shake;

constexpr std::int64_t second_ns = second.ns;
constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

// The first tick that is not before; seconds and ticks in it.
std::int64_t tick_from(std::int64_t ns) {
  const std::int64_t tick = workload::ticks_of(Duration{ns});
  const std::int64_t second = tick >> workload::tick_bits;
  const std::int64_t offset = tick & (workload::ticks_per_second - 1);
  return tick + (second * second_ns + workload::ns_of_offset(offset) < ns ? 1 : 0);
}

std::uint64_t word_of(std::int64_t tick, std::uint64_t rest) {
  return static_cast<std::uint64_t>(tick & (workload::ticks_per_second - 1)) << 44 | rest;
}

std::uint64_t rest_of(std::uint32_t user, Asks asks) {
  return workload::pack(0, user, workload::request_kind, static_cast<std::int64_t>(asks));
}

Message message_of(Asks asks) {
  constexpr Message messages[] = {Message::shake, Message::login, Message::open, Message::connect};
  return messages[static_cast<std::size_t>(asks)];
}

Duration slice_of(const red_packet::Layout& layout) { return layout.clients.front().slice; }

}  // namespace

MachinesSource::MachinesSource(const red_packet::Layout& layout, std::shared_ptr<const Way> way)
    : layout_(layout),
      way_(std::move(way)),
      ways_(layout.server.seed, "fleet/ways-there"),
      machines_(layout.clients.begin(), layout.clients.end()),
      service_(layout.server.service, layout.server.pools, layout.server.seed, layout.server.name,
               layout.server.population, layout.server.clock_offset),
      books_(slice_of(layout)) {
  for (std::size_t pool = 0; pool < service_.stock().pools(); ++pool)
    next_issue_.push_back(
        std::max<std::int64_t>(service_.stock().begin(pool).ns - layout.server.clock_offset.ns, 0));
}

Herd& MachinesSource::machine_of(std::uint32_t user) {
  const auto next =
      std::upper_bound(machines_.begin(), machines_.end(), user,
                       [](std::uint32_t u, const Herd& herd) { return u < herd.first_user(); });
  return *std::prev(next);
}

std::int64_t MachinesSource::way_there() { return way_->delay.draw(ways_.bits()); }

void MachinesSource::put(std::int64_t at, std::uint64_t rest) {
  const std::int64_t tick = tick_from(at);
  calendar_[tick >> workload::tick_bits].push_back(word_of(tick, rest));
}

std::span<const Shake> MachinesSource::requests_of(std::int64_t number, workload::Workspace& room) {
  room.connected().clear();
  room.reactions().clear();
  second_ = number;
  sent_.clear();
  counts_ = {};
  for (Herd& machine : machines_) {
    machine.advance(Instant{(number + 1) * second_ns}, sent_, books_.counts);
    counts_.online += machine.connected();
  }
  for (const Herd::Sent& sent : sent_) {
    counts_.requests += sent.asks != Asks::connect;
    put(sent.at.ns + way_there(), rest_of(sent.user, sent.asks));
  }
  const auto due = calendar_.find(number);
  if (due == calendar_.end()) return {};
  room.make_room(due->second.size());
  Shake* end = room.words();
  for (const std::uint64_t word : due->second) (end++)->word = word;
  calendar_.erase(due);
  return room.sort_words(end);
}

bool MachinesSource::again(Shake shake, Instant arrives) {
  const std::int64_t tick = workload::ticks_of(arrives.since_start());
  if (tick >> workload::tick_bits <= second_) return false;
  const std::uint64_t rest = workload::pack(0, shake.user(), shake.kind() + 1,
                                            static_cast<std::int64_t>(shake.word & asks_mask));
  calendar_[tick >> workload::tick_bits].push_back(word_of(tick, rest));
  return true;
}

// Each pool a burst as it begins, then at each whole second of the server's clock.
void MachinesSource::issue_until(Instant at) {
  const std::int64_t offset = layout_.server.clock_offset.ns;
  for (std::size_t pool = 0; pool < next_issue_.size(); ++pool)
    while (next_issue_[pool] <= at.ns) {
      const Instant burst{next_issue_[pool]};
      const bool exhausted = service_.issue(pool, burst).exhausted;
      next_issue_[pool] =
          exhausted ? never : (service_.clock_second(burst) + 1) * second_ns - offset;
    }
}

// What the server says to a request that is done; nothing (a message that nobody sends) where it
// says nothing.
MachinesSource::Reply MachinesSource::decide(const Block& block, std::size_t i) {
  const Shake shake{block.word[i]};
  const Asks asks = asks_of(shake.word);
  const Instant read{block.read[i]}, done{block.done[i]};
  red_packet::Waiting request{message_of(asks), shake.user(), 0, Instant{block.at[i]}};
  ++arrived_;
  service_.read(request, read);
  if (asks == Asks::login) return {Message::login_answer, 0};
  if (block.outcome[i] == Outcome::refused) return {Message::overload, 0};
  if (block.outcome[i] == Outcome::dropped) {
    service_.counts().dropped.add(service_.by_clock(read));
    return {};
  }
  if (asks == Asks::shake) {
    const auto answer = service_.serve_shake(service_.set_of(shake.user()), done);
    return {answer.message, answer.value};
  }
  const auto packet = to_open_.find(shake.user());
  request.b = Payload{Instant{}, packet->second}.packed();
  to_open_.erase(packet);
  if (!service_.admit_open(request, read)) return {};
  const auto share = service_.open(request, done);
  return share ? Reply{share->message, share->value} : Reply{};
}

// The answer is on its way; when the client has read it.
Instant MachinesSource::read_by_client(const Block& block, std::size_t i, const Reply& reply) {
  const Shake shake{block.word[i]};
  Herd& machine = machine_of(shake.user());
  const Instant at = machine.read(Instant{block.done[i] + block.way[i]});
  ++answers_;
  service_.counts().responses.add(service_.by_clock(Instant{block.done[i]}));
  const Duration offset = machine.clock_offset();
  const bool of_shake = books_.count(reply.message, reply.value, at + offset);
  const Instant sent{block.base[i] - way_there()};
  if (!of_shake || sent < layout_.clients.front().measured_from) return at;
  // Shakes are intended for the beginning of the second of the clock in which they are sent.
  const std::int64_t shortest = way_->shortest_delay.ns;
  const std::int64_t into = (block.base[i] - shortest + offset.ns) % second_ns + shortest;
  books_.service_latency.record((at - sent).ns);
  const std::int64_t latency = at.ns - block.base[i] + into;
  books_.latency.record(latency);
  books_.latency_over_time.record(sent, latency);
  return at;
}

void MachinesSource::open(std::uint32_t user, std::uint32_t packet, Instant read,
                          std::int64_t number, std::vector<std::uint64_t>& again) {
  const Herd& machine = machine_of(user);
  const Instant sent = read + machine.write_segment();
  books_.counts.opens.add(sent + machine.clock_offset());
  to_open_.emplace(user, packet);
  const std::int64_t tick = tick_from(sent.ns + way_there());
  const std::uint64_t word = word_of(tick, rest_of(user, Asks::open));
  if (tick >> workload::tick_bits > number) {
    calendar_[tick >> workload::tick_bits].push_back(word);
    return;
  }
  again.push_back(word);
  std::push_heap(again.begin(), again.end(), std::greater<>());
}

void MachinesSource::hear(std::int64_t number, const Block& block,
                          std::vector<std::uint64_t>& again) {
  for (std::size_t i = 0; i < block.n; ++i) {
    const Instant done{block.done[i]};
    issue_until(done);
    if (asks_of(block.word[i]) == Asks::connect) {
      service_.counts().accepted.add(service_.by_clock(done));
      continue;
    }
    const Reply reply = decide(block, i);
    if (reply.message == Message{}) continue;
    const Instant read = read_by_client(block, i, reply);
    if (reply.message == Message::packet_for_you)
      open(Shake{block.word[i]}.user(), reply.value, read, number, again);
  }
}

void MachinesSource::record(const spec::Scenario& scenario, std::int64_t given_up,
                            measure::Record& record) {
  issue_until(Instant{} + record.duration);
  const red_packet::ClientCounts& counts = books_.counts;
  RecordWriter out(record, static_cast<std::size_t>(record.duration.ns / second_ns));
  red_packet::write_traffic(service_, counts, out);
  out.figure("server.connections", static_cast<double>(service_.counts().accepted.total()),
             "connections", "open at the end");
  out.figure("packets.issued-amount", static_cast<double>(service_.stock().issued_amount()),
             "cents", "of all packets issued");
  out.figure("packets.received-amount", static_cast<double>(counts.amount_received.total()),
             "cents", "that clients received");
  red_packet::write_ledgers(layout_.operation, service_, counts, {arrived_, 0, answers_, 0},
                            record);
  measure::Ledger& ledger = record.ledgers[layout_.operation];
  ledger.lost = given_up;
  ledger.in_flight -= given_up;
  red_packet::write_money(service_, counts, record);
  red_packet::write_marks(scenario, record);
  const std::string& name = layout_.operation;
  record.checks.push_back(
      measure::check_least_latency(name + ".from-send", books_.service_latency, layout_.delay * 2));
  record.distributions[name + ".latency"] = books_.latency;
  record.distributions[name + ".from-send"] = books_.service_latency;
  record.distributions["server.arrival-to-read"] = service_.reading_delay();
  measure::SlicedHistogram over_time(record.slice);
  over_time.merge(books_.latency_over_time);
  record.distributions_over_time[name + ".latency"] = over_time.take_slices();
}

}  // namespace springtide::models::fleet
