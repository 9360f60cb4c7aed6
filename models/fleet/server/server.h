// One access server on the fleet road: every request by recursion, a second of arrivals at a time.
//
//   arrivals --lost?--> card: wire, ring --> a core: read it --over the limit?--> refused
//   (sorted)    |         | full: again          | SETs full: dropped
//               v         v                      v
//             again, after TCP's time-out     the SET's worker: draw, answer --> back to the phone
//
// It is the access server of red_packet/access_server.h with the same costs, without its
// scheduler: a request is one piece of work (empty read, reader, worker, two switches) on one of c
// cores that serve first come, first served (cores.h), because readers wake in the order of
// arrivals and a worker runs right behind its reader. While all cores are idle a thread must be
// woken first (thread_wake); whoever comes before it is awake goes with it. Collector and
// standstills: interruptions.h.
//
// Requests are worked off in blocks, stage after stage over arrays. Instants are ns of true time;
// the server's clock is off by `clock_offset`, and by it seconds are counted for the limit.
//
// SETs: ids are spread evenly over them, so one is as full as the other, and their bound is told
// for all together: a request is dropped where so many wait before it. How many wait is taken from
// how long it has waited, cores / work of them a nanosecond.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "models/fleet/server/arrays/delay_table.h"
#include "models/fleet/server/arrays/latency_counts.h"
#include "models/fleet/server/card.h"
#include "models/fleet/server/cores.h"
#include "models/fleet/server/interruptions.h"
#include "models/fleet/server/losses.h"
#include "models/fleet/server/others.h"
#include "models/fleet/server/stock.h"
#include "models/fleet/server/workspace.h"
#include "spec/scenario.h"
#include "workload/crowd/shake.h"

namespace springtide::models::fleet {

// The same for many servers.
struct Way {
  // Of a request, there and back together. Client machines know the way there: only back.
  DelayTable delay;
  DelayTable wake;  // of a thread
  Duration shortest_delay{};
  // From an answer to its ACK: twice the shortest delay, as on the detailed road; where there is no
  // shortest one, twice the median.
  Duration round_trip{};
};

struct ServerSpec {
  std::uint32_t number = 0;  // of streams
  std::uint64_t seed = 1;
  std::shared_ptr<const Way> way;
  spec::RedPacketAccess service;
  RuntimeSpec runtime;
  Duration clock_offset{};
  spec::NetworkCard network_card;
  spec::Link link;
  std::map<std::string, spec::PacketPool> pools;
  std::uint32_t servers = 1;  // of the fleet, who share the pools
  // Not all requests are shakes (others.h), and whoever asks hears every answer (Resender::hear).
  // Packets are then its business, and latencies. What it asks in turn comes this much after the
  // request that it heard the answer of, or later.
  bool mixed = false;
  Duration earliest_reply{};
};

// Where requests go that must be sent again, and answers of ServerSpec::mixed.
class Resender {
 public:
  virtual ~Resender() = default;
  // False: `arrives` is within the second that is being served.
  virtual bool again(workload::Shake shake, Instant arrives) = 0;

  // Requests of a second that are done, in the order of their arrival: word, base, at, read, done,
  // way (back, with what TCP waits) and outcome. What is asked in reply within the second goes to
  // `again`, a heap whose smallest word is first.
  virtual void hear(std::int64_t, const Block&, std::vector<std::uint64_t>&) {}
};

// Of one second of the server's clock.
struct ServedSecond {
  std::int64_t second = 0;
  std::int64_t requests = 0;  // read
  std::int64_t logins = 0;    // not among the requests
  std::int64_t refused = 0, dropped = 0;
  std::int64_t busy_ns = 0;   // of all cores, for requests
  std::int64_t other_ns = 0;  // of it, beyond what as many shakes take (others.cc)
  static void state(auto& self, auto& bytes) {
    bytes(self.second, self.requests, self.logins, self.refused, self.dropped, self.busy_ns,
          self.other_ns);
  }
};

// Of one second of true time, by arrival.
struct ArrivedSecond {
  std::int64_t arrived = 0;     // requests at the card, those sent again included
  std::int64_t lost = 0;        // frames lost on the link, both ways
  std::int64_t ring_drops = 0;  // frames that found the receive ring full
  std::int64_t again = 0;       // requests that will be sent again
  std::int64_t come_again = 0;  // of those that arrived: sent again
  std::int64_t given_up = 0;    // requests that are not sent again any more
  std::int64_t packets_in = 0;  // frames at the card
  std::int64_t bytes_in = 0;    // of them, with the preamble and gap of each
  static void state(auto& self, auto& bytes) {
    bytes(self.arrived, self.lost, self.ring_drops, self.again, self.come_again, self.given_up,
          self.packets_in, self.bytes_in);
  }
};

class Server {
 public:
  explicit Server(const ServerSpec& spec);

