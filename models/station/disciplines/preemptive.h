// A station of the textbook world where an urgent request takes the worker of a less urgent one
// (disciplines/urgent_workers.h). An arrival that finds workers + limit inside is refused whatever
// its level.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/station/disciplines/station.h"
#include "models/station/disciplines/urgent_workers.h"

namespace springtide::models::station {

class PreemptiveStation final : public Station {
 public:
  explicit PreemptiveStation(StationSetup setup);

  void handle(sim::Context& context, const sim::Event& event) override;
  std::vector<std::int64_t> inside() const override;
  bool measures_whole() const override { return true; }

 private:
  struct Job {
    Request request;
    Instant arrived;
    Duration service;
  };
  using Workers = UrgentWorkers<Job>;

  void count_inside(Instant until) override;
  void arrive(sim::Context& context, const Request& request);
  void complete(sim::Context& context, std::uint32_t worker);
  void begin(sim::Context& context, const std::optional<Workers::Start>& start);

  Workers workers_;
};

}  // namespace springtide::models::station
