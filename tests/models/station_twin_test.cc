// Stations against a slow, obvious twin: one sorted list of what is inside, looked through from end
// to end at every step. All small cases: every combination of gaps, priorities and service times of
// four requests, for each discipline, limit and number of workers.
#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>
#include <vector>

#include <doctest/doctest.h>

#include "models/station/disciplines/station.h"
#include "sim/simulation.h"

namespace springtide::models::station {
namespace {

using spec::Discipline;

struct Arrival {
  std::int64_t at = 0;  // ns
  std::uint32_t level = 0;
  std::int64_t service = 0;  // ns
};
struct End {
  std::int64_t at = 0;
  bool refused = false;
};
struct Case {
  Discipline discipline;
  std::int64_t workers = 1, limit = 0;
};

// --- The twin ------------------------------------------------------------------------------------

class Twin {
 public:
  Twin(const Case& station, const std::vector<Arrival>& arrivals)
      : case_(station), arrivals_(arrivals), ends_(arrivals.size()) {}

  std::vector<End> run() {
    std::size_t next = 0;
    while (next < arrivals_.size() || !inside_.empty()) {
      const std::optional<double> completion = next_completion();
      if (next < arrivals_.size() &&
          (!completion || static_cast<double>(arrivals_[next].at) <= std::ceil(*completion - 0.01)))
        arrive(next++);
      else
        complete(*completion);
    }
    return ends_;
  }

 private:
  struct Inside {
    std::size_t number;
    std::uint32_t level;
    double remaining;
    bool began = false;
  };

  // The list in the order in which requests have a right to the workers.
  void sort() {
    std::stable_sort(inside_.begin(), inside_.end(), [&](const Inside& x, const Inside& y) {
      const auto key = [&](const Inside& i) {
        const bool by_level = case_.discipline == Discipline::priority ||
                              case_.discipline == Discipline::preemptive_priority;
        const bool keeps = case_.discipline != Discipline::preemptive_priority && i.began;
        return std::tuple(!keeps, by_level && !keeps ? i.level : 0, i.number);
      };
      return key(x) < key(y);
    });
    for (std::size_t i = 0; i < inside_.size() && i < workers(); ++i) inside_[i].began = true;
  }
  std::size_t workers() const { return static_cast<std::size_t>(case_.workers); }

  double rate(std::size_t place) const {
    if (case_.discipline == Discipline::processor_sharing)
      return std::min(1.0,
                      static_cast<double>(case_.workers) / static_cast<double>(inside_.size()));
    return place < workers() ? 1 : 0;
  }

  std::optional<double> next_completion() const {
    std::optional<double> first;
    for (std::size_t i = 0; i < inside_.size(); ++i)
      if (rate(i) > 0) {
        const double at = now_ + inside_[i].remaining / rate(i);
        if (!first || at < *first) first = at;
      }
    return first;
  }

  void pass_until(double at) {
    for (std::size_t i = 0; i < inside_.size(); ++i) inside_[i].remaining -= rate(i) * (at - now_);
    now_ = at;
  }

  void arrive(std::size_t number) {
    const Arrival& arrival = arrivals_[number];
    pass_until(static_cast<double>(arrival.at));
    const auto room = static_cast<std::size_t>(case_.workers + case_.limit);
    if (inside_.size() >= room) {
      ends_[number] = {arrival.at, true};
      return;
    }
    inside_.push_back({number, arrival.level, static_cast<double>(arrival.service)});
    sort();
  }

  void complete(double at) {
    pass_until(at);
    for (std::size_t i = 0; i < inside_.size(); ++i) {
      if (inside_[i].remaining > 1e-6 || rate(i) == 0) continue;
      ends_[inside_[i].number] = {static_cast<std::int64_t>(std::ceil(at - 1e-6)), false};
      inside_.erase(inside_.begin() + static_cast<std::ptrdiff_t>(i));
      break;
    }
    sort();
  }

  Case case_;
  const std::vector<Arrival>& arrivals_;
  std::vector<End> ends_;
  std::vector<Inside> inside_;
  double now_ = 0;
};

// --- The station itself --------------------------------------------------------------------------

// Sends the arrivals of many cases one after another, with time between for the station to empty.
class Feeder final : public Entity {
 public:
  Feeder(const std::vector<Arrival>& arrivals, Port port, const std::vector<std::int64_t>& services)
      : arrivals_(arrivals), port_(port), services_(services) {}
  void start(sim::Context& context) override {
    for (const Arrival& arrival : arrivals_) {
      const auto service = std::find(services_.begin(), services_.end(), arrival.service);
      const auto kind = static_cast<std::size_t>(service - services_.begin());
      const auto route = static_cast<Route>(arrival.level * services_.size() + kind);
      // the intended instant of a request serves as its number
      const auto number = static_cast<std::int64_t>(&arrival - arrivals_.data());
      port_.send(context, {arrival.at}, What::request, {{number}, 0, route});
    }
  }
  void handle(sim::Context&, const sim::Event&) override {}

