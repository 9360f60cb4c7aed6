#include "live/load/load.h"

#include <algorithm>
#include <cmath>
#include <sys/resource.h>
#include <unistd.h>

#include <fmt/format.h>

#include "live/load/driver.h"
#include "live/net/clock.h"
#include "live/net/placement.h"
#include "live/net/problem.h"

namespace springtide::live::load {
namespace {

constexpr int most_processes = 250;          // one third byte of the source address each
constexpr std::uint32_t most_pending = 512;  // users between connect and login, all processes
constexpr std::uint32_t least_pending_each = 16;

std::int64_t whole_seconds_above(Duration duration) {
  return (duration.ns + second.ns - 1) / second.ns;
}

// Every process may open as many files as the hard limit allows; how many that are.
std::int64_t raise_file_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_max == RLIM_INFINITY ? 1 << 20 : static_cast<std::int64_t>(limit.rlim_max);
}

std::optional<Diagnostic> fill_defaults(LoadOptions& options) {
  if (options.connections <= 0 || options.connections > (1 << 24))
    return net::problem("connections", "the driver needs 1 to 2^24 of them");
  if (!(options.connects_per_second > 0) || !std::isfinite(options.connects_per_second))
    return net::problem("connects per second", "must be above zero");
  if (options.patience < second) return net::problem("patience", "must be a second at least");
  if (options.target.port == 0) return net::problem("target", "a port is missing");
  const int least = processes_for(options.connections, raise_file_limit());
  if (options.processes == 0) {
    const int cores = net::processors();
    const int even = options.pin ? (least + cores - 1) / cores * cores : least;
    options.processes = even <= options.connections ? even : least;
  }
  if (options.processes < least)
    return net::problem("processes",
                        fmt::format("{} processes cannot open {} connections; it takes {}",
                                    options.processes, options.connections, least),
                        "`springtide live check` tells which limit that is");
  if (options.processes > most_processes)
    return net::problem("processes", fmt::format("more than {}", most_processes));
  if (options.plan_end <= options.plan_from)
    return net::problem("duration", "the plan ends before it begins");
  if (options.ramp_limit.ns == 0)
    options.ramp_limit =
        second * 30 + Duration::from_seconds(3 * static_cast<double>(options.connections) /
                                             options.connects_per_second);
  if (options.zero_unix_ns == 0)
    options.zero_unix_ns = (net::unix_ns() / second.ns + 1) * second.ns;
  if (options.round.ns == 0) {
    const int share = std::max(1, options.processes / net::processors());
    options.round = std::min(millisecond * 5, microsecond * 500 * share);
  }
  if (!options.lateness_bound)
    options.lateness_bound = options.spread == Spread::burst ? second : millisecond * 10;
  return {};
}

// From the zero on, with some to spare: what comes later is counted in the last.
std::size_t seconds_needed(const LoadOptions& options) {
  const Duration plan = options.hold_plan
                            ? options.ramp_limit + (options.plan_end - options.plan_from)
                            : options.plan_end.since_start();
  return static_cast<std::size_t>(whole_seconds_above(plan + options.drain) + 5);
}

std::uint32_t source_host() {
  // Another driver on this machine, or one that has just ended and whose connections linger, has
  // most likely other addresses.
  return (127u << 24) + ((16u + static_cast<std::uint32_t>(getpid()) % 200u) << 16);
}

DriverSpec driver_spec(const LoadOptions& options, const PlanSpec& plan, int process) {
  const UserRange users = range_of(plan.population, options.processes, process);
  DriverSpec spec;
  spec.target = options.target;
  spec.plan = plan;
  spec.process = process;
  spec.dialer.first_user = users.first;
  spec.dialer.users = users.count;
  spec.dialer.per_second = options.connects_per_second / options.processes;
  spec.dialer.most_pending =
      std::max(least_pending_each, most_pending / static_cast<std::uint32_t>(options.processes));
  spec.dialer.reconnect_after = options.reconnect_after;
  spec.dialer.reconnect_spread_seconds = options.reconnect_spread_seconds;
  spec.source_host = source_host();
  spec.round = options.round;
  spec.drain = options.drain;
  spec.patience = options.patience;
  spec.measured_from = options.measured_from;
  return spec;
}

}  // namespace

