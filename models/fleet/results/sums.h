// What a fleet did, summed up while it runs: by second, cluster, server and slice. Everything is a
// sum of integers, folded in the order of the servers.
#pragma once

#include <cstdint>
#include <vector>

#include "measure/histogram.h"
#include "measure/record.h"
#include "measure/series.h"
#include "models/fleet/layout.h"
#include "models/fleet/server/arrays/latency_counts.h"

namespace springtide::models::fleet {

struct SlabReport;

struct SecondSums {  // of true time, but where "clock" is said
  measure::SecondCounter requests, reacting, local_answers, active, online, lost, ring_drops,
      packets_in, again, come_again, given_up, runtime_ns, marking_ns;
  // By the servers' clocks:
  measure::SecondCounter read, refused, dropped, busy_ns, issued, won;

  void merge(const SecondSums& other);
  static void state(auto& self, auto& bytes) {  // base/bytes.h
    bytes(self.requests, self.reacting, self.local_answers, self.active, self.online, self.lost,
          self.ring_drops, self.packets_in, self.again, self.come_again, self.given_up,
          self.runtime_ns, self.marking_ns, self.read, self.refused, self.dropped, self.busy_ns,
          self.issued, self.won);
  }
};

struct ServerSums {
  std::int64_t requests = 0, read = 0, refused = 0, dropped = 0, busy_ns = 0;
  std::int64_t peak = 0;  // most read in one second of its clock
  std::int64_t cycles = 0;
  std::int64_t latency_p99_ns = -1;
  std::uint64_t digest = 0;  // of every answer
  Stock::Account packets;

  void merge(const ServerSums& other);
  static void state(auto& self, auto& bytes) {
    bytes(self.requests, self.read, self.refused, self.dropped, self.busy_ns, self.peak,
          self.cycles, self.latency_p99_ns, self.digest, self.packets);
  }
};

class Sums {
 public:
  Sums(const Layout& layout, const spec::Scenario& scenario);

  // What a server did in the slab that began at this second; then the latencies of a thread.
  void add(std::size_t server, std::int64_t from_second, const SlabReport& report);
  void add_latencies(std::int64_t from_second, LatencyCounts& latencies);
  void end(std::size_t server, const Server& state);  // of the run

  // Sums of the same fleet, to which other servers were added.
  void merge(const Sums& other);
  static void state(auto& self, auto& bytes) {  // base/bytes.h
    bytes(self.offered_, self.all_);
    bytes.each(self.clusters_);
    bytes.each(self.servers_);
    bytes(self.slices_, self.pauses_, self.packets_);
    bytes.each(self.requests_grid_.values);
    bytes.each(self.utilisation_grid_.values);
  }

  std::int64_t offered() const { return offered_; }
  const SecondSums& all() const { return all_; }
  const SecondSums& cluster(std::size_t number) const { return clusters_[number]; }
  const ServerSums& server(std::size_t number) const { return servers_[number]; }
  const std::vector<measure::Histogram>& latencies() const { return slices_; }
  const Stock::Account& packets() const { return packets_; }  // of all servers
  const measure::Histogram& pauses() const { return pauses_; }
  const measure::Grid& grid_of_requests() const { return requests_grid_; }
  const measure::Grid& grid_of_utilisation() const { return utilisation_grid_; }
  std::uint64_t digest() const;  // of all servers, in their order

 private:
  void add_served(std::size_t server, const SlabReport& report);
  void add_runtime(std::size_t server, const SlabReport& report);
  void fill_grids(std::size_t server, std::int64_t second, std::int64_t read, std::int64_t busy_ns);

  const Layout& layout_;
  Duration slice_;
  std::int64_t offered_ = 0;
  SecondSums all_;
  std::vector<SecondSums> clusters_;
  std::vector<ServerSums> servers_;
  std::vector<measure::Histogram> slices_;
  measure::Histogram pauses_;
  Stock::Account packets_;
  measure::Grid requests_grid_, utilisation_grid_;
};

}  // namespace springtide::models::fleet
