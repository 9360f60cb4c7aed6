// The red packets of one server: its part of every pool, issued in a burst at each whole second of
// its clock, each given to the next shake of a user who may have it.
//
//   clock second    burst |xxxx                    |xxx
//   answers           . . . . . . . . . . . . . . . . . . .      in the order in which they are
//                     .   W W . W W                  W W W       served; one packet an answer
//
// Seed packets know their sponsors and the limits of a user (policy/seed_packets.h); pools of equal
// limits share one account of who has had what: they are files of the same sponsors. Shake packets
// are seed packets without limits. An answer looks through the pools in the order of their names.
//
// Left out: the packet queue of each SET. Packets wait for the server's next shake, not for the
// next one of a SET, so a burst is gone after as many shakes.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "models/fleet/backends/winner.h"
#include "policy/seed_packets.h"
#include "spec/scenario.h"
#include "workload/crowd/group.h"

namespace springtide::models::fleet {

// Of one second of the server's clock.
struct PacketSecond {
  std::int64_t second = 0;
  std::int64_t issued = 0, won = 0;                // packets
  std::int64_t issued_amount = 0, won_amount = 0;  // cents
  static void state(auto& self, auto& bytes) {
    bytes(self.second, self.issued, self.won, self.issued_amount, self.won_amount);
  }
};

class Stock {
 public:
  Stock(const std::map<std::string, spec::PacketPool>& pools, std::uint64_t seed,
        std::int64_t server, std::int64_t servers, Duration clock_offset);

  // Nobody served up to this instant can win anything.
  bool nothing_until(std::int64_t at) const { return waiting_ == 0 && at < next_burst_; }

  // The user's answer leaves at `at`; answers in the order in which they are served.
  void answer(std::uint32_t user, std::int64_t at) {
    if (at >= next_burst_) [[unlikely]]
      issue(at);
    if (waiting_ > 0) give(user, at);
  }

  // The server is gone from the one instant on, and back at the other: bursts in between are
  // missed.
  void go_down(std::int64_t at) {
    if (at > next_burst_) issue(at - 1);
  }
  void come_back(std::int64_t at);

  // What members of a group, users of this server, have had; and on the server to which they come,
  // of the same pools: its users from `first` on have had that and nothing else. False: these bytes
  // are not of such a group.
  void pack(const workload::Group& group, ByteWriter& bytes) const;
  [[nodiscard]] bool unpack(std::uint32_t first, std::uint32_t count, ByteReader& bytes);
  // All have left: what they had went with them.
  void forget_users() {
    for (policy::PacketHolders& holders : holders_) holders.clear();
  }

  std::vector<PacketSecond> take_seconds();
  std::vector<Winner> take_winners() { return std::exchange(winners_, {}); }

  // Since the start; of seed and shake packets together.
  struct Account {
    std::int64_t prepared = 0, issued = 0, won = 0, waiting = 0;
    std::int64_t issued_amount = 0, won_amount = 0, waiting_amount = 0;

    void merge(const Account& other);
    static void state(auto& self, auto& bytes) {  // base/bytes.h
      bytes(self.prepared, self.issued, self.won, self.waiting, self.issued_amount, self.won_amount,
            self.waiting_amount);
    }
  };
  Account account() const;
  std::int64_t remaining() const;  // packets not yet issued
  // Of seed pools together, sponsors numbered from 0.
  struct SponsorAccount {
    std::int64_t prepared = 0, issued = 0, won = 0;
  };
  std::vector<SponsorAccount> by_sponsor() const;
  // Of each seed pool, by name: how many were won.
  std::vector<std::int64_t> won_by_pool() const;

  // For checkpoints (base/bytes.h): of the same server and pools.
  static void state(auto& self, auto& bytes) {
    bytes.each(self.pools_);
    bytes.each(self.holders_);
    bytes(self.waiting_, self.next_burst_, self.current_, self.seconds_, self.winners_);
  }

 private:
  struct Pool {
    spec::PacketPool spec;
    std::uint32_t number = 0;  // among the seed pools, by name
    bool is_seed = false;
    policy::SeedFile file;
    std::size_t holders = 0;
    std::int64_t burst = 0;                                   // which is next
    std::int64_t next_at = 0;                                 // second of the clock
    std::int64_t burst_at(std::int64_t clock_offset) const {  // true time, ns
      return next_at * second.ns - clock_offset;
    }
    static void state(auto& self, auto& bytes) { bytes(self.file, self.burst, self.next_at); }
  };
  void issue(std::int64_t at);
  void give(std::uint32_t user, std::int64_t at);
  void begin_second(std::int64_t at);
  std::int64_t amount_of(const Pool& pool, std::int64_t number) const;

  std::uint64_t seed_;
  std::int64_t server_, servers_, clock_offset_;
  std::vector<Pool> pools_;
  std::vector<policy::PacketHolders> holders_;
  std::int64_t waiting_ = 0;
  std::int64_t next_burst_;  // ns, true time
  PacketSecond current_;
  std::vector<PacketSecond> seconds_;
  std::vector<Winner> winners_;
};

}  // namespace springtide::models::fleet