int processes_for(std::int64_t connections, std::int64_t files_per_process) {
  // A twentieth is left for what else a process opens.
  const std::int64_t each = std::max<std::int64_t>(1, files_per_process - files_per_process / 20);
  return static_cast<int>(std::max<std::int64_t>(1, (connections + each - 1) / each));
}

Load::Load(const LoadOptions& options, Telemetry telemetry)
    : options_(options),
      telemetry_(std::move(telemetry)),
      died_(static_cast<std::size_t>(options.processes)),
      started_ns_(net::monotonic_ns()) {
  Orders& orders = telemetry_.orders();
  orders.unix_offset_ns = net::unix_ns() - started_ns_;
  orders.zero_ns = options_.zero_unix_ns - orders.unix_offset_ns;
  if (!options_.hold_plan) orders.plan_begin_ns = orders.zero_ns + options_.plan_from.ns;
}

Load::~Load() {
  for (net::Child& child : children_) child.ask_to_end();
}

Result<std::unique_ptr<Load>> Load::start(const LoadOptions& wanted) {
  LoadOptions options = wanted;
  if (auto problem = fill_defaults(options)) return *problem;
  const auto backend = net::choose(options.backend);
  if (!backend) return backend.problems();
  options.backend = backend.value();
  auto telemetry = Telemetry::make(options.processes, seconds_needed(options));
  if (!telemetry) return telemetry.problems();
  std::unique_ptr<Load> load(new Load(options, std::move(telemetry.value())));
  if (auto problem = check_plan(load->plan_spec())) return *problem;
  if (auto problem = load->start_processes()) return *problem;
  return load;
}

PlanSpec Load::plan_spec() const {
  PlanSpec spec;
  spec.plan = options_.plan;
  spec.population = static_cast<std::uint32_t>(options_.connections);
  spec.processes = options_.processes;
  spec.spread = options_.spread;
  spec.start_unix = options_.start_unix;
  spec.from = options_.plan_from;
  spec.end = options_.plan_end;
  spec.seed = options_.seed;
  return spec;
}

std::optional<Diagnostic> Load::start_processes() {
  const PlanSpec plan = plan_spec();
  const Duration limit =
      second * static_cast<std::int64_t>(telemetry_.seconds()) + options_.ramp_limit + minute;
  for (int process = 0; process < options_.processes; ++process) {
    const DriverSpec spec = driver_spec(options_, plan, process);
    auto body = [this, spec](net::StopRequest& stop) {
      if (options_.pin) net::stay_on(net::processor_of(spec.process));
      auto streams = net::Streams::make(options_.backend);
      if (!streams) return 1;
      return Driver(spec, std::move(streams.value()), telemetry_.orders(),
                    telemetry_.part(spec.process))
          .run(stop);
    };
    auto child = net::start_child(fmt::format("load {}", process), limit, body);
    if (!child) return child.problems().front();
    children_.push_back(std::move(child.value()));
  }
  return {};
}

std::int64_t Load::now_ns() const { return net::monotonic_ns() - telemetry_.orders().zero_ns; }

std::vector<pid_t> Load::pids() const {
  std::vector<pid_t> pids;
  for (const net::Child& child : children_) pids.push_back(child.pid());
  return pids;
}

void Load::watch() {
  for (std::size_t i = 0; i < children_.size(); ++i) {
    const auto& end = children_[i].poll();
    const bool by_itself = read_of(telemetry_.state(static_cast<int>(i)).ended) != 0;
    if (end && !by_itself && !died_[i]) count_the_dead(i, *end);
  }
}

// Its connections are gone and with them what they waited for.
void Load::count_the_dead(std::size_t process, const net::ChildEnd& end) {
  const int number = static_cast<int>(process);
  const std::int64_t now = now_ns();
  const Telemetry::Part part = telemetry_.part(number);
  const std::int64_t sent = telemetry_.total(Count::logins, number) +
                            telemetry_.total(Count::shakes, number) +
                            telemetry_.total(Count::opens, number);
  part.count(Count::lost, now,
             sent - telemetry_.total(Count::responses, number) -
                 telemetry_.total(Count::lost, number) -
                 telemetry_.total(Count::timed_out, number));
  ProcessState& state = *part.state;
  part.count(Count::lost_connections, now, read_of(state.open_connections));
  add_to(state.open_connections, -read_of(state.open_connections));
  add_to(state.ready_users, -read_of(state.ready_users));
  add_to(state.outstanding, -read_of(state.outstanding));
  died_[process] = fmt::format("{} in second {}", end.to_string(), now / second.ns);
}

