// What all users of a fleet fetch at the cues: viewers of every server, links of every carrier and
// site, second by second.
//
//   reactions of a server's users --> viewers --asked--> link (site, carrier, kind) --> there
//
// Servers tell of their seconds side by side (each only of its own); advance() then lets the links
// carry what was asked, in the order of the servers' numbers. That something is there is seen by
// users from the next call of advance() on. Every rank has all links: it hears what was asked on
// the others and carries it too.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "measure/record.h"
#include "measure/series.h"
#include "models/fleet/resources/fetch_link.h"
#include "models/fleet/resources/resources_plan.h"
#include "models/fleet/resources/viewers.h"
#include "sim/ranks/ranks.h"

namespace springtide::models::fleet {

struct Reaction {
  Instant at;               // the first shake after a cue
  std::uint32_t local = 0;  // number of the user on its server
  std::uint64_t user = 0;   // among all
};

struct ShownCue {
  std::string name;
  Instant at;
};

class Fetches {
 public:
  struct Way {
    std::string site, carrier;
    auto operator<=>(const Way&) const = default;
  };

  // `ways`: by server, over which link its users fetch. Cues in order of time. `stands_for`: by
  // server, how often each of its fetches counts; those not named: once.
  Fetches(ResourcesPlan plan, std::vector<ShownCue> cues, const std::vector<Way>& ways,
          const std::vector<std::int64_t>& stands_for = {});

  Fetches(const Fetches&) = delete;
  Fetches& operator=(const Fetches&) = delete;

  // One second of one server, in order, those without reactions and requests may be left out; not
  // before `reached()`. From any thread, one at a time for each server.
  void tell(std::uint32_t server, std::int64_t second, std::span<const Reaction> reactions,
            std::span<const workload::Shake> requests);

  // All servers have told of all seconds before `until`. All ranks call it together.
  void advance(std::int64_t until, sim::Ranks& ranks);

  std::int64_t reached() const { return reached_; }
  std::int64_t waiting() const;  // users of this rank's servers who wait, now
  // Adds series, figures, distributions and tables (docs/report.md, "The night of a fleet").
  void record(measure::Record& record) const;

  // What the record needs of another rank, and how it comes in there.
  void give(ByteWriter& bytes) const { bytes(without_pictures_); }
  void merge(ByteReader& bytes);
  // For checkpoints (base/bytes.h): of the same plan, servers and links.
  static void state(auto& self, auto& bytes) {
    bytes.each(self.servers_);
    bytes.each(self.links_);
    bytes(self.waiting_, self.without_pictures_, self.reached_);
  }

 private:
  struct Told {
    std::int64_t second = 0;
    std::vector<Asked> asked;           // by kind; empty: nothing
    std::int64_t without_pictures = 0;  // requests of users who wait
    static void state(auto& self, auto& bytes) {
      bytes(self.second, self.asked, self.without_pictures);
    }
  };
  struct Server {
    Server(const ResourcesPlan& plan, std::size_t of_way, std::int64_t times)
        : viewers(plan), way(of_way), stands_for(times) {}
    Viewers viewers;
    std::size_t way;
    std::int64_t stands_for;
    std::vector<Told> told;  // seconds not yet passed on
    static void state(auto& self, auto& bytes) { bytes(self.viewers, self.told); }
  };
  struct Link {
    FetchLink link;
    std::vector<std::int64_t> asked, without_preload;  // resources, by second
    static void state(auto& self, auto& bytes) {
      bytes(self.link, self.asked, self.without_preload);
    }
  };

  void pass_on(const Told& told, const Server& server, std::int64_t until);
  void hear_of_others(std::int64_t until, sim::Ranks& ranks);
  std::size_t cue_at(Instant at) const;  // one more than the number of the latest
  Link& link(std::size_t way, std::size_t kind) { return links_[way * kinds() + kind]; }
  const Link& link(std::size_t way, std::size_t kind) const { return links_[way * kinds() + kind]; }
  std::size_t kinds() const { return plan_.kinds().size(); }
  double carried_gbit(std::size_t way, std::size_t second) const;
  double without_preload_gbit(std::size_t way, std::size_t second) const;
  void record_series(measure::Record& record) const;
  void record_push(measure::Record& record) const;
  void record_cues(measure::Record& record) const;
  void record_totals(measure::Record& record) const;

  ResourcesPlan plan_;
  std::vector<ShownCue> cues_;
  std::vector<Way> ways_;  // sorted, each once
  std::vector<Server> servers_;
  std::vector<Link> links_;            // by way, then kind
  std::vector<std::int64_t> waiting_;  // fetches, at the end of each second
  measure::SecondCounter without_pictures_;
  std::int64_t reached_ = 0;
};

}  // namespace springtide::models::fleet
