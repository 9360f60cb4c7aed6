// What a fleet did, summed up while it runs: by second, kind of server (a cluster, where all
// servers are simulated), server and slice. Everything is a sum of integers, folded in the order of
// the servers.
#pragma once

#include <cstdint>
#include <vector>

#include "measure/histogram.h"
#include "measure/record.h"
#include "measure/series.h"
#include "models/fleet/layout.h"
#include "models/fleet/results/server_grids.h"
#include "models/fleet/sample/sample.h"
#include "models/fleet/server/arrays/latency_counts.h"

namespace springtide::models::fleet {

struct SlabReport;

struct SecondSums {  // of true time, but where "clock" is said
  measure::SecondCounter requests, reacting, local_answers, active, online, lost, ring_drops,
      packets_in, bytes_in, again, come_again, given_up, runtime_ns, marking_ns;
  // By the servers' clocks:
  measure::SecondCounter read, refused, dropped, busy_ns, issued, won;

  void merge(const SecondSums& other);
  static void state(auto& self, auto& bytes) {  // base/bytes.h
    bytes(self.requests, self.reacting, self.local_answers, self.active, self.online, self.lost,
          self.ring_drops, self.packets_in, self.bytes_in, self.again, self.come_again,
          self.given_up, self.runtime_ns, self.marking_ns, self.read, self.refused, self.dropped,
          self.busy_ns, self.issued, self.won);
  }
};

struct ServerSums {
  std::int64_t requests = 0, read = 0, refused = 0, dropped = 0;
  std::int64_t busy_ns = 0;  // until the end of the run; what waits then is served later
  std::int64_t peak = 0;     // most read in one second of its clock
  // Most in a second: busy, of its clock; online and frames at its card.
  std::int64_t most_busy_ns = 0, most_online = 0, most_packets = 0;
  std::int64_t cycles = 0;
  std::int64_t latency_p99_ns = -1;
  std::uint64_t digest = 0;  // of every answer
  Stock::Account packets;

  void merge(const ServerSums& other);
  static void state(auto& self, auto& bytes) {
    bytes(self.requests, self.read, self.refused, self.dropped, self.busy_ns, self.peak,
          self.most_busy_ns, self.most_online, self.most_packets, self.cycles, self.latency_p99_ns,
          self.digest, self.packets);
  }
};

// Packets of one sponsor, of all servers.
struct SponsorSums {
  double prepared = 0, issued = 0, won = 0;  // whole numbers, where nothing is estimated

  static void state(auto& self, auto& bytes) { bytes(self.prepared, self.issued, self.won); }
};

// What estimates need to know of each server, where not all are simulated.
struct ObservedServer {
  std::vector<std::uint32_t> requests;  // sent to it, by second
  measure::Histogram latency;
  std::int64_t lost = 0, given_up = 0;  // frames; requests
};

class Sums {
 public:
  // `layout` and `sample` must stay where they are.
  Sums(const Layout& layout, const spec::Scenario& scenario, const Sample& sample);

  // What a server did in the slab that began at this second.
  void add(std::size_t server, std::int64_t from_second, const SlabReport& report);
  // The latencies of all servers that a thread took; where not all are simulated, of each one.
  void add_latencies(std::int64_t from_second, LatencyCounts& latencies);
  void add_latencies(std::size_t server, std::int64_t from_second,
                     const measure::Histogram& latencies);
  // The slab ended at this second; then the run.
  void end_slab(std::size_t server, std::int64_t second, const Server& state) {
    grids_.end_slab(static_cast<std::uint32_t>(server), second, state);
  }
  void end(std::size_t server, const Server& state);

  // Sums of the same fleet, whole, to which other servers were added.
  void merge(const Sums& other);
  static void state(auto& self, auto& bytes) {  // base/bytes.h
    bytes(self.offered_, self.all_);
    bytes.each(self.kinds_);
    bytes.each(self.servers_);
    bytes(self.slices_);
    bytes.each(self.pauses_);
    bytes(self.packets_, self.sponsors_, self.grids_);
  }

  // The sums of all servers, estimated from those that are simulated; itself where all are.
  Sums expanded() const;

  std::int64_t offered() const { return offered_; }
  const SecondSums& all() const { return all_; }
  // Where all servers are simulated, and of what expanded() gives.
  const SecondSums& cluster(std::size_t number) const { return kinds_[number]; }
  const ServerSums& server(std::size_t number) const { return servers_[number]; }
  const std::vector<measure::Histogram>& latencies() const { return slices_; }
  measure::Histogram latency() const;                         // of all slices and kinds
  const Stock::Account& packets() const { return packets_; }  // of all servers
  measure::Histogram pauses() const;
  const std::vector<SponsorSums>& sponsors() const { return sponsors_; }
  const ServerGrids& grids() const { return grids_; }
  std::uint64_t digest() const;  // of all servers, in their order
  const Sample& sample() const { return sample_; }
  const ObservedServer& observed(std::size_t server) const { return observed_[server]; }

 private:
  void observe(std::size_t server, const SlabReport& report);
  SecondSums& kind_of(std::size_t server) { return kinds_[sample_.kind_of[server]]; }
  void add_served(std::size_t server, const SlabReport& report);
  void add_runtime(std::size_t server, const SlabReport& report);

  const Layout& layout_;
  const Sample& sample_;
  Duration slice_;
  std::int64_t seconds_;  // of the run
  std::int64_t offered_ = 0;
  SecondSums all_;
  std::vector<SecondSums> kinds_;
  std::vector<ServerSums> servers_;
  std::vector<ObservedServer> observed_;    // by server; empty where all are simulated
  std::vector<measure::Histogram> slices_;  // of all kinds, where all are simulated
  std::vector<std::vector<measure::Histogram>> slices_of_kind_;  // else
  std::vector<measure::Histogram> pauses_;                       // by kind
  std::vector<Stock::Account> packets_of_kind_;
  Stock::Account packets_;
  std::vector<SponsorSums> sponsors_;
  ServerGrids grids_;
};

}  // namespace springtide::models::fleet
