#include "models/fleet/backends/back_ends.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace springtide::models::fleet {
namespace {

// Moves what is due before `until` to the end of `due`; both keep their order.
void take_due(std::vector<Visit>& waiting, std::int64_t until, std::vector<Visit>& due) {
  std::size_t kept = 0;
  for (const Visit& visit : waiting)
    if (visit.at < until)
      due.push_back(visit);
    else
      waiting[kept++] = visit;
  waiting.resize(kept);
}

}  // namespace

BackEnds::BackEnds(BackEndsPlan plan, std::uint64_t seed, std::vector<std::int64_t> stands_for)
    : plan_(std::move(plan)),
      steps_of_(plan_.back_ends.size()),
      coming_(plan_.steps.size()),
      operations_(plan_.operations.size()),
      pools_(plan_.pools.size()),
      stands_for_(std::move(stands_for)) {
  for (const BackEndSpec& spec : plan_.back_ends) back_ends_.emplace_back(spec, seed);
  for (std::uint32_t i = 0; i < plan_.steps.size(); ++i)
    steps_of_[plan_.steps[i].back_end].push_back(i);
  for (std::size_t i = 0; i < pools_.size(); ++i)
    pools_[i].seen.resize(static_cast<std::size_t>(plan_.pools[i].packets));
}

void BackEnds::take(std::uint32_t server, std::span<const Winner> winners) {
  for (const Winner& winner : winners) {
    SPRINGTIDE_CHECK(winner.at.ns >= reached_, "a winner of the past");
    SPRINGTIDE_CHECK(winner.pool < pools_.size() && winner.packet < pools_[winner.pool].seen.size(),
                     "there is no such packet");
    winners_.push_back({winner.at.ns, std::int64_t{server} << 32 | winner.packet, winner.pool});
  }
}

void BackEnds::advance(Instant until) {
  constexpr std::int64_t span = second.ns / 4;
  static_assert(span < TimeOrder::longest);
  while (reached_ < until.ns) advance_span(std::min(reached_ + span, until.ns));
}

Instant BackEnds::drain(Instant limit) {
  const auto busy = [&] {
    const std::vector<std::int64_t> left = inside();
    return !winners_.empty() ||
           std::any_of(left.begin(), left.end(), [](std::int64_t count) { return count > 0; });
  };
  while (reached_ < limit.ns && busy()) advance(std::min(Instant{reached_} + second, limit));
  return {reached_};
}

void BackEnds::advance_span(std::int64_t until) {
  set_off(until);
  for (std::uint32_t i = 0; i < back_ends_.size(); ++i) work(i, until);
  count_done(until);
  reached_ = until;
}

// Those of one instant by server; those of one server as it gave them away.
void BackEnds::set_off(std::int64_t until) {
  due_.clear();
  take_due(winners_, until, due_);
  order_.sort(due_, reached_);
  const auto server_of = [](const Visit& winner) { return winner.won >> 32; };
  for (auto i = due_.begin(); i != due_.end();) {
    auto end = i + 1;
    while (end != due_.end() && end->at == i->at) ++end;
    if (end - i > 1)
      std::stable_sort(i, end,
                       [&](const Visit& x, const Visit& y) { return server_of(x) < server_of(y); });
    for (; i != end; ++i) set_off(*i);
  }
}

void BackEnds::set_off(const Visit& winner) {
  const auto packet = static_cast<std::uint32_t>(winner.won);
  PoolState& pool = pools_[winner.step];
  pool.twice += pool.seen[packet] ? 1 : 0;
  pool.seen[packet] = true;
  const auto server = static_cast<std::size_t>(winner.won >> 32);
  const std::int64_t all = server < stands_for_.size() ? stands_for_[server] : 1;
  pool.handed_on += all;
  for (const auto& [operation, times] : plan_.pools[winner.step].sets_off) {
    const std::uint32_t step = plan_.operations[operation].first_step;
    operations_[operation].offered += times * all;
    for (std::int64_t i = 0; i < times * all; ++i)
      coming_[step].push_back({winner.at, winner.at, step});
  }
}

// All that comes to a back end before `until`, in order of time; at one instant by step.
void BackEnds::gather(std::uint32_t back_end, std::int64_t until) {
  visits_.clear();
  for (const std::uint32_t step : steps_of_[back_end]) take_due(coming_[step], until, visits_);
  order_.sort(visits_, reached_);
}

void BackEnds::work(std::uint32_t back_end, std::int64_t until) {
  gather(back_end, until);
  departures_.clear();
  BackEnd& here = back_ends_[back_end];
  for (const Visit& visit : visits_)
    if (!here.arrive(visit, departures_)) ++operations_[plan_.steps[visit.step].operation].refused;
  here.advance(until, departures_);
  for (Visit visit : departures_) {
    const std::uint32_t next = plan_.steps[visit.step].next;
    if (next == BackEndsPlan::none) {
      ending_.push_back(visit);
    } else {
      visit.step = next;
      coming_[next].push_back(visit);
    }
  }
}

void BackEnds::count_done(std::int64_t until) {
  std::size_t kept = 0;
  for (const Visit& visit : ending_) {
    if (visit.at >= until) {
      ending_[kept++] = visit;
      continue;
    }
    OperationCounts& counts = operations_[plan_.steps[visit.step].operation];
    ++counts.done;
    counts.latency.record(visit.at - visit.won);
  }
  ending_.resize(kept);
}

// All that is kept belongs to a step, or a packet, that there is.
bool BackEnds::visits_are_of_plan() const {
  const auto is_step = [&](const Visit& visit) { return visit.step < plan_.steps.size(); };
  const auto is_packet = [&](const Visit& winner) {
    return winner.step < pools_.size() &&
           static_cast<std::uint32_t>(winner.won) < pools_[winner.step].seen.size();
  };
  bool all = std::all_of(winners_.begin(), winners_.end(), is_packet) &&
             std::all_of(ending_.begin(), ending_.end(), is_step);
  for (const auto& coming : coming_)
    all = all && std::all_of(coming.begin(), coming.end(), is_step);
  for (const BackEnd& back_end : back_ends_)
    for (std::size_t i = 0; i < back_end.queue().size(); ++i)
      all = all && is_step(back_end.queue()[i]);
  return all;
}

std::vector<std::int64_t> BackEnds::inside() const {
  std::vector<std::int64_t> count(plan_.operations.size(), 0);
  const auto add = [&](const Visit& visit) { ++count[plan_.steps[visit.step].operation]; };
  for (const BackEnd& back_end : back_ends_)
    for (std::size_t i = 0; i < back_end.queue().size(); ++i) add(back_end.queue()[i]);
  for (const auto& coming : coming_) std::for_each(coming.begin(), coming.end(), add);
  std::for_each(ending_.begin(), ending_.end(), add);
  return count;
}

}  // namespace springtide::models::fleet
