// One client machine of the 2017 load generator: a Go process with two goroutines a user.
//
//   sender of user i:  wait, connect, log in at the next whole second, then every second:
//                      read the clock, send a shake where the slot rule says so, sleep
//   reader of user i:  parked in read(2) until an answer arrives
//
// Goroutines 0 .. n-1 are the senders in the order in which they start (user i starts i mod
// `spread_seconds` seconds after the process), so that those that wake together lie together in
// memory; n .. 2n-1 are the readers, in the same order. A sender that is late runs by the
// second that it finds on the clock: slots of seconds that it missed are gone (counted as not
// sent). workload/slots.h has the rule, spec::UserProgram the costs.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/random.h"
#include "measure/histogram.h"
#include "measure/series.h"
#include "models/go_runtime/machine.h"
#include "models/red_packet/backlog.h"
#include "models/red_packet/common/client_books.h"
#include "models/red_packet/messages.h"
#include "models/red_packet/network_card.h"
#include "models/red_packet/wire.h"
#include "sim/simulation.h"
#include "spec/scenario.h"
#include "workload/slots.h"

namespace springtide::models::red_packet {

// Numbers 0 .. n-1 in the order of their remainder by k, then of their size.
class Grouping {
 public:
  Grouping(std::uint32_t n, std::uint32_t k) : k_(k), size_(n / k), larger_(n % k) {}
  std::uint32_t place_of(std::uint32_t number) const {
    const std::uint32_t group = number % k_;
    return group * size_ + std::min(group, larger_) + number / k_;
  }
  std::uint32_t at_place(std::uint32_t place) const {
    const std::uint32_t in_larger = larger_ * (size_ + 1);
    if (place < in_larger) return place / (size_ + 1) + place % (size_ + 1) * k_;
    return larger_ + (place - in_larger) / size_ + (place - in_larger) % size_ * k_;
  }

 private:
  std::uint32_t k_;       // groups
  std::uint32_t size_;    // of a group, or one less
  std::uint32_t larger_;  // groups that have one more
};

struct ClientMachineSpec {
  std::string name;  // "clients/3": of streams
  std::uint64_t seed = 1;
  std::uint32_t first_user = 0, users = 0, population = 0;
  std::uint32_t strips = 13;
  spec::RateSteps rate;
  Instant begin;  // when the process starts
  int spread_seconds = 20;
  std::int64_t start_unix = 0;
  Duration clock_offset{};  // its clock minus true time
  std::int64_t processors = 4;
  spec::GoRuntime go;
  spec::UserProgram user;
  spec::Link link;
  spec::NetworkCard network_card;
  Instant end;            // no request is sent from here on
  Instant measured_from;  // latencies of requests sent before are not recorded
  // Of latencies over time.
  Duration slice = measure::shortest_slice;
};

class ClientMachine final : public sim::InlinedProcess<ClientMachine> {
 public:
  explicit ClientMachine(const ClientMachineSpec& spec);
  void connect_to_server(sim::ChannelId channel) { to_server_ = channel; }

  void start(sim::Context& context) override;
  // Inlined always: a function that only fetches ahead has no effect that the compiler sees, and
  // calls of it are dropped.
  [[gnu::always_inline]] void expect(const sim::Event& message) const {
    __builtin_prefetch(&users_[grouping_.place_of(message.a - spec_.first_user)]);
  }
  void handle(sim::Context& context, const sim::Event& event) override;

  // For the machine. Sixteen of seventeen wake-ups find nothing to send: those run in herds.
  go::Step run(go::Goroutine g, Instant at) {
    return g < spec_.users ? run_sender(g, at) : run_reader(g - spec_.users, at);
  }
  go::Step idle_step() const {
    return {spec_.user.wake_segment, go::Step::Then::sleep, {}, spec_.go.timer_garbage.count};
  }
  go::Idling idle(go::GoroutineRun run, Instant at, Duration each);
  // Goroutine `soon` runs next on some P, `later` is behind it: fetches what they will look at.
  [[gnu::always_inline]] void prefetch(go::Goroutine soon, go::Goroutine later) const {
    for (const go::Goroutine g : {soon, later})
      if (g < 2 * spec_.users) __builtin_prefetch(&users_[g < spec_.users ? g : g - spec_.users]);
    if (soon >= spec_.users && soon < 2 * spec_.users)
      unread_.prefetch(users_[soon - spec_.users].inbox);
  }

  const ClientBooks& books() const { return books_; }
  const go::Machine<ClientMachine>& machine() const { return machine_; }
  go::Machine<ClientMachine>& machine() { return machine_; }
  const Wire& wire() const { return wire_; }
  std::int64_t answers_arrived() const { return answers_arrived_; }
  std::int64_t unread_answers() const { return static_cast<std::int64_t>(unread_.size()); }
  const NetworkCard& network_card() const { return card_; }

 private:
  enum class State : std::uint8_t { starting, connecting, connected, running };
  enum Kind : std::uint32_t { process_begins = 50 };

  go::Step run_sender(std::uint32_t sender, Instant at);
  go::Step run_reader(std::uint32_t sender, Instant at);
  go::Step start_user(std::uint32_t sender, Instant at);
  go::Step sleep_to_next_second(std::uint32_t sender, Instant at, Duration busy,
                                std::int64_t began_second);
  void count_missed(std::uint32_t sender, std::int64_t from, std::int64_t to);
  void send(Message message, std::uint32_t sender, Instant at, std::uint32_t value = 0);
  void read_answer(const Waiting& answer, Instant at);
  // The timer is armed a moment after the clock was read for it; that moment differs from user to
  // user and second to second, so that one of a herd is the earliest. It matters which: a timer
  // that is set after the timer goroutine has gone to sleep, and is earlier than all others, ends
  // that sleep in time (go_runtime/timers.h). It is below a microsecond, so that those who sleep to
  // the end of a second are due within one microsecond of the clock.
  Duration gap_of(std::uint32_t sender) const {
    const std::uint64_t mixed = (static_cast<std::uint64_t>(sender) * 0x9e3779b97f4a7c15ULL ^
                                 static_cast<std::uint64_t>(slot_second_) * 0xd6e8feb86659fd93ULL) *
                                0xff51afd7ed558ccdULL;
    const auto most = static_cast<std::uint64_t>(spec_.user.clock_to_sleep.ns);
    return {static_cast<std::int64_t>(most / 2 + ((mixed >> 32) * most >> 32))};
  }
  workload::Slot slot_of(std::int64_t clock_second) const;
  Instant by_clock(Instant at) const { return at + spec_.clock_offset; }

  ClientMachineSpec spec_;
  go::Machine<ClientMachine> machine_;
  NetworkCard card_;
  Wire wire_;
  sim::Context* context_ = nullptr;
  sim::ChannelId to_server_ = 0;

  struct User {                 // four in a cache line: every one is looked at each second
    std::uint32_t h : 24;       // spread number
    std::uint32_t state : 7;    // State
    std::uint32_t reading : 1;  // its reader is runnable or running
    std::int32_t next_second;   // of the clock, after the one in which the sender last ran
    Backlog::List inbox;        // answers in the socket
  };
  std::vector<User> users_;  // by sender
  Grouping grouping_;
  Backlog unread_;
  std::int64_t answers_arrived_ = 0;

  std::int64_t slot_second_ = -1;  // of the clock, with its rule and its end
  Instant slot_end_{};
  workload::Slot slot_;

  ClientBooks books_;
  ClientCounts& counts_;
};

}  // namespace springtide::models::red_packet
