// A station of the textbook world whose workers are shared by all who are inside: processor sharing
// (disciplines/shared_workers.h).
#pragma once

#include <cstdint>
#include <vector>

#include "models/station/disciplines/shared_workers.h"
#include "models/station/disciplines/station.h"

namespace springtide::models::station {

class SharingStation final : public Station {
 public:
  explicit SharingStation(StationSetup setup)
      : Station(std::move(setup)), workers_(setup_.workers) {}

  void handle(sim::Context& context, const sim::Event& event) override;
  std::vector<std::int64_t> inside() const override;
  bool measures_whole() const override { return true; }

 private:
  struct Job {
    Request request;
    Instant arrived;
    Duration service;
  };

  void count_inside(Instant until) override;
  void arrive(sim::Context& context, const Request& request);
  void release(sim::Context& context);
  void count_levels();

  SharedWorkers<Job> workers_;
};

}  // namespace springtide::models::station
