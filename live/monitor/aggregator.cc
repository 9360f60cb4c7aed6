#include "live/monitor/aggregator.h"

#include <algorithm>
#include <limits>

#include "base/check.h"

namespace springtide::live::monitor {
namespace {

constexpr std::int64_t farthest_past = 3600, farthest_future = 60;  // s around the clock

std::uint64_t saturating_sum(std::uint64_t a, std::uint64_t b) {
  const std::uint64_t sum = a + b;
  return sum < a ? std::numeric_limits<std::uint64_t>::max() : sum;
}

void add_since_start(wire::Counters& into, const wire::Counters& counters) {
  for (std::size_t i = 0; i < wire::counters; ++i)
    if (i != wire::since_start::identity) into[i] = saturating_sum(into[i], counters[i]);
}

}  // namespace

void add_second(wire::Counters& into, const wire::Counters& counters) {
  for (std::size_t i = 0; i < wire::counters; ++i)
    into[i] = i == wire::in_second::latency_max_us ? std::max(into[i], counters[i])
                                                   : saturating_sum(into[i], counters[i]);
}

Aggregator::Aggregator(AggregatorOptions options) : options_(options) {
  SPRINGTIDE_CHECK(options.grace >= Duration{} && options.grace <= minute * 60,
                   "a grace of at most an hour");
  SPRINGTIDE_CHECK(options.history > 0, "a history of at least a second");
}

Aggregator::StreamId Aggregator::opened(std::int64_t now) {
  streams_[++last_stream_].opened = now;
  return last_stream_;
}

void Aggregator::closed(StreamId stream) { streams_.erase(stream); }

std::size_t Aggregator::reporting(wire::ProcessType type) const {
  return static_cast<std::size_t>(
      std::count_if(streams_.begin(), streams_.end(), [type](const auto& stream) {
        return stream.second.newest[static_cast<std::size_t>(type)] != never;
      }));
}

Receipt Aggregator::receive(StreamId id, const wire::MonitorRecord& record, std::int64_t now) {
  const auto found = streams_.find(id);
  SPRINGTIDE_CHECK(found != streams_.end(), "an open stream");
  Stream& stream = found->second;
  const auto type = static_cast<std::size_t>(record.type);
  const auto at = static_cast<std::int64_t>(record.second);
  if (at < now / second.ns - farthest_past || at > now / second.ns + farthest_future) {
    ++tally_.implausible;
    return Receipt::implausible;
  }
  if (at <= stream.newest[type]) {
    ++tally_.repeated;
    return Receipt::repeated;
  }
  if (stream.newest[0] == never && stream.newest[1] == never) ++reported_;
  stream.newest[type] = at;
  ++tally_.records;
  add_second(totals_[type], record.in_second);
  const std::uint64_t identity = record.since_start[wire::since_start::identity];
  const Report report{identity ? ProcessKey{1, identity} : ProcessKey{0, id}, record.since_start};
  if (at <= given_out_) {
    ++tally_.late;
    learn(record.type, at, report);
    add_late(record);
    return Receipt::late;
  }
  Pending& pending = pending_[at];
  if (pending.first_told == never) pending.first_told = now;
  std::optional<Sums>& sums = pending.sums.of_type[type];
  if (!sums) sums.emplace();
  ++sums->reports;
  add_second(sums->in_second, record.in_second);
  pending.reports[type].push_back(report);
  return Receipt::counted;
}

bool Aggregator::waits_for(const Stream& stream, std::int64_t at, std::int64_t now) const {
  const bool silent = stream.newest[0] == never && stream.newest[1] == never;
  if (silent) return now < stream.opened + options_.grace.ns;
  return std::any_of(stream.newest.begin(), stream.newest.end(),
                     [at](std::int64_t newest) { return newest != never && newest < at; });
}

bool Aggregator::complete(std::int64_t at, const Pending& pending, std::int64_t now) const {
  const std::int64_t waits_since = std::max((at + 1) * second.ns, pending.first_told);
  if (now >= waits_since + options_.grace.ns) return true;
  if (reported_ < static_cast<std::size_t>(std::max(options_.expected, 0))) return false;
  return std::none_of(streams_.begin(), streams_.end(),
                      [&](const auto& stream) { return waits_for(stream.second, at, now); });
}

std::vector<CompleteSecond> Aggregator::take_complete(std::int64_t now) {
  std::vector<CompleteSecond> taken;
  while (!pending_.empty() && complete(pending_.begin()->first, pending_.begin()->second, now)) {
    auto first = pending_.extract(pending_.begin());
    for (const auto& [id, stream] : streams_)
      for (const std::int64_t newest : stream.newest)
        tally_.missing += newest != never && newest < first.key();
    taken.push_back(give_out(first.key(), std::move(first.mapped())));
  }
  return taken;
}

std::vector<CompleteSecond> Aggregator::take_all() {
  std::vector<CompleteSecond> taken;
  while (!pending_.empty()) {
    auto first = pending_.extract(pending_.begin());
    taken.push_back(give_out(first.key(), std::move(first.mapped())));
  }
  return taken;
}

CompleteSecond Aggregator::give_out(std::int64_t at, Pending pending) {
  pending.sums.second = at;
  for (const auto type : {wire::ProcessType::client, wire::ProcessType::server}) {
    const auto number = static_cast<std::size_t>(type);
    for (const Report& report : pending.reports[number]) learn(type, at, report);
    forget_gone(number, at);
    if (std::optional<Sums>& sums = pending.sums.of_type[number])
      sums->since_start = since_start(number);
  }
  given_out_ = at;
  history_[at] = pending.sums;
  trim_history();
  return pending.sums;
}

void Aggregator::learn(wire::ProcessType type, std::int64_t at, const Report& report) {
  Process& process = processes_[static_cast<std::size_t>(type)][report.process];
  if (at <= process.newest) return;
  process.newest = at;
  process.since_start = report.since_start;
}

void Aggregator::forget_gone(std::size_t type, std::int64_t at) {
  std::erase_if(processes_[type], [&](const auto& entry) {
    const auto& [kind, number] = entry.first;
    return kind == 0 && entry.second.newest < at && !streams_.contains(number);
  });
}

wire::Counters Aggregator::since_start(std::size_t type) const {
  wire::Counters sum{};
  for (const auto& [key, process] : processes_[type]) add_since_start(sum, process.since_start);
  return sum;
}

void Aggregator::trim_history() {
  while (history_.size() > options_.history) {
    history_.erase(history_.begin());
    ++tally_.forgotten;
  }
}

// Counters since the start are left as they were told in time: those of a late report are in
// every second after it.
void Aggregator::add_late(const wire::MonitorRecord& record) {
  const auto at = static_cast<std::int64_t>(record.second);
  const auto type = static_cast<std::size_t>(record.type);
  CompleteSecond& entry = history_[at];
  entry.second = at;
  std::optional<Sums>& sums = entry.of_type[type];
  if (!sums) {
    sums.emplace();
    sums->since_start = since_start(type);
  }
  ++sums->reports;
  add_second(sums->in_second, record.in_second);
  trim_history();
}

}  // namespace springtide::live::monitor
