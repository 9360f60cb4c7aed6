#include "models/red_packet/world.h"

#include <memory>
#include <thread>

#include "models/red_packet/common/parts.h"
#include "models/red_packet/event_loop/loop_world.h"
#include "models/red_packet/layout.h"
#include "models/red_packet/results.h"
#include "sim/simulation.h"

namespace springtide::models {
namespace {

// After the last request the run goes on for this long, so that answers arrive.
constexpr Duration aftermath = second * 2;

struct World {
  sim::Simulation simulation;
  red_packet::AccessServer* server = nullptr;
  std::vector<red_packet::ClientMachine*> clients;
};

void build(const red_packet::Layout& layout, World& world) {
  for (const auto& spec : layout.clients) {
    auto machine = std::make_unique<red_packet::ClientMachine>(spec);
    world.clients.push_back(machine.get());
    world.simulation.add(spec.name, std::move(machine));
  }
  auto server = std::make_unique<red_packet::AccessServer>(layout.server);
  world.server = server.get();
  const sim::ProcessId server_id = world.simulation.add(layout.server.name, std::move(server));
  for (std::size_t i = 0; i < world.clients.size(); ++i) {
    const auto id = static_cast<sim::ProcessId>(i);
    world.clients[i]->connect_to_server(world.simulation.connect(id, server_id, layout.delay));
    world.server->add_client_machine(
        layout.clients[i].first_user,
        world.simulation.connect(server_id, id, layout.delay, sim::Flow::feedback));
  }
  for (const auto& still : layout.stand_stills) {
    if (still.of_server)
      world.server->machine().stand_still(still.from, still.to);
    else
      world.clients[still.client_machine]->machine().stand_still(still.from, still.to);
  }
}

std::int64_t requests_so_far(const World& world) { return world.server->requests_arrived(); }

}  // namespace

bool is_red_packet_scenario(const spec::Scenario& scenario) {
  for (const auto& [name, service] : scenario.services)
    if (std::holds_alternative<spec::RedPacketAccess>(service.kind)) return true;
  return false;
}

Diagnostics red_packet_problems(const spec::Scenario& scenario) {
  const auto problems = [](const auto& layout) {
    return layout.ok() ? Diagnostics{} : layout.problems();
  };
  return red_packet::on_event_loop(scenario)
             ? problems(red_packet::lay_out_loop(scenario, scenario.seed))
             : problems(red_packet::lay_out(scenario, scenario.seed));
}

Result<measure::Record> run_red_packet_world(const spec::Scenario& scenario,
                                             const RunOptions& options) {
  if (red_packet::on_event_loop(scenario)) return red_packet::run_loop_world(scenario, options);
  auto layout = red_packet::lay_out(scenario, options.seed);
  if (!layout) return layout.problems();
  World world;
  build(layout.value(), world);
  sim::RunOptions run;
  run.until = Instant{scenario.duration.ns} + aftermath;
  run.threads = static_cast<int>(
      options.threads > 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency()));
  run.stop = options.stop;
  if (options.progress)
    run.progress = [&](const sim::Progress& progress) {
      options.progress({progress.now, run.until, requests_so_far(world)});
    };
  const auto outcome = world.simulation.run(run);
  if (!outcome) return outcome.problems();
  const std::vector<const red_packet::ClientMachine*> clients(world.clients.begin(),
                                                              world.clients.end());
  measure::Record record = red_packet::make_record(scenario, layout.value(), *world.server, clients,
                                                   outcome.value().reached);
  record.fingerprint = outcome.value().fingerprint_text();
  record.complete = !outcome.value().stopped;
  return record;
}

}  // namespace springtide::models
