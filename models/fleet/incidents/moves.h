// Users of lost servers on their way to others.
//
//   server lost --> its users, in groups --dealt evenly--> servers of the same carrier
//                                       \--no such server is up--> kept until one is back
//
// Each user connects after a back-off of its own (workload/crowd: admit). Where the server it was
// dealt to has no room, it is refused and tries the next one of its carrier's list after its next,
// doubled, back-off, and so on round the list; when all are full it goes on with the last one until
// it gives up. Rooms are those at the instant of the loss, filled in the order of the servers lost
// and of users' numbers: by that it is decided here where a user ends, while its attempts happen in
// their own time. A server that is back is empty and takes users of later losses; who is still
// being refused elsewhere does not hear of it.
//
// Servers are spread over ranks. The users of one lost server after the other go out as bytes, from
// the rank of the server that is lost to those of the others (and so where all are on one rank):
// every server gets its new users in the same order, whoever runs it, and never are more of them in
// the form of bytes than one server has.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "models/fleet/incidents/outages.h"
#include "sim/ranks/ranks.h"
#include "workload/crowd/crowd.h"

namespace springtide::models::fleet {

// What a change of outages did, to the servers of this rank.
struct Moved {
  std::int64_t users = 0;          // online, of servers lost, who look for another one
  std::int64_t requests_lost = 0;  // on their way to be sent again
  std::int64_t nowhere = 0;        // users for whom no server is up, in all, after the change

  static void state(auto& self, auto& bytes) {  // base/bytes.h
    bytes(self.users, self.requests_lost, self.nowhere);
  }
};

class Moves {
 public:
  explicit Moves(const Outages& outages) : outages_(outages) {}

  // What users take along beside what their crowd knows of them; all may be empty. A server's
  // users from `first` on, so many, are those of the group that was packed. A server that all have
  // left forgets what they had.
  struct Belongings {
    std::function<void(std::uint32_t server, const workload::Group& group, ByteWriter& bytes)> pack;
    std::function<void(std::uint32_t server, std::uint32_t first, std::uint32_t count,
                       ByteReader& bytes)>
        unpack;
    std::function<void(std::uint32_t server)> forget;
  };

  // Crowds by server, nullptr where another rank runs it (sim::Ranks::owner_of); `second` is the
  // next to be asked, and one of Outages::changes(). All ranks call it together.
  Moved change(std::int64_t second, std::span<workload::Crowd* const> crowds,
               const Belongings& belongings, sim::Ranks& ranks);

  static void state(auto& self, auto& bytes) { bytes(self.nowhere_); }  // base/bytes.h

 private:
  struct Lost {
    std::uint32_t server = 0;
    std::vector<workload::Group> users;  // empty where another rank runs it
    static void state(auto& self, auto& bytes) { bytes(self.server, self.users); }
  };
  struct Change {
    std::int64_t second = 0;
    std::span<workload::Crowd* const> crowds;
    const Belongings& belongings;
    sim::Ranks& ranks;
  };
  void settle(Lost lost, const Change& change);
  // Servers that take users, in the order in which they are tried, and how many each has room for.
  struct Refuges {
    std::vector<std::uint32_t> servers;
    std::vector<std::int64_t> rooms;
  };
  static void find_rooms(Refuges& refuges, const Change& change);
  static std::vector<sim::Block> pack(const Lost& lost, Refuges refuges, const Change& change);
  static void place(workload::Group group, std::size_t first, const Lost& lost, Refuges& refuges,
                    std::vector<ByteWriter>& bytes, const Change& change);
  static void unpack(const sim::Block& block, const Change& change);

  const Outages& outages_;
  std::vector<Lost> nowhere_;  // the same servers on every rank
};

}  // namespace springtide::models::fleet
