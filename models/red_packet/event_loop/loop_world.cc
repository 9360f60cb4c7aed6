#include "models/red_packet/event_loop/loop_world.h"

#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "measure/checks.h"
#include "models/red_packet/common/parts.h"
#include "models/red_packet/common/record_parts.h"
#include "spec/presets.h"

namespace springtide::models::red_packet {
namespace {

// After the last request answers are waited for so long, as live/load does.
constexpr Duration aftermath = second * 5;

// Above this 99th percentile of lateness the driver was the limit (live/load/load.h).
constexpr Duration lateness_bound = millisecond * 10;

const spec::RateSteps* rate_of(const spec::Plan& plan) {
  if (const auto* slots = std::get_if<spec::SlotsPlan>(&plan)) return &slots->rate;
  if (const auto* poisson = std::get_if<spec::PoissonPlan>(&plan)) return &poisson->rate;
  if (const auto* constant = std::get_if<spec::ConstantPlan>(&plan)) return &constant->rate;
  return nullptr;
}

// The second in which the first request is meant to be sent.
Instant first_second(const spec::Plan& plan) {
  if (const spec::RateSteps* rate = rate_of(plan))
    for (const auto& [from, value] : *rate)
      if (value.per_second > 0) return {from.ns / second.ns * second.ns};
  return {};
}

// A plan with intended instants of its own (workload/plan.h).
bool sends_by_itself(const spec::Plan& plan) {
  return rate_of(plan) != nullptr || std::holds_alternative<spec::RenewalPlan>(plan);
}

Diagnostics check(const spec::Scenario& scenario, const Parts& parts) {
  Diagnostics problems;
  const auto add = [&](const std::string& pointer, const std::string& what) {
    problems.push_back(problem(scenario, pointer, what));
  };
  const std::string clients = "/clients/" + *parts.clients_name;
  const std::string node = "/nodes/" + parts.service->on;
  const spec::Node& machine = scenario.nodes.at(parts.service->on);
  if (parts.clients->on != parts.service->on)
    add(clients + "/on", "on event loops clients and service share one node");
  if (!sends_by_itself(parts.clients->plan))
    add(clients + "/plan", "a driver sends by slots, poisson, constant or renewal");
  if (parts.clients->population < parts.clients->driver.processes)
    add(clients + "/driver/processes", "fewer users than the driver has processes");
  if (!scenario.links.empty())
    add("/links", "clients and service share a node: nothing lies between them but its kernel");
  if (machine.count != 1) add(node + "/count", "this model has one machine");
  if (machine.network_card.bandwidth || machine.network_card.packet_rate)
    add(node + "/network-card", "nothing passes it on the way from a machine to itself");
  if (machine.clock.error.mean_seconds() > 0)
    add(node + "/clock", "both sides read the clock of one machine, which is true time here");
  for (const auto& [name, incident] : scenario.incidents)
    if (incident.enabled) add("/incidents/" + name, "this model knows no incidents");
  return problems;
}

void write_machine(const LoopMachineSpec& spec, const LoopMachine& machine,
                   const ClientCounts& counts, RecordWriter& out) {
  const auto cores = static_cast<double>(spec.cores);
  const measure::SecondCounter driver = machine.driver_busy();
  out.share("server.utilisation", machine.server_busy(), cores,
            "share of all cores that the workers and the issuer used");
  out.share("client.utilisation", driver, cores,
            "share of all cores that the driver's processes used");
  out.share("machine.utilisation", machine.host().busy(), cores,
            "share of all cores that is busy, switching included");
  out.maximum("server.set-queue", machine.service().longest_set_queue(), "messages",
              "longest input queue of any SET in the second");
  const double requests =
      static_cast<double>(std::max<std::int64_t>(machine.server().requests_arrived(), 1));
  const double sent =
      static_cast<double>(std::max<std::int64_t>(counts.shakes.total() + counts.opens.total(), 1));
  std::int64_t sending = 0;
  const auto from = static_cast<std::size_t>(spec.driver.plan.from.ns / second.ns);
  for (std::size_t s = from; s < driver.seconds(); ++s) sending += driver.in(s);
  const LoopServer& server = machine.server();
  out.figure("server.connections", static_cast<double>(server.connections()), "connections",
             "open at the end");
  out.figure("server.processor-time-per-request", machine.server_time().seconds() * 1e6 / requests,
             "us", "of all processor time, accepting included");
  out.figure("client.processor-time-per-request", static_cast<double>(sending) * 1e-3 / sent, "us",
             "used by the driver's processes per request, while the plan was sent");
  out.figure("client.planned", static_cast<double>(machine.driver().planned()), "requests",
             "shakes that the plan wanted");
  out.figure("client.late-share",
             100 * static_cast<double>(machine.driver().late()) /
                 static_cast<double>(std::max<std::int64_t>(machine.driver().planned(), 1)),
             "%", "of them, sent more than 1 ms after the intended instant");
  out.figure("server.waits-per-request", static_cast<double>(server.waits()) / requests, "calls",
             "epoll_wait");
  out.figure("server.receives-per-request", static_cast<double>(server.receives()) / requests,
             "calls", "recv");
  out.figure("server.sends-per-request", static_cast<double>(server.sends()) / requests, "calls",
             "send");
  out.figure("machine.switches", static_cast<double>(machine.host().switches()), "switches",
             "from one process to another that waited for the core");
  out.figure("packets.issued-amount",
             static_cast<double>(machine.service().stock().issued_amount()), "cents",
             "of all packets issued");
  out.figure("packets.received-amount", static_cast<double>(counts.amount_received.total()),
             "cents", "that clients received");
}

void write_distributions(const std::string& operation, const LoopMachine& machine,
                         measure::Record& record) {
  const ClientBooks& books = machine.driver().books();
  record.checks.push_back(
      measure::check_least_latency(operation + ".from-send", books.service_latency, Duration{}));
  record.distributions[operation + ".latency"] = books.latency;
  record.distributions[operation + ".from-send"] = books.service_latency;
  record.distributions["client.lateness"] = machine.driver().lateness();
  record.distributions["server.arrival-to-read"] = machine.service().reading_delay();
  record.distributions["server.set-wait"] = machine.service().set_delay();
  measure::SlicedHistogram over_time(record.slice);
  over_time.merge(books.latency_over_time);
  record.distributions_over_time[operation + ".latency"] = over_time.take_slices();
}

void judge_driver(const LoopMachine& machine, measure::Record& record) {
  const measure::Histogram& lateness = machine.driver().lateness();
  const Duration p99{lateness.quantile(0.99).value_or(0)};
  std::string reason;
  if (p99 > lateness_bound)
    reason = fmt::format("1 % of the requests left {:.3g} ms or more after their instant",
                         p99.milliseconds());
  if (machine.not_sent_behind() > 0)
    reason += fmt::format("{}{} planned requests were not sent: the driver was too far behind",
                          reason.empty() ? "" : "; ", machine.not_sent_behind());
  record.checks.push_back({"clients: the driver was not the limit", reason.empty(), reason});
}

measure::Record make_record(const spec::Scenario& scenario, const LoopMachineSpec& spec,
                            const LoopMachine& machine, Instant reached) {
  measure::Record record;
  record.title = scenario.title;
  record.clock_at_start = scenario.start_clock;
  record.duration = std::min(scenario.duration, reached.since_start());
  record.slice = measure::slice_for(scenario.duration);
  const std::string& operation = scenario.clients.begin()->second.asks;
  const ClientCounts& counts = machine.driver().books().counts;
  RecordWriter out(record, static_cast<std::size_t>(record.duration.ns / second.ns));
  write_traffic(machine.service(), counts, out);
  write_machine(spec, machine, counts, out);
  const Hops hops{machine.server().requests_arrived(), machine.server().in_flight(),
                  machine.driver().answers_arrived(), machine.driver().unread_answers()};
  write_ledgers(operation, machine.service(), counts, hops, record);
  write_money(machine.service(), counts, record);
  write_marks(scenario, record);
  write_distributions(operation, machine, record);
  judge_driver(machine, record);
  return record;
}

}  // namespace

Result<LoopMachineSpec> lay_out_loop(const spec::Scenario& scenario, std::uint64_t seed) {
  Parts parts;
  Diagnostics problems = find_parts(scenario, parts);
  if (problems.empty()) problems = check(scenario, parts);
  if (!problems.empty()) return problems;
  const spec::Clients& clients = *parts.clients;
  const spec::Node& node = scenario.nodes.at(parts.service->on);
  LoopMachineSpec machine;
  machine.name = parts.service->on;
  machine.seed = seed;
  machine.cores = node.cores;
  machine.costs = spec::runtime_of(scenario, node).loop;
  machine.workers =
      static_cast<std::size_t>(machine.costs.workers > 0 ? machine.costs.workers : node.cores);
  machine.service = std::get<spec::RedPacketAccess>(parts.service->kind);
  machine.pools = scenario.packets;
  machine.end = Instant{scenario.duration.ns};
  LoopDriverSpec& driver = machine.driver;
  driver.costs = machine.costs;
  driver.driver = clients.driver;
  driver.connect_segment = machine.service.login_segment;
  driver.plan.plan = clients.plan;
  driver.plan.population = static_cast<std::uint32_t>(clients.population);
  driver.plan.processes = static_cast<int>(clients.driver.processes);
  driver.plan.start_unix = scenario.start_unix;
  driver.plan.from = first_second(clients.plan);
  driver.plan.end = machine.end;
  driver.plan.seed = seed;
  const auto begin = clients.connect->begin.find(0);
  if (begin != clients.connect->begin.end()) driver.begin = Instant{begin->second.ns};
  driver.ramp = second * clients.connect->spread_seconds;
  driver.measured_from = Instant{scenario.warmup.ns};
  driver.slice = measure::slice_for(scenario.duration);
  return machine;
}

Result<measure::Record> run_loop_world(const spec::Scenario& scenario, const RunOptions& options) {
  const auto layout = lay_out_loop(scenario, options.seed);
  if (!layout) return layout.problems();
  sim::Simulation simulation;
  auto made = std::make_unique<LoopMachine>(layout.value());
  const LoopMachine& machine = *made;
  simulation.add(layout.value().name, std::move(made));
  sim::RunOptions run;
  run.until = Instant{scenario.duration.ns} + aftermath;
  run.stop = options.stop;
  if (options.progress)
    run.progress = [&](const sim::Progress& progress) {
      options.progress({progress.now, run.until, machine.server().requests_arrived()});
    };
  const auto outcome = simulation.run(run);
  if (!outcome) return outcome.problems();
  measure::Record record = make_record(scenario, layout.value(), machine, outcome.value().reached);
  record.fingerprint = outcome.value().fingerprint_text();
  record.complete = !outcome.value().stopped;
  return record;
}

}  // namespace springtide::models::red_packet
