#include "models/fleet/server/server.h"

#include <algorithm>
#include <bit>
#include <functional>

#include "base/check.h"

namespace springtide::models::fleet {
namespace {

using workload::Shake;

constexpr std::int64_t second_ns = second.ns;
constexpr std::int64_t long_ago = std::numeric_limits<std::int64_t>::min() / 4;

// What TCP has waited altogether when it sends for the attempt-th time again.
std::int64_t waited_ns(std::uint32_t attempt) {
  std::int64_t sum = 0;
  Duration time_out = red_packet::first_time_out;
  for (std::uint32_t i = 0; i < attempt; ++i) {
    sum += time_out.ns;
    time_out = std::min(time_out * 2, red_packet::longest_time_out);
  }
  return sum;
}

// So many requests wait in SETs that are all full, where one has waited so long.
std::int64_t longest_wait_of(const spec::RedPacketAccess& service, std::int64_t work,
                             std::int64_t cores) {
  const double waiting = static_cast<double>(service.sets) * static_cast<double>(service.set_queue);
  const double ns = waiting * static_cast<double>(work) / static_cast<double>(cores);
  return ns < 1e18 ? static_cast<std::int64_t>(ns) : std::int64_t{1'000'000'000'000'000'000};
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

  bool over() const { return next == shakes.size() && again.empty(); }
};

Server::Server(const ServerSpec& spec)
    : spec_(spec),
      cores_(spec.runtime.cores),
      card_(spec.network_card, spec.way->shortest_delay * 2),
      interruptions_(spec.runtime),
      lost_there_(spec.link),
      lost_back_(spec.link),
      awake_at_(long_ago),
      latencies_(measure::Histogram::bucket_of(std::int64_t{1} << LatencyCounts::value_bits) >>
                 joined_bits) {
  const spec::RedPacketAccess& service = spec_.service;
  const Duration switching = spec_.runtime.go.switch_cost;
  to_read_ = (switching + service.empty_read_system_call + service.reader_segment).ns;
  to_answer_ = to_read_ + (switching + service.worker_segment).ns;
  to_refusal_ = to_read_ + service.write_system_call.ns;
  longest_wait_ = longest_wait_of(service, to_answer_, spec.runtime.cores);
  resends_ = lost_there_.possible() || spec.network_card.packet_rate.has_value();
  Stream first(spec.seed, "fleet/first-losses", spec.number);
  until_lost_there_ = lost_there_.skip(first);
  until_lost_back_ = lost_back_.skip(first);
  begin_clock_second(spec.clock_offset.ns < 0 ? -1 : 0);
}

void Server::begin_clock_second(std::int64_t number) {
  current_ = {};
  current_.second = number;
  reported_ = current_;
  current_ends_ = (number + 1) * second_ns - spec_.clock_offset.ns;
}

// What came since it was last told.
void Server::report_clock_second() {
  ServedSecond news = current_;
  news.requests -= reported_.requests;
  news.refused -= reported_.refused;
  news.dropped -= reported_.dropped;
  news.busy_ns = (news.requests - news.refused - news.dropped) * to_answer_ +
                 news.refused * to_refusal_ + news.dropped * to_read_;
  reported_ = current_;
  if (news.requests > 0) served_.push_back(news);
}

std::vector<ServedSecond> Server::take_served() {
  report_clock_second();
  return std::exchange(served_, {});
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
  interruptions_.advance(cores_, (number + 1) * second_ns);
  arrivals.counts.packets_in = card_.take_packets();
  return arrivals.counts;
}

// The next requests in the order of their instants. Where they may come again they span less than
// a time-out, so that one that does belongs behind the block.
void Server::fill(Block& block, Arrivals& arrivals) const {
  std::vector<std::uint64_t>& again = arrivals.again;
  const std::size_t left = arrivals.shakes.size() - arrivals.next;
  std::size_t n = std::min(left, Block::room);
  const Shake* shakes = arrivals.shakes.data() + arrivals.next;
  if (again.empty() && !resends_) {
    for (std::size_t i = 0; i < n; ++i) block.word[i] = shakes[i].word;
    arrivals.next += n;
  } else {
    constexpr std::uint32_t span = workload::ticks_per_second / 5 - 1;
    std::uint32_t last = ~0u;
    for (n = 0; n < Block::room && !arrivals.over(); ++n) {
      const bool from_heap =
          !again.empty() && (arrivals.next == arrivals.shakes.size() ||
                             again.front() < arrivals.shakes[arrivals.next].word);
      const Shake shake{from_heap ? again.front() : arrivals.shakes[arrivals.next].word};
      if (n == 0) last = shake.offset() + span;
      if (shake.offset() > last) break;
      if (from_heap) {
        std::pop_heap(again.begin(), again.end(), std::greater<>());
        again.pop_back();
      } else {
        ++arrivals.next;
      }
      block.word[n] = shake.word;
    }
  }
  block.n = n;
  block.dropped = false;
  const std::int64_t begin = arrivals.second * second_ns;
  for (std::size_t i = 0; i < n; ++i)
    block.at[i] = block.base[i] =
        begin + static_cast<std::int64_t>((block.word[i] >> 44) * 1'953'125 >> 11);
  arrivals.counts.arrived += static_cast<std::int64_t>(n);
  if (!resends_) return;
  for (std::size_t i = 0; i < n; ++i)
    if (const std::uint32_t attempt = Shake{block.word[i]}.attempt(); attempt > 0) {
      block.base[i] -= waited_ns(attempt);
      ++arrivals.counts.come_again;
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
  const Instant arrives{block.base[i] + waited_ns(attempt)};
  if (arrivals.resender.again(shake, arrives)) return;
  const Duration into{arrives.ns - arrivals.second * second_ns};
  const std::uint64_t word = static_cast<std::uint64_t>(workload::ticks_of(into)) << 44 |
                             static_cast<std::uint64_t>(shake.user()) << 20 |
                             static_cast<std::uint64_t>(attempt + 1) << 16;
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
  for (std::size_t i = 0; i < block.n; ++i) {
    const std::uint64_t random = stream.bits();
    block.way[i] = delay.draw(random) + delay.draw(random >> DelayTable::bits);
    block.wake[i] = wake.draw(random >> 2 * DelayTable::bits);
  }
}

// One request at a time; the branches that are taken rarely are calls.
void Server::queue(Block& block) {
  Cores cores = std::move(cores_);  // a local that nobody else can see stays in registers
  std::int64_t awake_at = awake_at_, requests = current_.requests;
  std::int64_t interrupted = interruptions_.next();
  const std::int64_t limit = spec_.service.overload_per_second;
  for (std::size_t i = 0; i < block.n; ++i) {
    const std::int64_t at = block.at[i], earliest = cores.earliest();
    const std::int64_t woken = at + (earliest <= at ? block.wake[i] : 0);
    awake_at = at <= awake_at ? awake_at : woken;
    const std::int64_t start = std::max(awake_at, earliest);
    if (start >= interrupted || start + to_read_ >= current_ends_ || requests >= limit ||
        start - at > longest_wait_) [[unlikely]] {
      current_.requests = requests;
      cores_ = std::move(cores);
      block.done[i] = serve_one(at, awake_at, block.outcome[i]);
      block.dropped = block.dropped || block.outcome[i] == Outcome::dropped;
      cores = std::move(cores_);
      requests = current_.requests;
      interrupted = interruptions_.next();
      continue;
    }
    ++requests;
    const std::int64_t end = start + to_answer_;
    cores.occupy_earliest(end);
    block.done[i] = end;
    block.outcome[i] = Outcome::answered;
  }
  current_.requests = requests;
  awake_at_ = awake_at;
  cores_ = std::move(cores);
  if (block.n > 0)
    interruptions_.allocate(
        spec_.service.heap_per_request.count * static_cast<std::int64_t>(block.n),
        block.done[block.n - 1]);
}

// Anything may come in its way.
std::int64_t Server::serve_one(std::int64_t at, std::int64_t awake_at, Outcome& outcome) {
  const std::int64_t start = interruptions_.start(cores_, interruptions_.marking() ? at : awake_at);
  outcome = outcome_of(at, start);
  const std::int64_t works[] = {to_answer_, to_refusal_, to_read_};  // by outcome
  const std::int64_t end = start + works[static_cast<std::size_t>(outcome)];
  interruptions_.occupy(cores_, start, end);
  return end;
}

Outcome Server::outcome_of(std::int64_t at, std::int64_t start) {
  const std::int64_t read_at = start + to_read_;
  if (read_at >= current_ends_) {
    report_clock_second();
    begin_clock_second((read_at + spec_.clock_offset.ns) / second_ns);
  }
  if (++current_.requests > spec_.service.overload_per_second) {
    ++current_.refused;
    return Outcome::refused;
  }
  if (start - at > longest_wait_) {
    ++current_.dropped;
    return Outcome::dropped;
  }
  return Outcome::answered;
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
    ++attempt;
    block.way[static_cast<std::size_t>(from)] += waited_ns(attempt) - waited_ns(attempt - 1);
    until_lost_back_ = lost_back_.skip(arrivals.losses);
  }
  until_lost_back_ -= n - from;
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
  card_.answered(block.done.data(), block.n);
  if (lost_back_.possible()) lose_answers(block, arrivals);
  if (block.dropped) forget_dropped(block);
  std::int64_t done_sum = 0, latency_sum = 0;
  for (std::size_t i = 0; i < block.n; ++i) {
    block.way[i] += block.done[i] - block.base[i];
    done_sum += block.done[i];
    latency_sum += block.way[i];
  }
  for (std::size_t i = 0; i < block.n; ++i)
    block.bucket[i] = static_cast<std::uint32_t>(measure::Histogram::bucket_of(block.way[i]));
  digest_ = mixed(mixed(digest_, static_cast<std::uint64_t>(done_sum)),
                  static_cast<std::uint64_t>(latency_sum) + block.n);
  if (!workspace.measured) return;
  workspace.latencies.record(block.way.data(), block.bucket.data(), block.n);
  const std::uint32_t longest = static_cast<std::uint32_t>(latencies_.size() - 1);
  for (std::size_t i = 0; i < block.n; ++i)
    ++latencies_[std::min(block.bucket[i] >> joined_bits, longest)];
}

}  // namespace springtide::models::fleet
