#include "models/chain/world.h"

#include <algorithm>
#include <thread>

#include "models/chain/plan/lay_out.h"
#include "models/chain/results/assemble.h"
#include "models/phases.h"

namespace springtide::models::chain {
namespace {

std::int64_t offered(const World& world) {
  std::int64_t sum = 0;
  for (const Cell* cell : world.cells)
    for (const RequestCounts& counts : cell->clients().counts()) sum += counts.offers.total;
  return sum;
}

sim::RunOptions engine_options(const World& world, const RunOptions& options) {
  sim::RunOptions engine;
  const Duration lasted = world.plan.window.end.since_start();
  const Duration drain = world.plan.queues.empty() ? drain_limit : std::max(drain_limit, lasted);
  engine.until = world.plan.window.end + drain;
  engine.threads = options.threads == 0
                       ? static_cast<int>(std::max(1u, std::thread::hardware_concurrency()))
                       : static_cast<int>(options.threads);
  engine.stop = options.stop;
  if (!options.progress) return engine;
  engine.progress_every = 50;
  engine.progress = [&world, &options](const sim::Progress& progress) {
    options.progress({progress.now, world.plan.window.end, offered(world)});
  };
  return engine;
}

}  // namespace

World::World(Plan its_plan) : plan(std::move(its_plan)) {
  for (std::uint32_t i = 0; i < plan.sites.size(); ++i)
    cells.push_back(
        &simulation.emplace<Cell>(plan.sites[i].empty() ? "site" : plan.sites[i], plan, i));
  if (cells.size() > 1) connect_sites();
  if (!plan.playbooks.empty()) add_controller();
}

void World::connect_sites() {
  for (std::uint32_t from = 0; from < cells.size(); ++from) {
    std::vector<sim::ChannelId> channels(cells.size());
    for (std::uint32_t to = 0; to < cells.size(); ++to)
      if (to != from)
        channels[to] = simulation.connect(from, to, plan.delays[from][to], sim::Flow::feedback);
    cells[from]->set_channels(std::move(channels));
  }
}

void World::add_controller() {
  const auto number = static_cast<sim::ProcessId>(cells.size());
  controller = &simulation.emplace<Controller>("control", plan);
  std::vector<sim::ChannelId> orders;
  for (std::uint32_t site = 0; site < cells.size(); ++site) {
    cells[site]->set_control(simulation.connect(site, number, {}, sim::Flow::forward));
    orders.push_back(simulation.connect(number, site, least_reaction, sim::Flow::feedback));
  }
  controller->set_channels(std::move(orders));
}

Result<measure::Record> run_chain_plan(const Headline& headline, Plan plan,
                                       const RunOptions& options) {
  plan.seed = options.seed;
  World world(std::move(plan));
  const Result<sim::Outcome> outcome = world.simulation.run(engine_options(world, options));
  if (!outcome) return outcome.problems();
  return assemble(headline, world, outcome.value());
}

Result<measure::Record> empty_chain_record(const spec::Scenario& scenario) {
  Result<Plan> plan = lay_out(scenario);
  if (!plan) return plan.problems();
  World world(std::move(plan.value()));
  return assemble_empty({scenario.title, "", scenario.duration}, world);
}

Result<measure::Record> run_chain_world(const spec::Scenario& scenario, const RunOptions& options) {
  Result<Plan> plan = lay_out(scenario);
  if (!plan) return plan.problems();
  auto record = run_chain_plan({scenario.title, scenario.start_clock, scenario.duration},
                               std::move(plan.value()), options);
  if (!record) return record;
  add_phases(scenario, record.value());
  return record;
}

}  // namespace springtide::models::chain
