#include "models/fleet/server/server.h"

#include <algorithm>
#include <array>
#include <functional>

#include "base/check.h"

namespace springtide::models::fleet {
namespace {

using workload::Shake;

constexpr std::int64_t second_ns = second.ns;
constexpr std::int64_t long_ago = std::numeric_limits<std::int64_t>::min() / 4;

// What TCP has waited altogether when it sends for the attempt-th time again.
constexpr std::array<std::int64_t, 16> waited_ns = [] {
  std::array<std::int64_t, 16> waited{};
  Duration time_out = red_packet::first_time_out;
  for (std::size_t attempt = 1; attempt < waited.size(); ++attempt) {
    waited[attempt] = waited[attempt - 1] + time_out.ns;
    time_out = std::min(time_out * 2, red_packet::longest_time_out);
  }
  return waited;
}();

// As words: how long a block may be, so that neither a request sent again nor the ACK of an answer
// belongs into the block that it comes from.
std::uint64_t block_span_of(const ServerSpec& spec) {
  Duration span = red_packet::first_time_out;
  if (spec.network_card.packet_rate || spec.network_card.bandwidth)
    span = std::min(span, spec.way->round_trip);
  if (spec.mixed) span = std::min(span, spec.earliest_reply);
  const std::int64_t ticks = std::max<std::int64_t>(workload::ticks_of(span) - 1, 1);
  return static_cast<std::uint64_t>(ticks) << (64 - workload::tick_bits);
}

// So many requests wait in SETs that are all full, where one has waited so long.
std::int64_t longest_wait_of(const spec::RedPacketAccess& service, std::int64_t work,
                             std::int64_t cores) {
  const double waiting = static_cast<double>(service.sets) * static_cast<double>(service.set_queue);
  const double ns = waiting * static_cast<double>(work) / static_cast<double>(cores);
  return ns < 1e18 ? static_cast<std::int64_t>(ns) : std::int64_t{1'000'000'000'000'000'000};
}

// Whether any of them was sent before.
bool any_again(const std::uint64_t* words, std::size_t n) {
  std::uint64_t kinds = 0;
  for (std::size_t i = 0; i < n; ++i)
    kinds |= words[i] ^ std::uint64_t{workload::request_kind} << 16;
  return Shake{kinds}.kind() != 0;
}

std::uint64_t mixed(std::uint64_t digest, std::uint64_t value) {
  digest = (digest ^ value) * 0x9e3779b97f4a7c15ULL;
  return digest ^ digest >> 32;
}

}  // namespace

// The arrivals of one second, and those of it that come again within it.
struct Server::Arrivals {
  std::int64_t second = 0;
  std::span<const Shake> shakes;
  std::size_t next = 0;
  std::vector<std::uint64_t>& again;
  Resender& resender;
  Stream losses;
  ArrivedSecond counts;
  std::int64_t received = 0;  // requests at the card

