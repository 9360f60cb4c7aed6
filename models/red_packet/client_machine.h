// One client machine of the 2017 load generator: a Go process with two goroutines a user.
//
//   sender of user i:  wait, connect, log in at the next whole second, then every second:
//                      read the clock, send a shake where the slot rule says so, sleep
//   reader of user i:  parked in read(2) until an answer arrives
//
// Goroutines 0 .. n-1 are the senders in the order in which they start (user i starts i mod
// `spread_seconds` seconds after the process), so that those that wake together lie together in
// memory; n .. 2n-1 are the readers, by user. A sender that is late runs by the
// second that it finds on the clock: slots of seconds that it missed are gone (counted as not
// sent). workload/slots.h has the rule, spec::UserProgram the costs.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/random.h"
#include "measure/histogram.h"
#include "measure/series.h"
#include "models/go_runtime/machine.h"
#include "models/red_packet/backlog.h"
#include "models/red_packet/messages.h"
#include "models/red_packet/network_card.h"
#include "models/red_packet/wire.h"
#include "sim/simulation.h"
#include "spec/scenario.h"
#include "workload/slots.h"

namespace springtide::models::red_packet {

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
};

class ClientMachine final : public sim::InlinedProcess<ClientMachine> {
 public:
  explicit ClientMachine(const ClientMachineSpec& spec);
  void connect_to_server(sim::ChannelId channel) { to_server_ = channel; }

  void start(sim::Context& context) override;
  void handle(sim::Context& context, const sim::Event& event) override;

  // For the machine. Sixteen of seventeen wake-ups find nothing to send: those end here.
  go::Step run(go::Goroutine g, Instant at) {
    if (g >= spec_.users) return run_reader(g - spec_.users, at);
    User& self = users_[g];
    const Duration left = slot_end_ - by_clock(at + spec_.user.wake_segment);
    if (left.ns > 0 && left + spec_.user.wake_segment <= second &&
        self.next_second == slot_second_ && !slot_.asks(self.h)) [[likely]] {
      ++self.next_second;
      return {spec_.user.wake_segment, go::Step::Then::sleep, left + gap_of(g),
              spec_.go.timer_garbage.count};
    }
    return run_sender(g, at);
  }
  struct Counts {  // all by the second of the machine's clock
    measure::SecondCounter requests, logins, shakes, opens, responses, won, none, overloaded,
        not_sent, missed_wakes, packets_received, sent_packets_received, shares_opened, connected;
    measure::SecondCounter amount_received;  // cents
  };
  const Counts& counts() const { return counts_; }
  const measure::Histogram& latency() const { return latency_; }
  const measure::Histogram& service_latency() const { return service_latency_; }
  const std::vector<measure::Histogram>& latency_slices() const { return slices_; }
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
  go::Step run_reader(std::uint32_t user, Instant at);
  go::Step start_user(std::uint32_t sender, Instant at);
  go::Step sleep_to_next_second(std::uint32_t sender, Instant at, Duration busy,
                                std::int64_t began_second);
  void count_missed(std::uint32_t sender, std::int64_t from, std::int64_t to);
  void send(Message message, std::uint32_t user, Instant at, std::uint32_t value = 0);
  void read_answer(const Waiting& answer, Instant at);
  // The timer is armed a moment after the clock was read for it; that moment differs from user to
  // user and second to second, so that one of a herd is the earliest.
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

  struct User {                // one cache line for eight: every one is looked at each second
    std::uint32_t h : 24;      // spread number
    std::uint32_t state : 8;   // State
    std::int32_t next_second;  // of the clock, after the one in which the sender last ran
  };
  std::vector<User> users_;               // by sender
  std::vector<std::uint32_t> user_of_;    // by sender
  std::vector<std::uint32_t> sender_of_;  // by user
  std::vector<Backlog::List> inbox_;      // answers in the socket
  std::vector<bool> reading_;             // its reader is runnable or running
  Backlog unread_;
  std::int64_t answers_arrived_ = 0;

  std::int64_t slot_second_ = -1;  // of the clock, with its rule and its end
  Instant slot_end_{};
  workload::Slot slot_;

  Counts counts_;
  measure::Histogram latency_, service_latency_;
  std::vector<measure::Histogram> slices_;
};

}  // namespace springtide::models::red_packet
