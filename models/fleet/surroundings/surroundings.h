// What happens around the access servers of a fleet: one object between the world, which runs the
// servers, and back ends, resources, live control and incidents.
//
//                 slab                                      between slabs
//   server i:  crowd --> server       --tell--> resources: links carry, users have it
//              (own thread)           --tell--> counts     back ends: winners, in one order of time
//                                                          incidents: users to other servers
//
// The world calls begin_slab, then tell from the servers' threads (each server from one at a
// time), then hands over winners in the order of the servers' numbers and calls end_slab.
//
// On several ranks each runs its own servers (sim::Ranks::owns) and calls all of this for them, at
// the same seconds. Outages, control and links are the same everywhere; back ends are with the
// first rank; counts are kept apart and brought together for the record.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/diagnostic.h"
#include "measure/record.h"
#include "measure/series.h"
#include "models/fleet/backends/back_ends.h"
#include "models/fleet/control/change.h"
#include "models/fleet/incidents/moves.h"
#include "models/fleet/incidents/outages.h"
#include "models/fleet/layout.h"
#include "models/fleet/resources/fetches.h"
#include "models/fleet/sample/sample.h"
#include "sim/ranks/ranks.h"
#include "spec/scenario.h"
#include "workload/crowd/crowd.h"

namespace springtide {
class ByteReader;
class ByteWriter;
}  // namespace springtide

namespace springtide::models::fleet {

class Surroundings {
 public:
  // `layout` and `ranks` must stay where they are. Servers ask as often as they stand for others of
  // the sample. Problems: what this road cannot do.
  static Result<std::unique_ptr<Surroundings>> make(const spec::Scenario& scenario,
                                                    const Layout& layout, const Sample& sample,
                                                    std::uint64_t seed, sim::Ranks& ranks);

  // A slab that begins at second `from` and should end at `to` ends here: where servers go or come
  // back, another slab begins.
  std::int64_t slab_end(std::int64_t from, std::int64_t to) const;

  // Servers that are lost as a second begins; requests that they had not answered.
  std::vector<std::uint32_t> lost_at(std::int64_t second) const;
  std::vector<std::uint32_t> back_at(std::int64_t second) const;  // servers that come back
  void lose_requests(std::int64_t count) { queued_lost_ += count; }

  // Moves users between crowds (by server) where servers go or come back at this second, from
  // which on the next slab is.
  void begin_slab(std::int64_t second, std::span<workload::Crowd* const> crowds,
                  const Moves::Belongings& belongings);

  bool down(std::uint32_t server, std::int64_t second) const;
  // When a server may give away packets of a wave that begins at `begin`.
  Instant issues_from(std::uint32_t server, Instant begin) const;

  // A second of a server's crowd, just asked: its requests, and what the workspace has beside them.
  void tell(std::uint32_t server, std::int64_t second, const workload::Crowd& crowd,
            workload::Workspace& workspace, std::span<const workload::Shake> requests);

  // Packets given away in the slab, by a server.
  void hand_on(std::uint32_t server, std::span<const Winner> winners);
  void end_slab(std::int64_t second);

  // The back ends work off what was handed on in the slabs that have ended: may go on beside the
  // servers of the next slab, for nothing leads back to those.
  void work_back_ends();

  // The end of the run, on several ranks: what another one counted comes to the first.
  void give(ByteWriter& bytes) const;
  void merge(ByteReader& bytes);

  // Then, on the first rank: back ends go on until all is done, at most for `drain_limit`. `won`:
  // how many packets the servers gave away, by pool in the order of names.
  void record(const std::vector<std::int64_t>& won, measure::Record& record);

  static constexpr Duration drain_limit = minute * 60;

  // For checkpoints (base/bytes.h), between two slabs: of the same scenario and seed.
  void save(ByteWriter& bytes) const;
  void restore(ByteReader& bytes);

 private:
  struct Note {  // of a second of a server in which anything is worth a note
    std::int64_t second = 0, stale = 0, attempts = 0, connected = 0, refused = 0, given_up = 0,
                 waited = 0;
  };
  struct OfServer {
    std::vector<std::pair<Instant, Instant>> stale;
    std::size_t next_stale = 0;
    std::vector<Note> notes;
    std::vector<Reaction> reactions;  // of one second
    static void state(auto& self, auto& bytes) {
      bytes(self.next_stale);
      bytes.require(self.notes.empty() && self.next_stale <= self.stale.size());
    }
  };
  struct Change {
    std::int64_t second = 0;
    Moved moved;
    static void state(auto& self, auto& bytes) { bytes(self.second, self.moved); }
  };
  struct Counters {
    measure::SecondCounter stale, attempts, connected, refused, given_up, waited;

    void add(const Note& note);
    void merge(const Counters& other);
    static void state(auto& self, auto& bytes) {
      bytes(self.stale, self.attempts, self.connected, self.refused, self.given_up, self.waited);
    }
  };

  static void state(auto& self, auto& bytes);

  Surroundings(const Layout& layout, Outages outages, std::vector<std::int64_t> stands_for,
               sim::Ranks& ranks);
  static std::vector<Place> places_of(const spec::Scenario& scenario, const Layout& layout);
  void add_control(const spec::Scenario& scenario, std::uint64_t seed);
  void add_resources(const spec::Scenario& scenario, std::uint64_t seed);
  std::int64_t stale_requests(OfServer& server, std::int64_t second,
                              std::span<const workload::Shake> requests) const;
  void take_winners(const sim::Block& block);
  void record_losses(measure::Record& record) const;
  void record_incidents(measure::Record& record) const;
  void add_incident(const Outage& outage, const measure::Series* online,
                    measure::Record& record) const;

  const Layout& layout_;
  sim::Ranks& ranks_;
  Outages outages_;
  Moves moves_;
  std::optional<Control> control_;
  std::optional<Fetches> fetches_;
  std::optional<BackEnds> back_ends_;     // on the first rank
  bool hands_on_ = false;                 // there are back ends
  ByteWriter handed_on_;                  // in this slab, to the first rank
  std::vector<std::int64_t> stands_for_;  // by server
  std::int64_t queued_lost_ = 0;
  std::int64_t ended_ = 0;  // second up to which slabs have ended
  std::vector<OfServer> servers_;
  std::vector<Change> changes_;
  Counters counters_;
};

}  // namespace springtide::models::fleet
