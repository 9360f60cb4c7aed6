// Processor sharing, exactly: n requests inside share c workers, each is served at the rate
// min(1, c / n), and no time slice is cut.
//
//   attained service of a request that is always inside:   dA/dt = min(1, c / n)
//
// A request that enters at A with service S leaves when A has grown by S, so a heap by A + S
// holds all that is needed, and one timer for its top (Kleinrock, Queueing Systems vol. 2, 4.4).
// A is an integer of 2^-16 ns that starts again whenever the station is empty, so no rounding
// decides an order: requests that finish at one A leave in the order of their arrival.
//
// min(n, c) count as served, the others as waiting. Limit: 39 hours of attained service in one busy
// period.
#pragma once

#include <cstdint>
#include <vector>

#include "models/station/disciplines/station.h"

namespace springtide::models::station {

class SharingStation final : public Station {
 public:
  explicit SharingStation(StationSetup setup) : Station(std::move(setup)) {}

  void handle(sim::Context& context, const sim::Event& event) override;
  std::vector<std::int64_t> inside() const override;
  bool measures_whole() const override { return true; }

 private:
  struct Job {
    std::int64_t leaves_at = 0;  // attained service, 2^-16 ns
    std::uint64_t number = 0;    // in order of arrival
    Request request;
    Instant arrived;
    Duration service;
  };
  static bool later(const Job& x, const Job& y) {
    return x.leaves_at != y.leaves_at ? x.leaves_at > y.leaves_at : x.number > y.number;
  }

  void attain(Instant now);
  void count_inside(Instant until) override;
  void arrive(sim::Context& context, const Request& request);
  void release(sim::Context& context);
  void arm(sim::Context& context);
  void count_levels();
  std::int64_t sharing() const;  // workers that are busy

  std::vector<Job> jobs_;             // a heap, the first leaves next
  std::int64_t attained_ = 0;         // 2^-16 ns
  Instant since_{};                   // attained_ is of this instant
  Instant armed_ = Instant::never();  // the earliest timer under way
  std::uint64_t arrivals_ = 0;
};

}  // namespace springtide::models::station