 private:
  const std::vector<Arrival>& arrivals_;
  Port port_;
  const std::vector<std::int64_t>& services_;
};

class Collector final : public Entity {
 public:
  explicit Collector(std::vector<End>& ends) : ends_(ends) {}
  void handle(sim::Context& context, const sim::Event& event) override {
    ends_[event.b] = {context.now().ns, what_of(event) == What::refusal};
    waiting.push_back(request_of(event).waiting);
    numbers.push_back(event.b);
  }
  std::vector<float> waiting;
  std::vector<std::uint64_t> numbers;

 private:
  std::vector<End>& ends_;
};

std::vector<End> run_station(const Case& of, const std::vector<Arrival>& arrivals,
                             const std::vector<std::int64_t>& services) {
  Leg back(nullptr, 1, "back", {true, 0, 2}, 0);
  StationSetup setup;
  setup.entity = 1;
  setup.workers = of.workers;
  setup.queue_limit = of.limit;
  setup.levels = 2;
  setup.window = {Instant{}, Instant{arrivals.back().at + 1}};
  for (std::uint32_t level = 0; level < 2; ++level)
    for (std::uint32_t kind = 0; kind < services.size(); ++kind)
      setup.routes.push_back({true, true, static_cast<Route>(level * services.size() + kind), level,
                              kind, &back, &back});
  for (const std::int64_t service : services)
    setup.times.emplace_back(Distribution(Constant{Duration{service}}), Stream(1, "service"));
  std::vector<End> ends(arrivals.size());
  Feeder feeder(arrivals, {true, 0, 1}, services);
  const auto station = make_station(of.discipline, std::move(setup));
  Collector collector(ends);
  sim::Simulation simulation;
  Cell& cell = simulation.emplace<Cell>("cell");
  for (Entity* entity : {static_cast<Entity*>(&feeder), static_cast<Entity*>(station.get()),
                         static_cast<Entity*>(&collector)})
    cell.add(entity);
  sim::RunOptions options;
  options.until = Instant{arrivals.back().at} + second;
  REQUIRE(simulation.run(options).ok());
  for (std::size_t i = 0; i < collector.numbers.size(); ++i) {
    const auto number = collector.numbers[i];
    if (ends[number].refused) continue;
    const auto inside = ends[number].at - arrivals[number].at;
    CHECK(collector.waiting[i] == static_cast<float>(inside - arrivals[number].service));
  }
  CHECK(station->inside() == std::vector<std::int64_t>(2 * services.size()));
  return ends;
}

// --- All small cases -----------------------------------------------------------------------------

constexpr std::int64_t unit = 1000;  // ns; rounding to whole ns is small beside it

std::vector<std::vector<Arrival>> all_cases(std::size_t requests) {
  std::vector<std::vector<Arrival>> cases{{}};
  for (std::size_t i = 0; i < requests; ++i) {
    std::vector<std::vector<Arrival>> longer;
    for (const auto& known : cases)
      for (const std::int64_t gap : {0, 1, 3})
        for (const std::uint32_t level : {0u, 1u})
          for (const std::int64_t service : {1, 4}) {
            auto one = known;
            const std::int64_t last = known.empty() ? 0 : known.back().at;
            one.push_back({last + gap * unit, level, service * unit});
            longer.push_back(std::move(one));
          }
    cases = std::move(longer);
  }
  return cases;
}

void compare(const Case& of) {
  const std::vector<std::int64_t> services = {unit, 4 * unit};
  constexpr std::int64_t apart = 100 * unit;
  std::vector<Arrival> together;
  std::vector<End> expected;
  std::int64_t base = 0;
  for (const auto& one : all_cases(4)) {
    for (End end : Twin(of, one).run()) {
      end.at += base;
      expected.push_back(end);
    }
    for (Arrival arrival : one) {
      arrival.at += base;
      together.push_back(arrival);
    }
    base += apart;
  }
  const std::vector<End> found = run_station(of, together, services);
  const std::int64_t slack = of.discipline == Discipline::processor_sharing ? 2 : 0;
  std::size_t different = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const std::int64_t off = std::abs(found[i].at - expected[i].at);
    if (found[i].refused != expected[i].refused || off > slack) {
      if (different++ > 0) continue;
      CAPTURE(i);
      CAPTURE(together[i].at - together[i / 4 * 4].at);
      CAPTURE(found[i].refused);
      CHECK(found[i].at == expected[i].at);
    }
  }
  CHECK(different == 0);
}

void compare_all(Discipline discipline) {
  for (const std::int64_t workers : {1, 2})
    for (const std::int64_t limit : {0, 1, 100}) {
      CAPTURE(workers);
      CAPTURE(limit);
      compare({discipline, workers, limit});
    }
}

TEST_CASE("a FIFO station does what its twin does in all small cases") {
  compare_all(Discipline::fifo);
}
TEST_CASE("a station with priorities does what its twin does in all small cases") {
  compare_all(Discipline::priority);
}
TEST_CASE("a station with preemption does what its twin does in all small cases") {
  compare_all(Discipline::preemptive_priority);
}
TEST_CASE("a sharing station does what its twin does in all small cases, but for rounding") {
  compare_all(Discipline::processor_sharing);
}

}  // namespace
}  // namespace springtide::models::station
