#include "models/station/world.h"

#include <algorithm>
#include <map>
#include <thread>

#include "models/station/results/assemble.h"

namespace springtide::models::station {
namespace {

MeasuredWindow window_of(const spec::Scenario& scenario) {
  return {Instant{} + scenario.warmup, Instant{} + scenario.duration};
}

// Builds processes, entities and legs. Entities have the vertex numbers of the layout: senders,
// receivers, services; those of a closed group are one entity under two numbers.
class Construction {
 public:
  Construction(const spec::Scenario& scenario, std::uint64_t seed, World& world)
      : scenario_(scenario), seed_(seed), world_(world), layout_(world.layout) {}

  void build() {
    place_all();
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      auto cell = std::make_unique<Cell>();
      cells_[i].cell = cell.get();
      cells_[i].id = world_.simulation.add(cells_[i].name, std::move(cell));
    }
    for (std::size_t i = 0; i < layout_.services.size(); ++i) setups_.push_back(setup(i));
    for (ClientLayout& client : layout_.clients) connect_routes(client);
    for (std::size_t i = 0; i < layout_.services.size(); ++i)
      world_.stations.push_back(
          make_station(layout_.services[i].station->discipline, std::move(setups_[i])));
    for (std::size_t k = 0; k < layout_.clients.size(); ++k) make_client(k);
    fill_cells();
  }

 private:
  struct PlannedCell {
    std::string name;
    std::vector<std::size_t> vertices;
    Cell* cell = nullptr;
    sim::ProcessId id = 0;
  };
  struct Place {
    std::size_t cell = 0;
    std::uint32_t entity = 0;
  };

  std::size_t sender(std::size_t client) const { return client; }
  std::size_t receiver(std::size_t client) const {
    return layout_.clients[client].closed ? client : layout_.clients.size() + client;
  }
  std::size_t service(std::size_t number) const { return 2 * layout_.clients.size() + number; }

  void place_all() {
    cells_.resize(layout_.cells);
    places_.resize(2 * layout_.clients.size() + layout_.services.size());
    for (std::size_t k = 0; k < layout_.clients.size(); ++k) {
      const ClientLayout& client = layout_.clients[k];
      put(sender(k), client.sender_cell, client.closed ? client.name : client.name + "/requests");
      if (!client.closed) put(receiver(k), client.receiver_cell, client.name + "/answers");
    }
    for (std::size_t i = 0; i < layout_.services.size(); ++i)
      put(service(i), layout_.services[i].cell, layout_.services[i].name);
  }

  void put(std::size_t vertex, std::size_t cell, const std::string& name) {
    PlannedCell& planned = cells_[cell];
    planned.name += planned.name.empty() ? name : " " + name;
    places_[vertex] = {cell, static_cast<std::uint32_t>(planned.vertices.size())};
    planned.vertices.push_back(vertex);
  }

  StationSetup setup(std::size_t number) {
    const ServiceLayout& service_layout = layout_.services[number];
    const spec::Station& station = *service_layout.station;
    const std::string name = "services/" + service_layout.name + "/time";
    StationSetup setup;
    setup.entity = places_[service(number)].entity;
    setup.workers = service_layout.workers;
    if (station.queue) setup.queue_limit = *station.queue;
    setup.levels =
        std::max<std::uint32_t>(1, static_cast<std::uint32_t>(service_layout.levels.size()));
    setup.routes.resize(layout_.routes);
    setup.times.emplace_back(station.time, Stream(seed_, name));
    for (const auto& [priority, time] : station.time_by_priority)
      setup.times.emplace_back(time, Stream(seed_, name + "/" + std::to_string(priority)));
    setup.window = world_.window;
    return setup;
  }

  std::uint32_t times_of(const spec::Station& station, int priority) const {
    const auto own = station.time_by_priority.find(priority);
    if (own == station.time_by_priority.end()) return 0;
    return 1 + static_cast<std::uint32_t>(std::distance(station.time_by_priority.begin(), own));
  }

  void connect_routes(const ClientLayout& client) {
    const auto number = static_cast<std::size_t>(&client - layout_.clients.data());
    BuiltClient built;
    std::size_t at = sender(number);
    for (std::size_t call = 0; call < client.services.size(); ++call) {
      const std::size_t here = service(client.services[call]);
      built.onward.push_back(leg(at, here, client.onward[call]));
      built.back.push_back(leg(here, receiver(number), client.back[call]));
      at = here;
    }
    built.onward.push_back(built.back.back());
    for (std::size_t call = 0; call < client.services.size(); ++call) {
      const ServiceLayout& target = layout_.services[client.services[call]];
      RouteHere& route = setups_[client.services[call]].routes[client.route(call)];
      route.comes_here = true;
      route.last_call = call + 1 == client.services.size();
      route.onward_route = client.route(route.last_call ? call : call + 1);
      route.level = target.levels.at(client.clients->priority);
      route.times = times_of(*target.station, client.clients->priority);
      route.onward = built.onward[call + 1];
      route.back = built.back[call];
    }
    world_.clients.push_back(std::move(built));
  }

  Leg* leg(std::size_t from, std::size_t to, const spec::Link* link) {
    Leg*& known = legs_[{from, to}];
    if (known != nullptr) return known;
    Port port;
    port.entity = places_[to].entity;
    port.same_cell = places_[from].cell == places_[to].cell;
    if (!port.same_cell)
      port.channel =
          world_.simulation.connect(cells_[places_[from].cell].id, cells_[places_[to].cell].id,
                                    link == nullptr ? Duration{} : link->delay.minimum());
    world_.legs.push_back(std::make_unique<Leg>(link, seed_, name_of(from) + ">" + name_of(to),
                                                port, layout_.routes));
    return known = world_.legs.back().get();
  }