  bool over() const { return next == shakes.size() && again.empty(); }
  bool again_is_next() const { return next == shakes.size() || again.front() < shakes[next].word; }
  std::uint64_t earliest() const {
    return again.empty() || !again_is_next() ? shakes[next].word : again.front();
  }
  std::uint64_t take_again() {
    std::pop_heap(again.begin(), again.end(), std::greater<>());
    const std::uint64_t word = again.back();
    again.pop_back();
    return word;
  }
  // At most so many, all before a word; returns how many.
  std::size_t take(std::size_t most, std::uint64_t before, std::uint64_t* words) {
    const auto begin = shakes.begin() + static_cast<std::ptrdiff_t>(next);
    auto end = begin + static_cast<std::ptrdiff_t>(std::min(most, shakes.size() - next));
    if (begin != end && end[-1].word >= before) end = std::lower_bound(begin, end, Shake{before});
    for (auto shake = begin; shake != end; ++shake) *words++ = shake->word;
    next += static_cast<std::size_t>(end - begin);
    return static_cast<std::size_t>(end - begin);
  }
};

Server::Server(const ServerSpec& spec)
    : spec_(spec),
      cores_(spec.runtime.cores),
      card_(spec.network_card, spec.way->round_trip),
      interruptions_(spec.runtime),
      stock_(spec.pools, spec.seed, spec.number, spec.servers, spec.clock_offset),
      lost_there_(spec.link),
      lost_back_(spec.link),
      awake_at_(long_ago),
      latencies_((measure::Histogram::bucket_of(LatencyCounts::longest) >> joined_bits) + 1) {
  const spec::RedPacketAccess& service = spec_.service;
  const Duration switching = spec_.runtime.go.switch_cost;
  to_read_ = (switching + service.empty_read_system_call + service.reader_segment).ns;
  to_answer_ = to_read_ + (switching + service.worker_segment).ns;
  to_refusal_ = to_read_ + service.write_system_call.ns;
  to_login_ = to_refusal_ + service.login_segment.ns;
  longest_wait_ = longest_wait_of(service, to_answer_, spec.runtime.cores);
  block_span_ = block_span_of(spec);
  resends_ = lost_there_.possible() || spec.network_card.packet_rate.has_value();
  Stream first(spec.seed, "fleet/first-losses", spec.number);
  until_lost_there_ = lost_there_.skip(first);
  until_lost_back_ = lost_back_.skip(first);
  begin_clock_second(spec.clock_offset.ns < 0 ? -1 : 0);
}

ArrivedSecond Server::serve(std::int64_t number, std::span<const Shake> shakes, Resender& resender,
                            Workspace& workspace) {
  const std::uint64_t entity = static_cast<std::uint64_t>(number) << 24 | spec_.number;
  Stream ways(spec_.seed, "fleet/ways", entity);
  Arrivals arrivals{
      number, shakes, 0, workspace.again, resender, Stream(spec_.seed, "fleet/losses", entity), {}};
  Block& block = workspace.block;
  while (!arrivals.over()) {
    fill(block, arrivals);
    if (lost_there_.possible()) lose(block, arrivals);
    receive(block, arrivals);
    draw(block, ways);
    queue(block);
    finish(block, arrivals, workspace);
  }
  log_in_until((number + 1) * second_ns);
  forget_logins();
  interruptions_.advance(cores_, (number + 1) * second_ns);
  arrivals.counts.packets_in = card_.take_packets();
  const std::int64_t others = arrivals.counts.packets_in - arrivals.received;
  arrivals.counts.bytes_in = arrivals.received * Card::on_wire(Card::request_bytes) +
                             others * Card::on_wire(Card::smallest_bytes);
  return arrivals.counts;
}

// The next requests in the order of their instants. Where they may come again they span less than
// a time-out, so that one that does belongs behind the block.
void Server::fill(Block& block, Arrivals& arrivals) const {
  block.n = 0;
  block.dropped = false;
  constexpr std::uint64_t no_end = ~std::uint64_t{0};  // a second's last instants reach beyond it
  const std::uint64_t first = arrivals.earliest();
  const std::uint64_t end = first < no_end - block_span_ ? first + block_span_ : no_end;
  while (block.n < Block::room) {
    if (!arrivals.again.empty() && arrivals.again_is_next()) {
      if (arrivals.again.front() >= end) break;
      block.word[block.n++] = arrivals.take_again();
      continue;
    }
    const std::uint64_t before =
        arrivals.again.empty() ? end : std::min(end, arrivals.again.front());
    const std::size_t taken = arrivals.take(Block::room - block.n, before, &block.word[block.n]);
    if (taken == 0) break;
    block.n += taken;
  }
  find_instants(block.word.data(), block.n, arrivals.second * second_ns, block.at.data());
  std::copy_n(block.at.data(), block.n, block.base.data());
  arrivals.counts.arrived += static_cast<std::int64_t>(block.n);
  if (!resends_) return;
  for (std::size_t from = 0; from < block.n; from += 16) {
    const std::size_t to = std::min(from + 16, block.n);
    if (!any_again(&block.word[from], to - from)) continue;
    for (std::size_t i = from; i < to; ++i) {
      const std::uint32_t attempt = Shake{block.word[i]}.attempt();
      block.base[i] -= waited_ns[attempt];
      arrivals.counts.come_again += attempt > 0;
    }
  }
}

void Server::send_again(const Block& block, std::size_t i, Arrivals& arrivals) {
  const Shake shake{block.word[i]};
  const std::uint32_t attempt = shake.attempt() + 1;
  if (attempt >= Shake::max_attempt) {
    ++arrivals.counts.given_up;
    return;
  }
  ++arrivals.counts.again;
  const Instant arrives{block.base[i] + waited_ns[attempt]};
  if (arrivals.resender.again(shake, arrives)) return;
  const Duration into{arrives.ns - arrivals.second * second_ns};
  const std::uint64_t word = static_cast<std::uint64_t>(workload::ticks_of(into)) << 44 |
                             static_cast<std::uint64_t>(shake.user()) << 20 |
                             static_cast<std::uint64_t>(attempt + 1) << 16 |
                             (spec_.mixed ? shake.word & asks_mask : 0);
  arrivals.again.push_back(word);
  std::push_heap(arrivals.again.begin(), arrivals.again.end(), std::greater<>());
}

// From loss to loss; what is between moves up.
void Server::lose(Block& block, Arrivals& arrivals) {
  const auto n = static_cast<std::int64_t>(block.n);
  std::int64_t kept = 0, from = 0;
  const auto keep = [&](std::int64_t to) {
    if (kept != from) {
      std::copy(&block.word[from], &block.word[to], &block.word[kept]);
      std::copy(&block.base[from], &block.base[to], &block.base[kept]);
      std::copy(&block.at[from], &block.at[to], &block.at[kept]);
    }
    kept += to - from;
  };
  while (until_lost_there_ < n - from) {
    const std::int64_t lost = from + until_lost_there_;
    keep(lost);
    send_again(block, static_cast<std::size_t>(lost), arrivals);
    ++arrivals.counts.lost;
    until_lost_there_ = lost_there_.skip(arrivals.losses);
    from = lost + 1;
  }
  until_lost_there_ -= n - from;
  keep(n);
  block.n = static_cast<std::size_t>(kept);
}

void Server::receive(Block& block, Arrivals& arrivals) {
  arrivals.received += static_cast<std::int64_t>(block.n);
  const std::size_t drops = card_.receive(block.at.data(), block.n);
  if (drops == 0) return;
  arrivals.counts.ring_drops += static_cast<std::int64_t>(drops);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < block.n; ++i) {
    if (block.at[i] == Card::dropped) {
      send_again(block, i, arrivals);
      continue;
    }
    block.word[kept] = block.word[i];
    block.base[kept] = block.base[i];
    block.at[kept++] = block.at[i];
  }
  block.n = kept;
}

