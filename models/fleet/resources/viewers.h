// The users of one server before what a cue shows: who lacks it and asks for it, who still waits
// for it while shaking.
//
//   a user reacts to a cue --lacks?--> asks --link--> there      a request in between goes without
//
// What is shown is what the latest cue shows. Who has fetched a resource keeps it (a bit for each
// user and each resource that is shown more than once). Waiting is told by a bit a user; those who
// ask in a second come out of it together when the link has served the second. Memory: 4 bytes for
// each who waits.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "models/fleet/resources/resources_plan.h"
#include "sim/fifo.h"
#include "workload/crowd/shake.h"
#include "workload/crowd/user_set.h"

namespace springtide::models::fleet {

// What the users of one server ask of one kind of resources in a second.
struct Asked {
  std::int64_t fetches = 0;          // resources, each by a user who lacks it
  std::int64_t without_preload = 0;  // what it would be if nobody had any beforehand
  static void state(auto& self, auto& bytes) { bytes(self.fetches, self.without_preload); }
};

class Viewers {
 public:
  explicit Viewers(const ResourcesPlan& plan) : plan_(&plan), kinds_(plan.kinds().size()) {}

  // A user reacts to what `cue` shows: local number on the server, number among all.
  void react(std::size_t cue, std::uint32_t local, std::uint64_t user);

  // Ends the second: what was asked in it, by kind. Seconds in order, none left out in which
  // somebody reacts or waits.
  const std::vector<Asked>& end_second(std::int64_t second);

  // The link has served all that was asked of a kind in seconds before this one.
  void served(std::size_t kind, std::int64_t before);

  // Users who wait for something, each counted for every kind.
  std::int64_t waiting() const;
  bool waits(std::uint32_t local) const;
  // How many of these requests are of users who wait.
  std::int64_t without_pictures(std::span<const workload::Shake> requests) const;

  // For checkpoints (base/bytes.h): of the same plan.
  static void state(auto& self, auto& bytes) {
    bytes.each(self.kinds_);
    bytes(self.asked_, self.ended_);
  }

 private:
  struct Lot {
    std::int64_t second = 0;
    std::vector<std::uint32_t> users;  // local
    static void state(auto& self, auto& bytes) { bytes(self.second, self.users); }
  };
  struct Kind {
    sim::Fifo<Lot> lots;
    std::vector<std::uint32_t> asking;  // in this second
    workload::UserSet waiting;
    workload::UserSeconds again;  // who asked once more while waiting: when, at last
    std::int64_t count = 0;       // of those who wait
    std::vector<std::pair<std::int64_t, workload::UserSet>> fetched;  // resources shown again
    static void state(auto& self, auto& bytes) {
      bytes(self.lots, self.asking, self.waiting, self.again, self.count, self.fetched);
    }
  };

  bool fetch(std::size_t kind, std::size_t cue, std::int64_t index, std::uint32_t local,
             std::uint64_t user);

  const ResourcesPlan* plan_;
  std::vector<Kind> kinds_;
  std::vector<Asked> asked_, ended_;
};

}  // namespace springtide::models::fleet
