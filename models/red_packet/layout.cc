#include "models/red_packet/layout.h"

#include <algorithm>

#include <fmt/format.h>

#include "spec/presets.h"

namespace springtide::models::red_packet {
namespace {

Diagnostic problem(const spec::Scenario& scenario, std::string pointer, std::string what) {
  Diagnostic diagnostic;
  diagnostic.file = scenario.title.empty() ? "scenario" : scenario.title;
  diagnostic.pointer = std::move(pointer);
  diagnostic.what = std::move(what);
  return diagnostic;
}

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

struct Parts {
  const std::string* clients_name = nullptr;
  const spec::Clients* clients = nullptr;
  const std::string* service_name = nullptr;
  const spec::Service* service = nullptr;
  const spec::Link* link = nullptr;
};

// What does not fit into a message (Payload).
void find_excess(const spec::Scenario& scenario, Diagnostics& problems) {
  if (scenario.duration.ns >= Payload::longest.ns)
    problems.push_back(problem(scenario, "/duration", "this model runs at most 8796 s"));
  std::int64_t packets = 0;
  for (const auto& [name, pool] : scenario.packets) {
    packets += std::min(pool.count, Payload::most);
    if (pool.amount_high > Payload::most)
      problems.push_back(problem(scenario, "/packets/" + name + "/amount-high",
                                 "this model knows amounts up to 2097151 cents"));
  }
  if (packets > Payload::most)
    problems.push_back(
        problem(scenario, "/packets", "this model issues at most 2097151 packets in a run"));
}

Diagnostics find_parts(const spec::Scenario& scenario, Parts& parts) {
  Diagnostics problems;
  if (scenario.services.size() != 1)
    problems.push_back(
        problem(scenario, "/services", "a red-packet access server must be the only service"));
  if (scenario.clients.size() != 1)
    problems.push_back(
        problem(scenario, "/clients", "a red-packet access server has one group of clients"));
  if (!problems.empty()) return problems;
  parts.service_name = &scenario.services.begin()->first;
  parts.service = &scenario.services.begin()->second;
  parts.clients_name = &scenario.clients.begin()->first;
  parts.clients = &scenario.clients.begin()->second;
  const spec::Clients& clients = *parts.clients;
  const std::string at = "/clients/" + *parts.clients_name;
  if (!std::holds_alternative<spec::SlotsPlan>(clients.plan))
    problems.push_back(problem(scenario, at + "/plan", "only the slots plan is known here"));
  if (clients.population <= 0)
    problems.push_back(problem(scenario, at + "/population", "how many users is missing"));
  if (clients.population > (1 << 24))
    problems.push_back(problem(scenario, at + "/population", "more than 2^24 users"));
  if (clients.on.empty())
    problems.push_back(problem(scenario, at + "/on", "the node of the clients is missing"));
  if (!clients.connect)
    problems.push_back(problem(scenario, at + "/connect", "how the users connect is missing"));
  for (const auto& [name, link] : scenario.links)
    if (joins(link, *parts.clients_name, clients.on, *parts.service_name, parts.service->on))
      parts.link = &link;
  find_excess(scenario, problems);
  if (parts.link == nullptr)
    problems.push_back(problem(scenario, "/links", "no link joins the clients to the service"));
  else if (parts.link->delay.minimum().ns <= 0)
    problems.push_back(problem(scenario, "/links",
                               "the delay must have a positive minimum: it bounds how far the "
                               "machines can be simulated apart"));
  for (const std::string& node : {clients.on, parts.service->on})
    if (scenario.nodes.count(node) > 0 &&
        spec::runtime_of(scenario, scenario.nodes.at(node)).preset == "threads")
      problems.push_back(problem(scenario, "/nodes/" + node + "/runtime",
                                 "this model needs a Go runtime, such as \"go1.8\""));
  return problems;
}

std::int64_t processors_of(const spec::Runtime& runtime, const spec::Node& node) {
  return runtime.go.processors > 0 ? runtime.go.processors : node.cores;
}

void add_clients(const spec::Scenario& scenario, const Parts& parts, std::uint64_t seed,
                 Layout& layout) {
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
    machine.link = sending_side(*parts.link, node.network_card);
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

void add_server(const spec::Scenario& scenario, const Parts& parts, std::uint64_t seed,
                Layout& layout) {
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
  server.link = sending_side(*parts.link, node.network_card);
  server.population = static_cast<std::uint32_t>(parts.clients->population);
  server.shortest_round_trip = parts.link->delay.minimum() * 2;
}

}  // namespace

Result<Layout> lay_out(const spec::Scenario& scenario, std::uint64_t seed) {
  Parts parts;
  if (Diagnostics problems = find_parts(scenario, parts); !problems.empty()) return problems;
  Layout layout;
  layout.operation = parts.clients->asks;
  layout.delay = parts.link->delay.minimum();
  add_clients(scenario, parts, seed, layout);
  add_server(scenario, parts, seed, layout);
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