  std::string name_of(std::size_t vertex) const {
    const std::size_t count = layout_.clients.size();
    return vertex < 2 * count ? layout_.clients[vertex % count].name
                              : layout_.services[vertex - 2 * count].name;
  }

  void make_client(std::size_t number) {
    const ClientLayout& client = layout_.clients[number];
    BuiltClient& built = world_.clients[number];
    const std::string name = "clients/" + client.name;
    const std::uint32_t entity = places_[sender(number)].entity;
    if (client.closed) {
      built.users = std::make_unique<Users>(
          entity, std::get<spec::ClosedPlan>(client.clients->plan), Stream(seed_, name + "/think"),
          built.onward.front(), client.first, world_.window);
      return;
    }
    auto arrivals =
        workload::Arrivals::make(client.clients->plan, Stream(seed_, name + "/arrivals"));
    built.source = std::make_unique<Source>(entity, std::move(*arrivals), built.onward.front(),
                                            client.first, world_.window);
    built.receiver = std::make_unique<Receiver>(world_.window);
  }

  Entity* entity(std::size_t vertex) {
    const std::size_t count = layout_.clients.size();
    if (vertex >= 2 * count) return world_.stations[vertex - 2 * count].get();
    BuiltClient& built = world_.clients[vertex % count];
    if (built.users) return built.users.get();
    if (vertex < count) return built.source.get();
    return built.receiver.get();
  }

  void fill_cells() {
    for (PlannedCell& planned : cells_)
      for (const std::size_t vertex : planned.vertices) planned.cell->add(entity(vertex));
  }

  const spec::Scenario& scenario_;
  std::uint64_t seed_;
  World& world_;
  Layout& layout_;
  std::vector<PlannedCell> cells_;
  std::vector<Place> places_;         // by vertex
  std::vector<StationSetup> setups_;  // by service
  std::map<std::pair<std::size_t, std::size_t>, Leg*> legs_;
};

double requests_per_second(const spec::Plan& plan) {
  double rate = 0;
  const auto steps = [&](const spec::RateSteps& all) {
    for (const auto& [_, step] : all) rate = std::max(rate, step.per_second);
  };
  if (const auto* poisson = std::get_if<spec::PoissonPlan>(&plan)) steps(poisson->rate);
  if (const auto* constant = std::get_if<spec::ConstantPlan>(&plan)) steps(constant->rate);
  if (const auto* renewal = std::get_if<spec::RenewalPlan>(&plan))
    rate = 1 / renewal->interval.mean_seconds();
  if (const auto* closed = std::get_if<spec::ClosedPlan>(&plan))
    rate = static_cast<double>(closed->users) / std::max(closed->think.mean_seconds(), 1e-6);
  return rate;
}

// Messages flow one way between cells, so a window may have any length: long enough that its cost
// is shared by many requests, short enough that they stay in the cache.
Duration window_length(const spec::Scenario& scenario) {
  constexpr double requests_a_window = 256;
  double rate = 0;
  for (const auto& [_, clients] : scenario.clients) rate += requests_per_second(clients.plan);
  const double seconds = rate > 0 ? requests_a_window / rate : 1;
  return Duration::from_seconds(std::clamp(seconds, 1e-6, 1e3));
}

std::int64_t offered(const World& world) {
  std::int64_t sum = 0;
  for (const BuiltClient& client : world.clients) sum += client.offers().total;
  return sum;
}

sim::RunOptions engine_options(const spec::Scenario& scenario, const World& world,
                               const RunOptions& options) {
  sim::RunOptions engine;
  engine.until = world.window.end + drain_limit;
  engine.threads = options.threads == 0
                       ? static_cast<int>(std::max(1u, std::thread::hardware_concurrency()))
                       : static_cast<int>(options.threads);
  engine.longest_window = window_length(scenario);
  engine.stop = options.stop;
  if (!options.progress) return engine;
  const std::int64_t windows = scenario.duration / engine.longest_window;
  engine.progress_every =
      static_cast<std::uint64_t>(std::clamp<std::int64_t>(windows / 1000, 1, 50));
  engine.progress = [&world, &options](const sim::Progress& progress) {
    options.progress({progress.now, world.window.end, offered(world)});
  };
  return engine;
}

}  // namespace

std::unique_ptr<World> build_world(const spec::Scenario& scenario, Layout layout,
                                   std::uint64_t seed) {
  auto world = std::make_unique<World>();
  world->layout = std::move(layout);
  world->window = window_of(scenario);
  Construction(scenario, seed, *world).build();
  return world;
}

Result<measure::Record> empty_station_record(const spec::Scenario& scenario) {
  Result<Layout> layout = lay_out(scenario);
  if (!layout) return layout.problems();
  return assemble_empty(scenario, *build_world(scenario, std::move(layout.value()), scenario.seed));
}

Result<measure::Record> run_station_world(const spec::Scenario& scenario,
                                          const RunOptions& options) {
  Result<Layout> layout = lay_out(scenario);
  if (!layout) return layout.problems();
  const auto world = build_world(scenario, std::move(layout.value()), options.seed);
  const Result<sim::Outcome> outcome =
      world->simulation.run(engine_options(scenario, *world, options));
  if (!outcome) return outcome.problems();
  return assemble(scenario, *world, outcome.value());
}

}  // namespace springtide::models::station