  // Serves what arrives in a second; seconds in order, those without arrivals may be left out.
  ArrivedSecond serve(std::int64_t second, std::span<const workload::Shake> shakes,
                      Resender& resender, Workspace& workspace);

  // Users who connect in the second that is served next (workload::Workspace::connected).
  void expect_logins(std::int64_t second, std::span<const workload::Shake> connected);

  // The server is lost as a second begins, with its connections and all that waits or is served;
  // how many requests those are. It goes on empty.
  std::int64_t go_down(std::int64_t second, std::int64_t connections);

  // It is back as a second begins.
  void come_back(std::int64_t second) { stock_.come_back(second * springtide::second.ns); }

  // What was read since the last call, by clock second; of the last one more may follow.
  std::vector<ServedSecond> take_served();

  Interruptions& interruptions() { return interruptions_; }
  const Interruptions& interruptions() const { return interruptions_; }
  Stock& stock() { return stock_; }
  const Stock& stock() const { return stock_; }
  std::int64_t cores() const { return static_cast<std::int64_t>(cores_.count()); }
  std::uint64_t digest() const { return digest_; }  // of every answer's instant and latency
  // Latencies of the whole run, in buckets of 1/32 of an octave: measure's, 64 together.
  const std::vector<std::uint32_t>& latencies() const { return latencies_; }
  static constexpr int joined_bits = 6;

  // For checkpoints (base/bytes.h), between two seconds: of the same server.
  static void state(auto& self, auto& bytes) {
    bytes(self.cores_, self.card_, self.interruptions_, self.stock_, self.lost_there_,
          self.lost_back_, self.until_lost_there_, self.until_lost_back_, self.awake_at_,
          self.logins_, self.next_login_, self.current_, self.reported_, self.current_ends_,
          self.served_, self.digest_);
    bytes.each(self.latencies_);
    bytes.require(self.next_login_ <= self.logins_.size());
  }

 private:
  struct Arrivals;
  void fill(Block& block, Arrivals& arrivals) const;
  void lose(Block& block, Arrivals& arrivals);
  void receive(Block& block, Arrivals& arrivals);
  void send_again(const Block& block, std::size_t i, Arrivals& arrivals);
  void draw(Block& block, Stream& stream) const;
  void queue(Block& block);
  std::int64_t uninterrupted_until() const;
  bool serve_row(Block& block, std::size_t from, std::size_t to);
  void serve_one(Block& block, std::size_t i);
  Outcome outcome_of(std::int64_t at, std::int64_t start);
  std::int64_t work_of(Asks asks, Outcome outcome) const;
  static bool all_shakes(const Block& block, std::size_t from, std::size_t to);
  void serve_other(Block& block, std::size_t i, std::int64_t start);
  void find_reads(Block& block) const;
  void acknowledge(Block& block);
  void log_in_until(std::int64_t at);
  void forget_logins();
  void turn_clock(std::int64_t read_at);
  void report_clock_second();
  void begin_clock_second(std::int64_t number);
  void hand_out(const Block& block);
  void lose_answers(Block& block, Arrivals& arrivals);
  static void forget_dropped(Block& block);
  void finish(Block& block, Arrivals& arrivals, Workspace& workspace);
  void record(Block& block, const LatencySums& sums, LatencyCounts& latencies);

  ServerSpec spec_;
  // ns: from the start of the work to the end of the read, to the answer; likewise a refusal
  std::int64_t to_read_, to_answer_, to_refusal_, to_login_, longest_wait_;
  std::uint64_t block_span_;
  bool resends_;
  Cores cores_;
  Card card_;
  Interruptions interruptions_;
  Stock stock_;
  Losses lost_there_, lost_back_;
  std::int64_t until_lost_there_ = Losses::never, until_lost_back_ = Losses::never;
  std::int64_t awake_at_;             // when the thread is awake that was woken last
  std::vector<std::int64_t> logins_;  // of this second, when they arrive
  std::size_t next_login_ = 0;
  ServedSecond current_;       // of the server's clock; logins are among its requests
  ServedSecond reported_;      // of it, what has been told
  std::int64_t current_ends_;  // true time
  std::vector<ServedSecond> served_;
  std::vector<std::uint32_t> latencies_;
  std::uint64_t digest_ = 0;
};

}  // namespace springtide::models::fleet
