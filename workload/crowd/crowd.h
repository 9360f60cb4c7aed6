// The crowd of one server: its users as individuals, and which of them asks when.
//
//   cue --- share reacts, each after a time of its own --> first shake      shaking
//                                                            |--------------------------|
//   requests of a user                                        r      r     r      r         .
//                                                             |<-gap>|<gap>|      throttle  ^ free
//
// A user who reacts shakes from `reaction` after the cue for the time `shaking`; between two of its
// requests lies the throttle, drawn for each. One who shakes already when it reacts again only goes
// on at least as long as the new reaction says: never two sessions of one user. A user whose time
// is over stays bound by the throttle until the next request would have been due: so no two
// requests of a user are closer than the throttle's lower bound, whatever the cues do.
//
//   with slots     requests leave at the user's own offset within the second, which stays the same
//                  all night; the throttle is a whole number of seconds (the nearest, not below its
//                  lower bound); the first request leaves at the first slot after the first shake,
//                  further ones while the user shakes. The offset is the user's slot minus the
//                  clock error of its phone, modulo a second. Slots are dealt evenly to the users
//                  of a server, by their numbers (workload/slots.h does so with client machines);
//                  a phone whose clock is ahead sends early.
//   without        at any instant; the end of shaking counts to the nearest second (an error of at
//                  most half a second, of mean zero).
//   no throttle    every movement of the hand is a request, at any instant.
//
// What is due is kept by second, one word each (shake.h), in a ring of seconds; a second is sorted
// when its turn comes. So the state is 8 bytes for every user who reacts or shakes, and 2 for every
// user online (sessions.h).
//
// Randomness: gaps from a stream per server and second, reactions from one per server and cue,
// back-off from one per server and user. So the requests are the same whatever else is asked in
// between, in whatever order servers are asked, and after save and restore.
//
// Instants are those at the server's card, in ticks of 2^-20 s; the intended instant of a request
// is that minus its way. So the way is no part of the offset, though a real slot is one at the
// phone. Even slots that are all late by the same way are as even as before; ways that differ make
// requests at the card uneven as another clock error of their spread would: what counts is the
// larger of both, and the errors of phones are (hundreds of milliseconds against tens).
// Not modelled: users who come online or go during the night by themselves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/random.h"
#include "base/time.h"
#include "workload/crowd/calendar.h"
#include "workload/crowd/crowd_plan.h"
#include "workload/crowd/group.h"
#include "workload/crowd/sessions.h"
#include "workload/crowd/shake.h"
#include "workload/crowd/user_set.h"
#include "workload/crowd/workspace.h"

namespace springtide::workload {

struct CrowdSpec {
  std::uint64_t seed = 1;
  std::uint32_t server = 0;      // its number: part of every stream's name
  std::uint32_t users = 0;       // own users: local numbers 0 .. users-1; at most 2^24
  std::uint32_t online = 0;      // the first of them; at most `users`
  std::int64_t connections = 0;  // that the server holds at most; 0: not limited

  bool operator==(const CrowdSpec&) const = default;
};

// What happened in one second; sums over crowds and seconds are meaningful, but for the last two.
struct CrowdCounts {
  std::int64_t reacting = 0;       // users whose reaction to a cue came to its first shake
  std::int64_t prolonged = 0;      // of them: who shook already
  std::int64_t begun = 0;          // sessions; reacting = prolonged + begun (+ gone meanwhile)
  std::int64_t ended = 0;          // sessions: the throttle ended and the user had stopped
  std::int64_t requests = 0;       // sent for the first time
  std::int64_t again = 0;          // sent once more, after a loss
  std::int64_t local_answers = 0;  // movements of hands that the phones answered themselves
  std::int64_t waited = 0;         // requests held back a second: no connection yet
  std::int64_t attempts = 0;       // to connect
  std::int64_t connected = 0;      // of them: succeeded
  std::int64_t refused = 0;        // of them: no room; each tries again or gives up
  std::int64_t given_up = 0;       // users
  std::int64_t active = 0;         // users in a session at the end of the second
  std::int64_t online = 0;         // users who hold a connection at the end of the second

  static void state(auto& self, auto& bytes) {  // base/bytes.h
    bytes(self.reacting, self.prolonged, self.begun, self.ended, self.requests, self.again,
          self.local_answers, self.waited, self.attempts, self.connected, self.refused,
          self.given_up, self.active, self.online);
  }
};

class Crowd {
 public:
  Crowd(std::shared_ptr<const CrowdPlan> plan, const CrowdSpec& spec);

  // The requests of a second, sorted by instant, then user; valid until the workspace is used
  // again. Seconds are asked in order; those before quiet_until() may be left out (their counts
  // are zero but for `active` and `online`, which do not change).
  std::span<const Shake> requests_of(std::int64_t second, Workspace& workspace);

  // Of the second asked last.
  const CrowdCounts& counts() const { return counts_; }

  // Nothing at all is due before this second, which is not before the next one;
  // Calendar::never if nothing will be due any more.
  std::int64_t quiet_until() const;

