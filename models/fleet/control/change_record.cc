#include "models/fleet/control/change_record.h"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>

namespace springtide::models::fleet {
namespace {

constexpr std::size_t slowest_shown = 5;  // servers of each cue

std::string seconds_text(Duration duration) { return fmt::format("{:.3f}", duration.seconds()); }

// Sorted delays from the cue; of those that have the change.
std::vector<Duration> delays_of(const Change& change) {
  std::vector<Duration> delays;
  for (const Instant has : change.has)
    if (has != Instant::never()) delays.push_back(has - change.cue.at);
  std::sort(delays.begin(), delays.end());
  return delays;
}

// The smallest delay within which the share p of all servers has the change; empty: never.
std::string quantile(const std::vector<Duration>& delays, std::size_t servers, double p) {
  const double wanted = p * static_cast<double>(servers);
  auto rank = static_cast<std::size_t>(wanted);
  if (static_cast<double>(rank) < wanted) ++rank;
  rank = std::max<std::size_t>(rank, 1);
  return rank <= delays.size() ? seconds_text(delays[rank - 1]) : "";
}

void add_row(const Change& change, measure::Record& record) {
  auto& table = record.tables["control"];
  if (table.empty()) table = {{"cue", "at", "decided_s", "half_s", "p99_s", "all_s", "time_outs"}};
  const std::vector<Duration> delays = delays_of(change);
  const std::size_t servers = change.has.size();
  table.push_back({change.cue.name, seconds_text(change.cue.at.since_start()),
                   seconds_text(change.ready - change.cue.at), quantile(delays, servers, 0.5),
                   quantile(delays, servers, 0.99), quantile(delays, servers, 1),
                   std::to_string(change.time_outs)});
}

void add_slowest(const Change& change, const std::vector<std::string>& labels,
                 measure::Record& record) {
  auto& table = record.tables["control-slowest"];
  if (table.empty()) table = {{"cue", "server", "delay_s"}};
  std::vector<std::size_t> order(change.has.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t x, std::size_t y) { return change.has[x] > change.has[y]; });
  for (std::size_t i = 0; i < std::min(slowest_shown, order.size()); ++i) {
    const Instant has = change.has[order[i]];
    table.push_back({change.cue.name, labels[order[i]],
                     has == Instant::never() ? "" : seconds_text(has - change.cue.at)});
  }
}

// At the end of each second: servers that have the change of the newest cue up to then.
void add_series(const Control& control, std::size_t servers, measure::Record& record) {
  measure::Series series{"control.reached", "servers", "that have the newest configuration", {}};
  std::size_t newest = 0;  // one more than the number of the newest cue
  for (std::int64_t s = 1; s <= record.duration.ns / second.ns; ++s) {
    const Instant end = Instant{} + second * s;
    while (newest < control.changes().size() && control.changes()[newest].cue.at < end) ++newest;
    std::size_t count = servers;
    if (newest > 0) {
      const auto& has = control.changes()[newest - 1].has;
      count = static_cast<std::size_t>(
          std::count_if(has.begin(), has.end(), [&](Instant at) { return at <= end; }));
    }
    series.values.push_back(static_cast<double>(count));
  }
  record.series.push_back(std::move(series));
}

}  // namespace

void record_control(const Control& control, const std::vector<std::string>& labels,
                    measure::Record& record) {
  add_series(control, labels.size(), record);
  measure::Histogram& delays = record.distributions["control.delay"];
  std::int64_t never = 0;
  for (const Change& change : control.changes()) {
    for (const Duration delay : delays_of(change)) delays.record(delay.ns);
    never += std::count(change.has.begin(), change.has.end(), Instant::never());
    add_row(change, record);
    add_slowest(change, labels, record);
  }
  record.figures.push_back(
      {"control.slowest",
       delays.empty() ? measure::missing : static_cast<double>(*delays.max()) * 1e-9,
       "s",
       "from a cue to the last server that had its configuration",
       {}});
  record.figures.push_back({"control.never",
                            static_cast<double>(never),
                            "changes",
                            "that a server did not have when the run ended",
                            {}});
}

}  // namespace springtide::models::fleet
