// Users of lost servers on their way to others.
//
//   server lost --> its users, in groups --dealt evenly--> servers of the same carrier
//                                       \--no such server is up--> kept until one is back
//
// Each user connects after a back-off of its own, where the server it was dealt to has room
// (workload/crowd: admit); it does not look for another one unless that is lost too. A server that
// is back is empty and takes users of later losses.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "models/fleet/incidents/outages.h"
#include "workload/crowd/crowd.h"

namespace springtide::models::fleet {

// What a change of outages did.
struct Moved {
  std::int64_t users = 0;          // online, of servers lost, who look for another one
  std::int64_t requests_lost = 0;  // on their way to be sent again
  std::int64_t nowhere = 0;        // users for whom no server is up, in all, after the change
};

class Moves {
 public:
  explicit Moves(const Outages& outages) : outages_(outages) {}

  // A user comes to another server, where it has another local number: what it has had goes with
  // it.
  struct Step {
    std::uint32_t from_server = 0, from_user = 0, to_server = 0, to_user = 0;
  };
  using Carry = std::function<void(const Step&)>;

  // All crowds, by server; `second` is the next to be asked, and one of Outages::changes(). `carry`
  // may be empty.
  Moved change(std::int64_t second, std::span<workload::Crowd* const> crowds,
               const Carry& carry = {});

 private:
  struct Kept {
    std::uint32_t server = 0;  // that they lost
    workload::Group group;
  };
  void settle(const Kept& kept, std::int64_t second, std::span<workload::Crowd* const> crowds,
              const Carry& carry);

  const Outages& outages_;
  std::vector<Kept> nowhere_;
};

}  // namespace springtide::models::fleet