  // A request of the second asked last was lost and comes again at `arrives`, after that second:
  // it will be among the requests of its second, with the next attempt number. False where
  // `arrives` lies within the second asked last (nothing is kept then): SecondWalk of
  // second_walk.h puts those where they belong. shake.attempt() < Shake::max_attempt.
  bool again(Shake shake, Instant arrives);

  // --- Loss of servers; between two seconds: `second` is the next to be asked -----------------
  // The server is lost: its users, in groups by home, with what is due of them. It goes on empty.
  // Requests on their way again are lost with their connections; counted in lost_on_the_way().
  std::vector<Group> take_all(std::int64_t second);

  // Users of a lost server come: each tries to connect after its back-off (Phones::back_off,
  // doubled for each further attempt, at most Phones::attempts; an attempt that would fall into
  // the second of the one before is made in the next) and goes on with what was due once it is
  // connected, at its own slot. They get the local numbers from local_end() on; fails (false) if
  // those go beyond 2^24.
  // The first `refused_elsewhere` (< 256) attempts of each are refused by other servers, which it
  // tried before this one.
  [[nodiscard]] bool admit(const Group& group, std::int64_t second,
                           std::int64_t refused_elsewhere = 0);

  // How many more users find a connection here, those who are still on their way counted; a large
  // number where connections are not limited.
  std::int64_t room() const;
  std::int64_t connect_attempts() const { return plan_->connect_attempts(); }  // >= 1, of a user

  // Local numbers are below this: own users, then those admitted.
  std::uint32_t local_end() const { return local_end_; }
  bool has_users() const { return own_online_ > 0 || !blocks_.empty(); }  // not after a loss
  struct Home {
    std::uint32_t server = 0;
    std::uint32_t user = 0;
  };
  Home home_of(std::uint32_t local_user) const;  // where it belonged when the night began
  // Its offset within the second, in ticks: the same wherever it is.
  std::uint32_t slot_of(std::uint32_t local_user) const;
  std::int64_t lost_on_the_way() const { return lost_on_the_way_; }

  // --- Checkpoints; between two seconds -------------------------------------------------------
  // The whole state; restore() is to be called on a crowd made of the same plan and spec. Where
  // `bytes` is not good() after it they are not of such a crowd, which must not be used any more.
  // A restored crowd goes on like the one saved.
  void save(ByteWriter& bytes) const;
  void restore(ByteReader& bytes);

  std::size_t memory_bytes() const;

 private:
  struct Block {  // an admitted group
    std::uint32_t home = 0, home_first = 0, stride = 1;
    std::uint32_t begin = 0, count = 0;  // local numbers
    static void state(auto& self, auto& bytes) {
      bytes(self.home, self.home_first, self.stride, self.begin, self.count);
    }
  };
  struct Turn;  // of one second, while it is worked off
  static void state(auto& self, auto& bytes);

  void check_turn(std::int64_t second) const;
  struct Reacting;
  void react(std::size_t cue);
  void react(const CrowdPlan::Cue& cue, Reacting& reacting);
  void find_slots(Reacting& reacting) const;
  std::uint32_t slot_of(Home home, std::uint64_t begin) const;
  const Block& block_of(std::uint32_t user) const;
  void work_with_slots(Turn& turn);
  void send_again_after_gaps(Turn& turn);
  void draw_gaps(Stream& stream, std::span<std::uint64_t> words, std::uint16_t* gaps) const;
  void work_without_slots(Turn& turn);
  void schedule_without_slots(Turn& turn, std::uint64_t word);
  std::uint64_t rare(std::uint64_t word, Workspace& workspace);
  std::uint64_t begin(std::uint64_t word);
  std::uint64_t lapse(std::uint64_t word);
  void wait_for_connection(std::uint64_t word);
  bool connect(std::uint64_t word);
  std::int64_t back_off(std::uint32_t user, std::int64_t made) const;
  void end_session(std::uint32_t user);
  void count_local_answers(std::int64_t shaking_ticks, std::int64_t requests);
  Group group_of(std::uint32_t begin, std::uint32_t count, const std::vector<Calendar::Entry>& due,
                 const std::vector<UserSeconds::Entry>& prolonged) const;
  void empty();

  std::shared_ptr<const CrowdPlan> plan_;
  CrowdSpec spec_;
  std::uint64_t slot_key_ = 0, clock_key_ = 0;
  Calendar calendar_;
  Sessions sessions_;    // of each, exactly one word of kind request is in the calendar
  UserSet gone_;         // admitted users who gave up
  UserSet unconnected_;  // admitted users without a connection, those who gave up included
  std::vector<Block> blocks_;
  CrowdCounts counts_;
  std::int64_t second_ = -1;  // asked last
  std::size_t next_cue_ = 0;
  std::uint32_t own_online_ = 0;  // own users who react: the first ones; none after a loss
  std::uint32_t local_end_ = 0;
  std::int64_t hand_rest_ = 0;  // ticks of shaking not yet counted as a movement
  std::int64_t lost_on_the_way_ = 0;
};

}  // namespace springtide::workload
