// The fleet in motion: slabs of simulated time, in which servers know nothing of each other.
//
//   slab:  server 0   source -> kernel, second after second  |
//          server 1   source -> kernel ...                   | threads take the next server
//          ...                                               |
//   then:  what each server did is folded in the order of the servers; exchange between servers
//
// So any number of threads gives the same bytes. And of ranks (sim/ranks): servers are dealt to
// them in turn, each rank holds only its own and sums up what they did; between slabs winners go to
// the first rank, users of lost servers from rank to rank; at the end all sums come to the first. A
// slab is 10 s long: every slice of a record
// (measure::slice_for) is a whole number of slabs; where servers are lost or come back, it ends
// earlier.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/diagnostic.h"
#include "measure/record.h"
#include "models/fleet/clients/source.h"
#include "models/fleet/layout.h"
#include "models/fleet/server/server.h"
#include "models/fleet/surroundings/surroundings.h"
#include "models/run.h"

namespace springtide::models::fleet {

inline constexpr std::int64_t slab_seconds = 10;

// What one server did in a slab.
struct SlabReport {
  struct Second {
    ArrivedSecond arrived;
    workload::CrowdCounts crowd;
    static void state(auto& self, auto& bytes) { bytes(self.arrived, self.crowd); }
  };
  std::vector<Second> seconds;  // of true time, in order
  std::vector<ServedSecond> served;
  std::vector<Interruptions::Spent> spent;  // by the runtime
  std::vector<go::Cycle> cycles;
  std::vector<PacketSecond> packets;
  std::vector<Winner> winners;  // for the back ends, in the order in which they won

  static void state(auto& self, auto& bytes) {  // base/bytes.h
    bytes(self.seconds, self.served, self.spent, self.cycles, self.packets, self.winners);
  }
};

// A server with those who ask it: all its state.
class Post {
 public:
  Post(const Layout& layout, std::size_t number, const Surroundings& around);

  void run(std::int64_t from_second, std::int64_t to_second, workload::Workspace& crowd_room,
           Workspace& room, Surroundings& around);

  const SlabReport& report() const { return report_; }
  const Server& server() const { return server_; }
  Server& server() { return server_; }
  Source& source() { return *source_; }
  const Source& source() const { return *source_; }

  // For checkpoints (base/bytes.h), between two slabs: of the same server.
  static void state(auto& self, auto& bytes) {
    bytes.same(self.number_);
    bytes(*self.source_, self.server_);
  }

 private:
  std::uint32_t number_;
  std::unique_ptr<Source> source_;
  Server server_;
  SlabReport report_;
};

}  // namespace springtide::models::fleet

namespace springtide::models {

// Whether this road is asked for: Road::fleet, or a crowd that reacts to cues.
bool is_fleet_scenario(const spec::Scenario& scenario);

Result<measure::Record> run_fleet_world(const spec::Scenario& scenario, const RunOptions& options);

// The record of a run that has not begun: every name and unit that the run's own will have.
Result<measure::Record> empty_fleet_record(const spec::Scenario& scenario);

}  // namespace springtide::models
