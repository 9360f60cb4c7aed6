#include "models/red_packet/layout.h"

#include <algorithm>

#include <fmt/format.h>

#include "models/red_packet/common/parts.h"
#include "spec/presets.h"

namespace springtide::models::red_packet {
namespace {

// How far a machine's clock is from true time.
Duration clock_offset(const spec::Clock& clock, std::uint64_t seed, const std::string& node,
                      std::uint64_t number) {
  Stream stream(seed, node + "/clock", number);
  const Duration error = clock.error.sample(stream);
  return clock.error_either_sign && stream.chance(0.5) ? -error : error;
}

Duration slower(Duration duration, double factor) {
  return {static_cast<std::int64_t>(static_cast<double>(duration.ns) * factor + 0.5)};
}

// What a machine does takes `factor` times as long.
void slow_down(ClientMachineSpec& machine, double factor) {
  for (Duration* cost :
       {&machine.user.wake_segment, &machine.user.write_segment, &machine.user.read_segment,
        &machine.go.switch_cost, &machine.go.timer_pop_cost, &machine.go.stack_scan,
        &machine.go.reset_loop, &machine.go.root_check_loop, &machine.go.barrier_loop,
        &machine.go.assist_wake})
    *cost = slower(*cost, factor);
  machine.go.mark_rate.count =
      static_cast<std::int64_t>(static_cast<double>(machine.go.mark_rate.count) / factor);
}

// A frame leaves at the smaller bandwidth of the link and of the card that sends it.
spec::Link sending_side(spec::Link link, const spec::NetworkCard& card) {
  if (card.bandwidth && (!link.bandwidth || *card.bandwidth < *link.bandwidth))
    link.bandwidth = card.bandwidth;
  return link;
}

bool joins(const spec::Link& link, const std::string& clients, const std::string& clients_node,
           const std::string& service, const std::string& service_node) {
  return (link.from == clients || link.from == clients_node) &&
         (link.to == service || link.to == service_node);
}

const spec::Link* link_of(const spec::Scenario& scenario, const Parts& parts) {
  for (const auto& [name, link] : scenario.links)
    if (joins(link, *parts.clients_name, parts.clients->on, *parts.service_name, parts.service->on))
      return &link;
  return nullptr;
}

// What the machines of 2017 need besides.
void check_machines(const spec::Scenario& scenario, const Parts& parts, Diagnostics& problems) {
  if (!std::holds_alternative<spec::SlotsPlan>(parts.clients->plan))
    problems.push_back(problem(scenario, "/clients/" + *parts.clients_name + "/plan",
                               "only the slots plan is known on a Go runtime"));
  const spec::Link* link = link_of(scenario, parts);
  if (link == nullptr)
    problems.push_back(problem(scenario, "/links", "no link joins the clients to the service"));
  else if (link->delay.minimum().ns <= 0)
    problems.push_back(problem(scenario, "/links",
                               "the delay must have a positive minimum: it bounds how far the "
                               "machines can be simulated apart"));
  for (const std::string& node : {parts.clients->on, parts.service->on}) {
    if (scenario.nodes.count(node) == 0) continue;
    const std::string preset = spec::runtime_of(scenario, scenario.nodes.at(node)).preset;
    if (preset == "threads" || preset == "event-loop")
      problems.push_back(problem(scenario, "/nodes/" + node + "/runtime",
                                 "this model needs a Go runtime, such as \"go1.8\", or clients "
                                 "and service on one node whose runtime is an \"event-loop\""));
  }
}

std::int64_t processors_of(const spec::Runtime& runtime, const spec::Node& node) {
  return runtime.go.processors > 0 ? runtime.go.processors : node.cores;
}

void add_clients(const spec::Scenario& scenario, const Parts& parts, const spec::Link& link,
                 std::uint64_t seed, Layout& layout) {
  const spec::Clients& clients = *parts.clients;
  const spec::Node& node = scenario.nodes.at(clients.on);
  const spec::Runtime runtime = spec::runtime_of(scenario, node);
  const auto& plan = std::get<spec::SlotsPlan>(clients.plan);
  std::int64_t first = 0;
  for (std::int64_t number = 0; number < node.count && first < clients.population; ++number) {
    ClientMachineSpec machine;
    machine.name = fmt::format("{}/{}", clients.on, number);
    machine.seed = seed;
    machine.first_user = static_cast<std::uint32_t>(first);
    const bool last = number + 1 == node.count;
    const std::int64_t users =
        last ? clients.population - first
             : std::min(clients.connect->per_node, clients.population - first);
    machine.users = static_cast<std::uint32_t>(users);
    machine.population = static_cast<std::uint32_t>(clients.population);
    machine.strips = static_cast<std::uint32_t>(plan.strips);
    machine.rate = plan.rate;
    const auto begin = clients.connect->begin.find(number);
    Stream stream(seed, machine.name + "/begin");
    const double error = 2 * stream.uniform() - 1;
    const Instant planned{begin == clients.connect->begin.end() ? 0 : begin->second.ns};
    machine.begin =
        std::max(Instant{},
                 planned + Duration::from_seconds(error * clients.connect->begin_error.seconds()));
    machine.spread_seconds = clients.connect->spread_seconds;
    machine.start_unix = scenario.start_unix;
    machine.clock_offset =
        clock_offset(node.clock, seed, clients.on, static_cast<std::uint64_t>(number));
    machine.processors = processors_of(runtime, node);
    machine.go = runtime.go;
    machine.user = clients.user;
    machine.link = sending_side(link, node.network_card);
    machine.network_card = node.network_card;
    machine.end = Instant{scenario.duration.ns};
    machine.measured_from = Instant{scenario.warmup.ns};
    machine.slice = measure::slice_for(scenario.duration);
    Stream speeds(seed, machine.name + "/speed");
    slow_down(machine, 1 + node.speed_spread.value * (2 * speeds.uniform() - 1));
    layout.clients.push_back(machine);
    first += users;
  }
}

void add_server(const spec::Scenario& scenario, const Parts& parts, const spec::Link& link,
                std::uint64_t seed, Layout& layout) {
  const spec::Node& node = scenario.nodes.at(parts.service->on);
  const spec::Runtime runtime = spec::runtime_of(scenario, node);
  AccessServerSpec& server = layout.server;
  server.name = parts.service->on;
  server.seed = seed;
  server.service = std::get<spec::RedPacketAccess>(parts.service->kind);
  server.pools = scenario.packets;
  server.go = runtime.go;
  server.processors = processors_of(runtime, node);
  server.clock_offset = clock_offset(node.clock, seed, parts.service->on, 0);
  server.network_card = node.network_card;
  server.link = sending_side(link, node.network_card);
  server.population = static_cast<std::uint32_t>(parts.clients->population);
  server.shortest_round_trip = link.delay.minimum() * 2;
}

}  // namespace

Result<Layout> lay_out(const spec::Scenario& scenario, std::uint64_t seed) {
  Parts parts;
  Diagnostics problems = find_parts(scenario, parts);
  if (parts.clients != nullptr) check_machines(scenario, parts, problems);
  if (!problems.empty()) return problems;
  const spec::Link& link = *link_of(scenario, parts);
  Layout layout;
  layout.operation = parts.clients->asks;
  layout.delay = link.delay.minimum();
  add_clients(scenario, parts, link, seed, layout);
  add_server(scenario, parts, link, seed, layout);
  for (const auto& [name, incident] : scenario.incidents) {
    if (!incident.enabled) continue;
    StandStill still{incident.node == parts.service->on, static_cast<std::size_t>(incident.index),
                     Instant{incident.at.ns}, Instant{incident.at.ns} + incident.length};
    if (!still.of_server && still.client_machine >= layout.clients.size())
      return problem(scenario, "/incidents/" + name + "/index", "no such client machine");
    layout.stand_stills.push_back(still);
  }
  return layout;
}

}  // namespace springtide::models::red_packet
