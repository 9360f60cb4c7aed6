// Priorities with preemption: an arrival of a better level takes the worker of a worse one at once;
// who was interrupted goes on later where it stopped (preemptive resume).
//
// The victim is, of the worst level in service, the one that arrived last. Interrupted requests of
// a level stand before those of it that have not begun. An arrival that finds workers + limit
// inside is refused whatever its level.
#pragma once

#include <cstdint>
#include <vector>

#include "models/station/disciplines/station.h"
#include "sim/fifo.h"

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
    std::uint64_t number = 0;  // in order of arrival
    Duration service, remaining;
    std::uint32_t level = 0;
  };
  struct Worker {
    Job job;
    Instant ends;
    std::uint64_t turn = 0;  // of its completion event: an older one is void
    bool busy = false;
  };
  struct Level {
    std::vector<Job> interrupted;  // the last goes on first
    sim::Fifo<Job> fresh;
  };

  void count_inside(Instant until) override;
  void arrive(sim::Context& context, const Request& request);
  void begin(sim::Context& context, std::size_t worker, const Job& job);
  void complete(sim::Context& context, std::size_t worker);
  std::size_t victim() const;  // which worker serves the worst level, latest arrival
  std::size_t idle() const;

  std::vector<Worker> workers_;
  std::vector<Level> waiting_;
  std::uint64_t arrivals_ = 0;
};

}  // namespace springtide::models::station
