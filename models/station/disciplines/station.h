// What all stations have in common: routes, service times, refusals, and what is counted.
//
//                    queue limit              workers
//   request -> full? ---> | | | | waiting ---> ( ) ( ) ( ) ---> next call, or the answer
//                |
//                +-> refusal
//
// "Waiting" is what a request spends here beyond its service time. A station refuses a request that
// may not start at once when as many wait as its limit allows; with processor sharing, where nobody
// waits, when workers + limit are inside. At one instant, arrivals come before completions (the
// engine's order), so a request that arrives just as a worker ends finds it busy.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "base/distribution.h"
#include "base/random.h"
#include "models/station/cell.h"
#include "models/station/leg.h"
#include "models/station/levels.h"
#include "models/station/window.h"

namespace springtide::models::station {

// Service times drawn ahead in small batches; the order in which they are used is the order in
// which they are drawn.
class ServiceTimes {
 public:
  ServiceTimes(Distribution distribution, Stream stream)
      : distribution_(std::move(distribution)), stream_(stream) {}
  Duration next() {
    if (used_ == drawn_.size()) [[unlikely]]
      draw();
    return drawn_[used_++];
  }

 private:
  void draw();

  Distribution distribution_;
  Stream stream_;
  std::vector<Duration> drawn_;
  std::size_t used_ = 0;
};

// What a station knows of a route that comes to it.
struct RouteHere {
  bool comes_here = false;
  bool last_call = false;   // of its operation: then `onward` leads back to the client
  Route onward_route = 0;   // under which the request goes on
  std::uint32_t level = 0;  // of priority, 0 is served first
  std::uint32_t times = 0;  // which service times
  Leg* onward = nullptr;
  Leg* back = nullptr;  // for refusals
};

struct StationSetup {
  std::uint32_t entity = 0;  // its own number within its cell
  std::int64_t workers = 1;
  std::int64_t queue_limit = std::numeric_limits<std::int64_t>::max();
  std::uint32_t levels = 1;
  std::vector<RouteHere> routes;  // by route of the world
  std::vector<ServiceTimes> times;
  MeasuredWindow window;
};

// How many were there in the measured window, and how long of it each: one side of Little's law.
// What lies outside the window is cut off, and who is still there at its end counts too, so the law
// is exact for any load, also one that grows for ever.
struct WindowSums {
  std::int64_t count = 0;
  measure::Int128 sum = 0;  // nanoseconds
  void add(MeasuredWindow window, Instant from, Instant to) {
    const std::int64_t inside = std::min(to.ns, window.end.ns) - std::max(from.ns, window.begin.ns);
    if (inside < 0) return;
    ++count;
    sum += inside;
  }
};

struct RouteCounts {
  std::int64_t arrived = 0, refused = 0, left = 0;
};

class Station : public Entity {
 public:
  explicit Station(StationSetup setup)
      : setup_(std::move(setup)), levels_(setup_.window), counts_(setup_.routes.size()) {}

  void finish(Instant now) override {
    levels_.finish(now);
    count_inside(levels_.known_until());
  }

  const Levels& levels() const { return levels_; }
  const RouteCounts& counts(Route route) const { return counts_[route]; }
  std::int64_t workers() const { return setup_.workers; }

  // How many requests of each route are inside, found by looking at all that is kept.
  virtual std::vector<std::int64_t> inside() const = 0;

  // What Little's law is checked on: time in the queue, time in service; where requests are
  // interrupted or share workers, `whole` instead: all the time inside.
  const WindowSums& queue_sums() const { return queue_sums_; }
  const WindowSums& service_sums() const { return service_sums_; }
  const WindowSums& whole_sums() const { return whole_sums_; }
  virtual bool measures_whole() const { return false; }

 protected:
  // Adds to the sums what those still inside have spent here `until` now.
  virtual void count_inside(Instant until) = 0;

  const RouteHere& here(const Request& request) const { return setup_.routes[request.route]; }

  Duration service_time(const Request& request) { return setup_.times[here(request).times].next(); }

  void refuse(sim::Context& context, Request request) {
    ++counts_[request.route].refused;
    here(request).back->transmit(context, context.now(), What::refusal, request);
  }

  void leave(sim::Context& context, Request request) {
    ++counts_[request.route].left;
    const RouteHere& route = here(request);
    request.route = route.onward_route;
    route.onward->transmit(context, context.now(), route.last_call ? What::answer : What::request,
                           request);
  }

  StationSetup setup_;
  Levels levels_;
  std::vector<RouteCounts> counts_;
  WindowSums queue_sums_, service_sums_, whole_sums_;
};

std::unique_ptr<Station> make_station(spec::Discipline discipline, StationSetup setup);

}  // namespace springtide::models::station
