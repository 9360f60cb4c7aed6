// The access server of 2017: a Go process with a reader goroutine per connection, 256 SETs with a
// bounded input queue, a packet queue and one worker each, five open-boxes, and a generator for
// each pool of packets.
//
//   connection --reader--> SET input queue --worker--> packet queue? --> answer
//        |  over the limit of the second: "overload" at once     \--open--> open-box --> share
//        |  SET queue full: dropped silently
//
// Goroutines: 0 accepts, then the generators, the open-boxes, the workers, the readers (one a
// connection, by user). Costs are those of spec::RedPacketAccess; what is decided about a request
// is in access_service.h.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "models/go_runtime/machine.h"
#include "models/red_packet/access_service.h"
#include "models/red_packet/backlog.h"
#include "models/red_packet/messages.h"
#include "models/red_packet/network_card.h"
#include "models/red_packet/wire.h"
#include "sim/simulation.h"
#include "spec/scenario.h"

namespace springtide::models::red_packet {

struct AccessServerSpec {
  std::string name;  // of streams
  std::uint64_t seed = 1;
  spec::RedPacketAccess service;
  std::map<std::string, spec::PacketPool> pools;
  spec::GoRuntime go;
  std::int64_t processors = 8;
  Duration clock_offset{};
  spec::NetworkCard network_card;
  spec::Link link;
  std::uint32_t population = 0;
  Duration shortest_round_trip{};  // for the ACK that a client's kernel sends for an answer
};

class AccessServer final : public sim::InlinedProcess<AccessServer> {
 public:
  explicit AccessServer(const AccessServerSpec& spec);
  // Users first .. (next entry's first) - 1 are reached over this channel.
  void add_client_machine(std::uint32_t first_user, sim::ChannelId channel);

  void start(sim::Context& context) override;
  [[gnu::always_inline]] void expect(const sim::Event& message) const {
    __builtin_prefetch(&connections_by_user_[message.a]);
  }
  void handle(sim::Context& context, const sim::Event& event) override;
  void finish(sim::Context& context) override;

  go::Step run(go::Goroutine g, Instant at);  // for the machine

  const AccessService& service() const { return service_; }
  std::int64_t requests_arrived() const { return requests_arrived_; }
  std::int64_t in_flight() const;  // requests read or unread but not answered
  const go::Machine<AccessServer>& machine() const { return machine_; }
  go::Machine<AccessServer>& machine() { return machine_; }
  const NetworkCard& network_card() const { return card_; }
  const Wire& wire() const { return wire_; }
  std::int64_t connections() const { return connections_; }

 private:
  struct Connection {
    Backlog::List inbox;  // requests in the socket
    bool accepted = false;
    bool reading = false;      // its reader is runnable or running
    bool interactive = false;  // TCP pingpong mode: ACKs wait for an answer to ride on
  };
  struct Set {
    Backlog::List queue;
    bool working = false;  // its worker is runnable or running
  };
  struct Box {
    Backlog::List queue;
    bool working = false;
  };

  go::Step allocate_piece(Instant at);
  go::Step accept(Instant at);
  go::Step generate(std::size_t pool, Instant at);
  go::Step run_box(std::size_t box, Instant at);
  go::Step run_worker(std::size_t set, Instant at);
  go::Step run_reader(std::uint32_t user, Instant at);
  Duration read_request(const Waiting& request, Instant at);
  void to_set(const Waiting& request, Instant at);
  void serve(const Waiting& request, std::size_t set, Instant at);
  void answer(Message message, const Waiting& request, Instant at, std::uint32_t value = 0);
  void acknowledge(std::uint32_t user, Instant arrived, Instant answered);
  Instant by_clock(Instant at) const { return service_.by_clock(at); }

  AccessServerSpec spec_;
  AccessService service_;
  AccessCounts& counts_;
  go::Machine<AccessServer> machine_;
  NetworkCard card_;
  Wire wire_;
  sim::Context* context_ = nullptr;
  std::vector<std::uint32_t> channel_first_user_;
  std::vector<sim::ChannelId> channels_;
  std::vector<std::uint8_t> machine_of_block_;  // of user / 1024, a hint to the search above

  std::vector<Connection> connections_by_user_;
  std::vector<Set> sets_;
  std::vector<Box> boxes_;
  Backlog unread_, queued_, boxed_;
  std::deque<std::uint32_t> to_accept_;
  bool accepting_ = false;
  std::int64_t allocated_ = 0;  // of the static heap
  std::int64_t connections_ = 0, requests_arrived_ = 0;

  go::Goroutine first_generator_ = 1, first_box_, first_worker_, first_reader_;
};

}  // namespace springtide::models::red_packet