bool Load::ready() {
  watch();
  std::int64_t ready = 0, users = 0;
  for (int i = 0; i < options_.processes; ++i) {
    if (died_[static_cast<std::size_t>(i)]) continue;
    users += range_of(plan_spec().population, options_.processes, i).count;
    ready += read_of(telemetry_.state(i).ready_users);
  }
  if (users == 0 || ready < users) return false;
  if (!ramp_) ramp_ = Duration{net::monotonic_ns() - started_ns_};
  return true;
}

bool Load::late() const {
  return !ramp_ && net::monotonic_ns() - started_ns_ > options_.ramp_limit.ns;
}

Duration Load::begin() {
  Orders& orders = telemetry_.orders();
  if (orders.plan_begin_ns == 0) {
    const Duration soon{now_ns() + second.ns / 2};
    const Duration at = second * std::max<std::int64_t>(0, whole_seconds_above(soon));
    std::atomic_ref(orders.plan_begin_ns).store(orders.zero_ns + at.ns);
  }
  return {orders.plan_begin_ns - orders.zero_ns};
}

bool Load::finished() {
  watch();
  for (int i = 0; i < options_.processes; ++i)
    if (read_of(telemetry_.state(i).ended) == 0 && !died_[static_cast<std::size_t>(i)])
      return false;
  return true;
}

std::optional<Diagnostic> Load::set_rate(double per_second) {
  if (std::holds_alternative<spec::RenewalPlan>(options_.plan))
    return net::problem("rate", "a renewal plan has none");
  if (!(per_second >= 0) || per_second > 1e8)
    return net::problem("rate", "must be from 0 to 100M/s");
  if (changes_.size() >= Orders::max_changes)
    return net::problem("rate", fmt::format("changed {} times already", changes_.size()));
  Orders& orders = telemetry_.orders();
  const std::int64_t first = options_.plan_from.ns / second.ns;
  std::int64_t from = first;
  if (orders.plan_begin_ns != 0)
    from = std::max(first, first + 2 + (net::monotonic_ns() - orders.plan_begin_ns) / second.ns);
  changes_.push_back({from, per_second});
  orders.change[changes_.size() - 1] = changes_.back();
  std::atomic_ref(orders.changes)
      .store(static_cast<std::int64_t>(changes_.size()), std::memory_order_release);
  return {};
}

LoadCounters Load::counters() const {
  LoadCounters now;
  for (int i = 0; i < options_.processes; ++i) {
    const ProcessState& state = telemetry_.state(i);
    now.open_connections += read_of(state.open_connections);
    now.ready_users += read_of(state.ready_users);
    now.outstanding += read_of(state.outstanding);
    if (read_of(state.ended) == 0 && !died_[static_cast<std::size_t>(i)]) ++now.processes_running;
  }
  const auto total = [this](Count count) { return telemetry_.total(count); };
  now.requests = total(Count::logins) + total(Count::shakes) + total(Count::opens);
  now.responses = total(Count::responses);
  now.won = total(Count::won);
  now.none = total(Count::none);
  now.overloaded = total(Count::overloaded);
  now.lost = total(Count::lost);
  now.timed_out = total(Count::timed_out);
  now.not_sent = total(Count::not_sent);
  now.late = total(Count::late);
  now.lost_connections = total(Count::lost_connections);
  now.failed_connects = total(Count::failed_connects);
  now.local_errors = total(Count::local_errors);
  const std::int64_t whole = now_ns() / second.ns;
  if (whole >= 1)
    now.last_second = telemetry_.row(telemetry_.part(0).row_of((whole - 1) * second.ns));
  return now;
}

SecondCounts Load::in_second(std::int64_t number) const {
  if (number < 0 || number >= static_cast<std::int64_t>(telemetry_.seconds())) return {};
  return telemetry_.row(static_cast<std::size_t>(number));
}

measure::Histogram Load::latency_slice(std::int64_t number) const {
  if (number < 0 || number >= static_cast<std::int64_t>(telemetry_.slices())) return {};
  return telemetry_.latency_slice(static_cast<std::size_t>(number));
}

}  // namespace springtide::live::load
