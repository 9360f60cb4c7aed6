#include "models/fleet/clients/herd.h"

#include <algorithm>
#include <limits>

namespace springtide::models::fleet {
namespace {

constexpr std::int64_t second_ns = second.ns;
constexpr std::int64_t remembered = 5 * second_ns;  // rounds: answers come long before

std::int64_t floor_seconds(std::int64_t ns) {
  return ns >= 0 ? ns / second_ns : -((second_ns - 1 - ns) / second_ns);
}

// From one look of the monitor for answers to the next.
std::int64_t usual_look_of(const spec::GoRuntime& go) {
  return go.monitor_poll_after.ns + go.monitor_most.ns / 2;
}

}  // namespace

// Users are woken from `from` on, for `waking`; meanwhile one core less works for them.
struct Herd::Flow {
  std::int64_t from = 0, waking = 0, pop = 0, cores = 1;
  std::int64_t before = 0;  // ns of work that is ahead of all of them

  // When so much work is done.
  std::int64_t done(std::int64_t work) const {
    const std::int64_t meanwhile = (cores - 1) * waking;
    if (work < meanwhile) return from + work / (cores - 1);
    return from + waking + (work - meanwhile) / cores;
  }
};

Herd::Herd(const red_packet::ClientMachineSpec& spec)
    : spec_(spec),
      grouping_(spec.users, static_cast<std::uint32_t>(spec.spread_seconds)),
      h_(spec.users),
      each_((spec.go.switch_cost + spec.user.wake_segment).ns),
      read_((spec.go.switch_cost + spec.user.read_segment).ns),
      slices_(spec.seed, spec.name + "/slices"),
      looks_(spec.seed, spec.name + "/looks"),
      next_second_(floor_seconds((spec.begin + spec.clock_offset).ns)),
      late_(spec.go.timer_slack.ns) {
  for (std::uint32_t place = 0; place < spec.users; ++place)
    h_[place] =
        workload::spread(spec.first_user + grouping_.at_place(place), spec.population, spec.strips);
}

std::int64_t Herd::clock_second_of(std::int64_t ns) const {
  return floor_seconds(ns + spec_.clock_offset.ns);
}

std::int64_t Herd::begin_of(std::int64_t clock_second) const {
  return clock_second * second_ns - spec_.clock_offset.ns;
}

workload::Slot Herd::slot_of(std::int64_t clock_second) const {
  const auto next = spec_.rate.upper_bound(Duration{clock_second * second_ns});
  if (next == spec_.rate.begin()) return {};
  const double rate = std::prev(next)->second.per_second;
  return {spec_.start_unix + clock_second, static_cast<std::int64_t>(rate + 0.5), spec_.population};
}

void Herd::advance(Instant until, std::vector<Sent>& sent, red_packet::ClientCounts& counts) {
  const auto groups = static_cast<std::uint32_t>(spec_.spread_seconds);
  for (; next_group_ < groups && spec_.begin + second * next_group_ < until; ++next_group_)
    connect(next_group_, sent, counts);
  for (; begin_of(next_second_) < until.ns; ++next_second_) wake(next_second_, sent, counts);
}

// Users of a group wake together and connect; once the handshake is done they sleep to the next
// second, in which they log in. If that is not the same for all, it is that of the last.
void Herd::connect(std::uint32_t group, std::vector<Sent>& sent, red_packet::ClientCounts& counts) {
  const std::int64_t begin = (spec_.begin + second * group).ns;
  const std::int64_t each = (spec_.go.switch_cost + spec_.user.write_segment).ns;
  const Duration handshake = spec_.link.delay.minimum() * 2;
  std::int64_t last = begin;
  std::int64_t n = 0;
  for (std::uint32_t user = group; user < spec_.users;
       user += static_cast<std::uint32_t>(spec_.spread_seconds), ++n) {
    const std::int64_t turn = std::max(n * each / spec_.processors, n * spec_.go.timer_pop_cost.ns);
    const Instant at{begin + turn + each};
    sent.push_back({at, spec_.first_user + user, Asks::connect});
    last = (at + handshake).ns;
    counts.connected.add(at + handshake + spec_.clock_offset);
  }
  connected_ += n;
  logins_.push_back(clock_second_of(last + spec_.user.wake_segment.ns) + 1);
}

void Herd::wake(std::int64_t clock_second, std::vector<Sent>& sent,
                red_packet::ClientCounts& counts) {
  std::uint32_t groups = 0;  // that are up
  while (groups < logins_.size() && logins_[groups] <= clock_second) ++groups;
  const std::uint32_t all = static_cast<std::size_t>(spec_.spread_seconds) == groups
                                ? spec_.users
                                : grouping_.place_of(std::min(groups, spec_.users));
  if (all == 0) return;
  Flow flow;
  flow.cores = spec_.processors;
  flow.pop = spec_.go.timer_pop_cost.ns;
  flow.from = begin_of(clock_second) + late_;
  if (!rounds_.empty()) flow.from = std::max(flow.from, rounds_.back().to);
  std::erase_if(rounds_, [&](const Round& round) { return round.to < flow.from - remembered; });
  const std::int64_t began = flow.from;
  std::int64_t unread = 0;
  for (std::uint32_t place = 0; place < all;) {
    const std::int64_t slice =
        spec_.go.preemption_slice.ns + static_cast<std::int64_t>(slices_.below(
                                           static_cast<std::uint64_t>(spec_.go.monitor_most.ns)));
    const std::int64_t most = flow.pop > 0 ? std::max<std::int64_t>(slice / flow.pop, 1) : all;
    const auto n = static_cast<std::uint32_t>(std::min<std::int64_t>(most, all - place));
    flow.waking = n * flow.pop;
    late_ = flow.from + flow.waking - began + spec_.go.timer_slack.ns;
    const std::int64_t asked = ask(flow, place, n, clock_second, sent, counts);
    const std::int64_t work = flow.before + n * each_ + asked * spec_.user.write_segment.ns;
    const std::int64_t to = std::max(flow.done(work), flow.from + flow.waking);
    rounds_.push_back({flow.from, to, 0});
    flow.from = to;
    unread += asked;
    const std::int64_t looks = 1 + (to - rounds_.back().from) / usual_look_of(spec_.go);
    const std::int64_t found = std::min(unread, looks * spec_.go.poll_batch);
    flow.before = found * read_;
    unread -= found;
    place += n;
  }
  logged_in_ = all;
}

// Of n users from `place` on who are woken in a round; how many ask.
std::int64_t Herd::ask(const Flow& flow, std::uint32_t place, std::uint32_t n,
                       std::int64_t clock_second, std::vector<Sent>& sent,
                       red_packet::ClientCounts& counts) const {
  const workload::Slot slot = slot_of(clock_second);
  const bool logins = place + n > logged_in_;
  if (!slot.anybody() && !logins) return 0;
  const std::int64_t write = spec_.user.write_segment.ns;
  const Instant clock_begin{clock_second * second_ns};
  std::int64_t asked = 0;
  for (std::uint32_t i = 0; i < n; ++i) {
    const bool login = place + i >= logged_in_;
    const std::uint32_t times = login ? 1 : slot.times(h_[place + i]);
    if (times == 0) continue;
    const std::int64_t ahead = flow.before + i * each_ + asked * write;
    const std::int64_t turn = std::max(flow.done(ahead), flow.from + i * flow.pop);
    if (clock_second_of(turn) != clock_second && !login) {
      counts.missed_wakes.add(clock_begin);
      if (clock_begin < spec_.end) counts.not_sent.add(clock_begin, times);
      continue;
    }
    if (!login && turn >= spec_.end.ns) continue;
    const std::uint32_t user = spec_.first_user + grouping_.at_place(place + i);
    for (std::uint32_t t = 1; t <= times; ++t) {
      const Instant at{turn + each_ + t * write};
      sent.push_back({at, user, login ? Asks::login : Asks::shake});
      counts.requests.add(at + spec_.clock_offset);
      (login ? counts.logins : counts.shakes).add(at + spec_.clock_offset);
    }
    asked += times;
  }
  return asked;
}

// Rounds of one herd follow each other without a gap.
Herd::Round* Herd::round_at(std::int64_t at) {
  for (auto round = rounds_.rbegin(); round != rounds_.rend() && at < round->to; ++round)
    if (at >= round->from) return &*round;
  return nullptr;
}

// Somebody looks for answers after `arrived`, for the first time since the last look: the monitor,
// or the cores as a round ends. Not before users are asleep: then at once.
std::int64_t Herd::next_look(std::int64_t arrived) {
  const spec::GoRuntime& go = spec_.go;
  const std::int64_t tick =
      static_cast<std::int64_t>(looks_.below(static_cast<std::uint64_t>(go.monitor_most.ns)));
  const std::int64_t monitor = std::max(arrived, last_look_ + go.monitor_poll_after.ns) + tick;
  const std::int64_t earliest = std::max(arrived, last_look_ + 1);
  const Round* round = round_at(earliest);
  return round == nullptr ? earliest : std::min(monitor, round->to);
}

Instant Herd::read(Instant arrived) {
  if (round_at(arrived.ns) == nullptr) return {arrived.ns + read_};
  while (last_look_ < arrived.ns || found_ >= spec_.go.poll_batch) {
    last_look_ = next_look(arrived.ns);
    found_ = 0;
    if (round_at(last_look_ - 1) == nullptr) break;
  }
  ++found_;
  Round* round = round_at(last_look_ - 1);  // a look as a round ends belongs to it
  if (round == nullptr) return {last_look_ + read_};
  return {round->to + ++round->read * read_ / spec_.processors};
}

}  // namespace springtide::models::fleet
