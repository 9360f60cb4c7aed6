// When a client machine of 2017 sends: all its users wake at each whole second of its clock, and
// its cores work off who woke, in turn. In place of the goroutines of
// red_packet/client_machine.h, whose costs it takes: work that flows.
//
//   clock second    timer   |pop pop pop|         |pop pop|               |pop|
//                   cores    ===========drain=====>........===drain======>.....=====>
//                                                 ^ answers that came are read here
//   sent            . .  .  . . .  . .   .  .   . .  .  . .  . .   . .  .
//
//   - One timer goroutine wakes users, `timer-pop-cost` each; it is stopped after its time slice
//     (10 ms and up to as much more, until the monitor looks) and goes behind all whom it woke.
//     So a herd goes in rounds: some ten thousand are woken, then worked off by all cores.
//   - Nobody looks for answers while users wait for a core, but the monitor every 10 to 20 ms and
//     the cores once as a round ends; each look takes at most `poll-batch` of them. Those that are
//     found wait behind the users who are awake, and are read as the next round begins. The rest
//     is found when all users are asleep again.
//   - The timer goroutine counts its next sleep from the clock as its round began, so the next herd
//     begins late by as long as this one was being woken (go_runtime/timers.h).
//   - Who is not worked off before its second ends has lost its slot (not sent).
//
// Left out: which goroutine is on which core, stealing, the collector with its stops and assists
// (whence the original's dips), timers set just before they are due, which repair a late sleep.
// Users are woken in the order in which they connected; a user's turn is rounded to the even flow
// of work through all cores. What reading costs a round is that of as many answers as can have been
// found by then, all requests being answered at once.
#pragma once

#include <cstdint>
#include <vector>

#include "base/random.h"
#include "base/time.h"
#include "models/fleet/server/others.h"
#include "models/red_packet/client_machine.h"
#include "models/red_packet/common/client_books.h"

namespace springtide::models::fleet {

class Herd {
 public:
  explicit Herd(const red_packet::ClientMachineSpec& spec);

  struct Sent {
    Instant at;  // true time: the request leaves
    std::uint32_t user = 0;
    Asks asks = Asks::shake;
  };
  // Appends what is sent because of connections and seconds that begin before `until`; some of it
  // later. Nothing is asked twice.
  void advance(Instant until, std::vector<Sent>& sent, red_packet::ClientCounts& counts);

  // An answer has arrived; when it has been read. Answers in about the order of their arrival.
  Instant read(Instant arrived);

  std::uint32_t first_user() const { return spec_.first_user; }
  Duration clock_offset() const { return spec_.clock_offset; }
  Duration write_segment() const { return spec_.user.write_segment; }
  std::int64_t connected() const { return connected_; }

 private:
  struct Round {
    std::int64_t from = 0, to = 0;  // ns, true time; work is done at `to`
    std::int64_t read = 0;          // answers that were found meanwhile
  };
  struct Flow;  // of a round's work through the cores

  std::int64_t next_look(std::int64_t arrived);
  Round* round_at(std::int64_t at);
  void connect(std::uint32_t group, std::vector<Sent>& sent, red_packet::ClientCounts& counts);
  void wake(std::int64_t clock_second, std::vector<Sent>& sent, red_packet::ClientCounts& counts);
  std::int64_t ask(const Flow& flow, std::uint32_t place, std::uint32_t n,
                   std::int64_t clock_second, std::vector<Sent>& sent,
                   red_packet::ClientCounts& counts) const;
  workload::Slot slot_of(std::int64_t clock_second) const;
  std::int64_t clock_second_of(std::int64_t ns) const;
  std::int64_t begin_of(std::int64_t clock_second) const;

  red_packet::ClientMachineSpec spec_;
  red_packet::Grouping grouping_;
  std::vector<std::uint32_t> h_;  // spread number, by place
  std::int64_t each_, read_;      // ns of work: a user who wakes, an answer
  Stream slices_, looks_;
  std::uint32_t next_group_ = 0;      // connects next
  std::uint32_t logged_in_ = 0;       // places before this have logged in
  std::vector<std::int64_t> logins_;  // clock second in which a group logs in
  std::int64_t next_second_;          // of the clock: wakes next
  std::int64_t late_;                 // ns, of the next herd
  std::int64_t connected_ = 0;
  std::vector<Round> rounds_;
  std::int64_t last_look_ = 0, found_ = 0;  // for answers, and how many were found then
};

}  // namespace springtide::models::fleet
