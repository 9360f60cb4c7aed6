// What a load says in the end. Its life is in load.cc.

#include <algorithm>
#include <unistd.h>

#include <fmt/format.h>

#include "live/load/load.h"
#include "live/net/clock.h"

namespace springtide::live::load {
namespace {

measure::Histogram sum_of(const std::vector<measure::Histogram>& slices) {
  measure::Histogram sum;
  for (const measure::Histogram& slice : slices) sum.merge(slice);
  return sum;
}

std::int64_t requests_of(const SecondCounts& row) {
  return row[Count::logins] + row[Count::shakes] + row[Count::opens];
}

}  // namespace

LoadReport Load::stop() {
  LoadReport report;
  report.stopped_early = !finished();
  std::atomic_ref(telemetry_.orders().stop).store(1);
  for (net::Child& child : children_) child.ask_to_end();
  const std::int64_t patience = net::monotonic_ns() + 30 * second.ns;
  while (!finished() && net::monotonic_ns() < patience) usleep(2000);
  reached_ns_ = now_ns();
  // Closing a million connections takes a while; all processes do it at the same time.
  for (net::Child& child : children_) child.wait(second * 30);
  watch();
  report.target = net::to_string(options_.target);
  report.connections = options_.connections;
  fill_series(report);
  fill_processes(report);
  fill_ledger(report);
  return report;
}

void Load::fill_series(LoadReport& report) const {
  const Orders& orders = telemetry_.orders();
  const auto reached = static_cast<std::size_t>(std::max<std::int64_t>(0, reached_ns_ / second.ns));
  const std::size_t length = std::min(telemetry_.seconds(), reached + 1);
  std::int64_t open = 0, ready = 0;
  for (std::size_t i = 0; i < length; ++i) {
    const SecondCounts row = telemetry_.row(i);
    for (std::size_t k = 0; k < row.values.size(); ++k) report.totals.values[k] += row.values[k];
    open += row[Count::connected] - row[Count::lost_connections];
    ready += row[Count::logged_in] - row[Count::lost_connections];
    report.seconds.push_back(row);
    report.open_connections.push_back(open);
    report.ready_users.push_back(std::max<std::int64_t>(0, ready));
  }
  report.latency_slices = telemetry_.latency_slices();
  report.service_slices = telemetry_.service_slices();
  report.slice = telemetry_.slice();
  const auto slices = length / static_cast<std::size_t>(report.slice / second) + 1;
  report.latency_slices.resize(std::min(slices, report.latency_slices.size()));
  report.service_slices.resize(std::min(slices, report.service_slices.size()));
  report.latency = sum_of(report.latency_slices);
  report.service = sum_of(report.service_slices);
  report.ramp = ramp_;
  if (orders.plan_begin_ns != 0) {
    report.plan_began = Duration{orders.plan_begin_ns - orders.zero_ns};
    report.plan_length = std::min(options_.plan_end - options_.plan_from,
                                  Duration{reached_ns_ - report.plan_began->ns});
  }
  report.clock_step = {net::unix_ns() - net::monotonic_ns() - orders.unix_offset_ns};
}

void Load::fill_processes(LoadReport& report) {
  PlanSpec plan = plan_spec();
  plan.end = std::min(plan.end,
                      plan.from + second * std::max<std::int64_t>(0, report.plan_length / second));
  for (int i = 0; i < options_.processes; ++i) {
    const auto& death = died_[static_cast<std::size_t>(i)];
    const ProcessState& state = telemetry_.state(i);
    const net::ChildEnd end = children_[static_cast<std::size_t>(i)].wait({});
    ProcessReport process;
    process.users = range_of(plan.population, options_.processes, i);
    for (const Count what : {Count::logins, Count::shakes, Count::opens})
      process.requests += telemetry_.total(what, i);
    process.processor_seconds = end.processor_seconds;
    process.peak_bytes = end.peak_bytes;
    process.died = death;
    report.processor_seconds += end.processor_seconds;
    report.peak_bytes += end.peak_bytes;
    state.lateness.merge_into(report.lateness);
    state.round.merge_into(report.round);
    report.planned += read_of(state.planned);
    report.not_sent_behind += read_of(state.not_sent_behind);
    report.not_sent_kept += read_of(state.not_sent_kept);
    report.in_flight_counted += read_of(state.in_flight_at_end);
    report.processes.push_back(std::move(process));
    if (!death || !report.plan_began) continue;
    // What the plan still had for it, and what its connections had not taken.
    const std::int64_t planned = planned_requests(plan, i, changes_);
    report.planned += planned - read_of(state.planned);
    report.not_sent_of_dead +=
        planned - telemetry_.total(Count::shakes, i) - telemetry_.total(Count::not_sent, i);
  }
}

void Load::fill_ledger(LoadReport& report) const {
  measure::Ledger& ledger = report.ledger;
  ledger.offered = requests_of(report.totals);
  ledger.refused = report[Count::overloaded];
  ledger.answered = report[Count::responses] - ledger.refused;
  ledger.lost = report[Count::lost];
  ledger.timed_out = report[Count::timed_out];
  ledger.in_flight = report.in_flight_counted;
  ledger.not_sent = report[Count::not_sent] + report.not_sent_of_dead;

  DriverFacts facts;
  facts.planned = report.planned;
  facts.sent = report.planned - ledger.not_sent;
  facts.not_sent_behind = report.not_sent_behind;
  facts.not_sent_of_dead = report.not_sent_of_dead;
  facts.not_sent_kept = report.not_sent_kept;
  facts.not_sent_offline =
      ledger.not_sent - facts.not_sent_behind - facts.not_sent_kept - facts.not_sent_of_dead;
  facts.late = report[Count::late];
  facts.timed_out = ledger.timed_out;
  facts.patience = options_.patience;
  facts.lateness_p99 = {report.lateness.quantile(0.99).value_or(0)};
  facts.lateness_max = {report.lateness.max().value_or(0)};
  facts.lateness_bound = options_.lateness_bound.value_or(Duration{});
  facts.local_errors = report[Count::local_errors];
  facts.clock_step = report.clock_step;
  facts.plan_began = report.plan_began.has_value() || report.stopped_early;
  for (std::size_t i = 0; i < died_.size(); ++i)
    if (died_[i]) {
      const UserRange users = report.processes[i].users;
      facts.deaths.push_back(fmt::format("driver process {} (users {} to {}) died: {}", i,
                                         users.first, users.first + users.count - 1, *died_[i]));
    }
  std::int64_t processor = 0, requests = 0;
  if (report.plan_began) {
    const auto first = static_cast<std::size_t>(*report.plan_began / second);
    const auto last = first + static_cast<std::size_t>(report.plan_length / second);
    if (first < report.ready_users.size() && first > 0)
      facts.offline_at_begin = report.connections - report.ready_users[first - 1];
    for (std::size_t i = first; i < std::min(last, report.seconds.size()); ++i) {
      processor += report.seconds[i][Count::processor_ns];
      requests += requests_of(report.seconds[i]);
    }
  }
  if (requests > 0)
    report.processor_us_per_request =
        static_cast<double>(processor) / 1e3 / static_cast<double>(requests);
  report.verdict = judge(facts);
}

}  // namespace springtide::live::load