void Server::draw(Block& block, Stream& stream) const {
  const DelayTable& delay = spec_.way->delay;
  const DelayTable& wake = spec_.way->wake;
  const std::uint64_t* const random = block.random.data();
  stream.fill({block.random.data(), block.n});
  delay.draw(random, block.n, DelayTable::bits, block.way.data());
  wake.draw(random, block.n, 2 * DelayTable::bits, block.wake.data());
}

// A lost answer comes later; the one sent in its place may be lost again.
void Server::lose_answers(Block& block, Arrivals& arrivals) {
  const auto n = static_cast<std::int64_t>(block.n);
  std::int64_t from = 0;
  std::uint32_t attempt = 0;
  while (until_lost_back_ < n - from) {
    if (until_lost_back_ > 0) attempt = 0;
    from += until_lost_back_;
    ++arrivals.counts.lost;
    attempt = std::min<std::uint32_t>(attempt + 1, waited_ns.size() - 1);
    block.way[static_cast<std::size_t>(from)] += waited_ns[attempt] - waited_ns[attempt - 1];
    until_lost_back_ = lost_back_.skip(arrivals.losses);
  }
  until_lost_back_ -= n - from;
}

void Server::hand_out(const Block& block) {
  for (std::size_t i = 0; i < block.n; ++i)
    if (block.outcome[i] == Outcome::answered)
      stock_.answer(Shake{block.word[i]}.user(), block.done[i]);
}

// They have no answer, so no latency.
void Server::forget_dropped(Block& block) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < block.n; ++i) {
    if (block.outcome[i] == Outcome::dropped) continue;
    block.word[kept] = block.word[i];
    block.base[kept] = block.base[i];
    block.way[kept] = block.way[i];
    block.outcome[kept] = block.outcome[i];
    block.done[kept++] = block.done[i];
  }
  block.n = kept;
}

void Server::finish(Block& block, Arrivals& arrivals, Workspace& workspace) {
  if (block.n == 0) return;
  if (!spec_.mixed) card_.answered(block.done.data(), block.n);
  if (!stock_.nothing_until(block.done[block.n - 1])) hand_out(block);
  if (lost_back_.possible()) lose_answers(block, arrivals);
  if (workspace.trace != nullptr)
    for (std::size_t i = 0; i < block.n; ++i)
      workspace.trace->push_back({block.word[i], block.base[i], block.done[i], block.outcome[i]});
  if (spec_.mixed) {
    find_reads(block);
    acknowledge(block);
    arrivals.resender.hear(arrivals.second, block, arrivals.again);
  }
  if (block.dropped) forget_dropped(block);
  if (block.n == 0) return;
  const LatencySums sums =
      find_latencies(block.base.data(), block.done.data(), block.n, block.way.data());
  digest_ = mixed(mixed(digest_, static_cast<std::uint64_t>(sums.done)),
                  static_cast<std::uint64_t>(sums.latency) + block.n);
  if (workspace.measured && !spec_.mixed) record(block, sums, workspace.latencies);
}

void Server::record(Block& block, const LatencySums& sums, LatencyCounts& latencies) {
  if (sums.least < LatencyCounts::shortest || sums.most > LatencyCounts::longest) {
    latencies.record_any(block.way.data(), block.n);
    return;
  }
  find_buckets(block.way.data(), block.n, block.bucket.data());
  latencies.record(block.bucket.data(), block.n, sums);
  for (std::size_t i = 0; i < block.n; ++i) ++latencies_[block.bucket[i] >> joined_bits];
}

}  // namespace springtide::models::fleet
