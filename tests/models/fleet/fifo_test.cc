// Where the queue is plain first come, first served, both roads give every request the same answer
// at the same nanosecond: the kernel of the fleet road beside a station of the detailed one.
#include <algorithm>
#include <memory>
#include <vector>

#include <doctest/doctest.h>

#include "models/fleet/server/server.h"
#include "models/station/cell.h"
#include "models/station/disciplines/station.h"
#include "models/station/leg.h"
#include "sim/simulation.h"

namespace springtide::models {
namespace {

using station::Cell;
using station::Entity;
using station::Leg;
using station::Port;
using station::What;
using workload::Shake;

constexpr Duration work = microsecond * 191;

std::vector<Shake> a_second(Stream& stream, std::size_t requests) {
  std::vector<Shake> shakes;
  for (std::size_t i = 0; i < requests; ++i)
    shakes.push_back({stream.below(1 << 20) << 44 | i << 20 | 1u << 16});
  std::sort(shakes.begin(), shakes.end());
  return shakes;
}

class Feeder final : public Entity {
 public:
  Feeder(const std::vector<std::int64_t>& arrivals, Port port) : arrivals_(arrivals), port_(port) {}
  void start(sim::Context& context) override {
    for (std::size_t i = 0; i < arrivals_.size(); ++i)  // its number in place of its instant
      port_.send(context, {arrivals_[i]}, What::request, {{static_cast<std::int64_t>(i)}, 0, 0});
  }
  void handle(sim::Context&, const sim::Event&) override {}

 private:
  const std::vector<std::int64_t>& arrivals_;
  Port port_;
};

class Collector final : public Entity {
 public:
  explicit Collector(std::vector<std::int64_t>& ends) : ends_(ends) {}
  void handle(sim::Context& context, const sim::Event& event) override {
    ends_[event.b] = context.now().ns;
  }

 private:
  std::vector<std::int64_t>& ends_;
};

std::vector<std::int64_t> at_station(const std::vector<std::int64_t>& arrivals,
                                     std::int64_t workers) {
  Leg back(nullptr, 1, "back", {true, 0, 2}, 0);
  station::StationSetup setup;
  setup.entity = 1;
  setup.workers = workers;
  setup.levels = 1;
  setup.window = {Instant{}, Instant{arrivals.back() + 1}};
  setup.queue_limit = static_cast<std::int64_t>(arrivals.size());
  setup.routes.push_back({true, true, 0, 0, 0, &back, &back});
  setup.times.emplace_back(Distribution(Constant{work}), Stream(1, "service"));
  std::vector<std::int64_t> ends(arrivals.size());
  Feeder feeder(arrivals, {true, 0, 1});
  const auto made = station::make_station(spec::Discipline::fifo, std::move(setup));
  Collector collector(ends);
  sim::Simulation simulation;
  Cell& cell = simulation.emplace<Cell>("cell");
  for (Entity* entity : {static_cast<Entity*>(&feeder), static_cast<Entity*>(made.get()),
                         static_cast<Entity*>(&collector)})
    cell.add(entity);
  sim::RunOptions options;
  options.until = Instant{arrivals.back()} + second * 100;
  REQUIRE(simulation.run(options).ok());
  return ends;
}

class Nowhere final : public fleet::Resender {
 public:
  bool again(Shake, Instant) override { return true; }
};

std::vector<std::int64_t> at_server(const std::vector<std::vector<Shake>>& seconds,
                                    std::int64_t cores) {
  fleet::ServerSpec spec;
  const fleet::DelayTable none{Distribution(Constant{Duration{}})};
  spec.way = std::make_shared<fleet::Way>(fleet::Way{none, none, {}, {}});
  spec.service.overload_per_second = 1'000'000;
  spec.service.worker_segment = work;
  spec.runtime.cores = cores;
  spec.runtime.collects = false;
  fleet::Server server(spec);
  auto workspace = std::make_unique<fleet::Workspace>();
  std::vector<fleet::Traced> trace;
  workspace->trace = &trace;
  Nowhere nowhere;
  for (std::size_t s = 0; s < seconds.size(); ++s)
    server.serve(static_cast<std::int64_t>(s), seconds[s], nowhere, *workspace);
  std::vector<std::int64_t> ends;
  for (const fleet::Traced& one : trace) ends.push_back(one.done);
  return ends;
}

TEST_CASE("a plain queue gives every request the same answer on both roads") {
  for (const std::int64_t cores : {1, 3, 12}) {
    Stream stream(5, "test/fifo", static_cast<std::uint64_t>(cores));
    std::vector<std::vector<Shake>> seconds;
    std::vector<std::int64_t> arrivals;
    for (std::int64_t s = 0; s < 4; ++s) {  // at 0.9, 1.1, 0.7 and 0.3 of what the cores can do
      constexpr std::size_t load[] = {4700, 5800, 3700, 1600};
      seconds.push_back(a_second(stream, load[s] * static_cast<std::size_t>(cores)));
      for (const Shake shake : seconds.back()) arrivals.push_back(shake.instant(s).ns);
    }
    CAPTURE(cores);
    CHECK(at_server(seconds, cores) == at_station(arrivals, cores));
  }
}

}  // namespace
}  // namespace springtide::models
