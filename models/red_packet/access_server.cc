#include "models/red_packet/access_server.h"

#include <algorithm>

namespace springtide::models::red_packet {
namespace {

// Linux's delayed ACK: an answer within this time carries the ACK, else a pure one goes first
// (TCP_DELACK_MIN, HZ/25).
constexpr Duration delayed_ack = millisecond * 40;

// Allocating and zeroing a mebibyte: about 2 GB/s on the original's memory (assumed; it decides
// nothing but how long the start takes, half a second to a second).
constexpr std::int64_t allocation_piece = 1 << 20;
constexpr Duration allocation_time = microsecond * 500;

}  // namespace

AccessServer::AccessServer(const AccessServerSpec& spec)
    : spec_(spec),
      service_(spec.service, spec.pools, spec.seed, spec.name, spec.population, spec.clock_offset),
      counts_(service_.counts()),
      machine_(spec.go, spec.processors, spec.seed, spec.name, *this, spec.clock_offset),
      card_(spec.network_card),
      wire_(spec.link, spec.seed, spec.name + "/to-clients"),
      connections_by_user_(spec.population),
      sets_(static_cast<std::size_t>(spec.service.sets)),
      boxes_(static_cast<std::size_t>(spec.service.open_boxes)),
      first_box_(first_generator_ + static_cast<go::Goroutine>(spec.pools.size())),
      first_worker_(first_box_ + static_cast<go::Goroutine>(boxes_.size())),
      first_reader_(first_worker_ + static_cast<go::Goroutine>(sets_.size())) {}

void AccessServer::add_client_machine(std::uint32_t first_user, sim::ChannelId channel) {
  channel_first_user_.push_back(first_user);
  channels_.push_back(channel);
}

void AccessServer::start(sim::Context& context) {
  context_ = &context;
  machine_.start(context);
  machine_of_block_.resize(spec_.population / 1024 + 1);
  for (std::size_t block = 0; block < machine_of_block_.size(); ++block)
    machine_of_block_[block] = static_cast<std::uint8_t>(
        std::upper_bound(channel_first_user_.begin(), channel_first_user_.end(),
                         static_cast<std::uint32_t>(block * 1024)) -
        channel_first_user_.begin() - 1);
  for (go::Goroutine g = 0; g < first_reader_; ++g) machine_.spawn();
  machine_.shared_scan(spec_.service.static_scanned.count);
  accepting_ = true;  // goroutine 0 first allocates the pools and queues, then accepts
  machine_.ready_global(0, context.now());
  for (std::size_t pool = 0; pool < service_.stock().pools(); ++pool) {
    const Instant begin{service_.stock().begin(pool).ns - spec_.clock_offset.ns};
    machine_.sleep_until(std::max(begin, context.now()),
                         first_generator_ + static_cast<go::Goroutine>(pool), context.now());
  }
}

void AccessServer::handle(sim::Context& context, const sim::Event& event) {
  if (event.kind >= go::Machine<AccessServer>::first_kind) {
    machine_.handle(event);
    return;
  }
  const auto message = static_cast<Message>(event.kind);
  const auto arrived = card_.receive(event.at, frame_bytes(message_bytes(message)));
  if (!arrived) {  // dropped by the ring: the client's TCP sends it again
    context.schedule(
        event.at + (message == Message::connect ? first_connect_time_out : first_time_out),
        event.kind, event.a, event.b, sim::EventClass::arrival);
    return;
  }
  const std::uint32_t user = event.a;
  if (message == Message::connect) {
    answer(Message::connect_done, {message, user, event.b, *arrived}, *arrived);
    to_accept_.push_back(user);
    if (!accepting_) {
      accepting_ = true;
      machine_.network_ready(0, *arrived);
    }
    return;
  }
  ++requests_arrived_;
  Connection& connection = connections_by_user_[user];
  unread_.push(connection.inbox, {message, user, event.b, *arrived});
  if (connection.accepted && !connection.reading) {
    connection.reading = true;
    machine_.network_ready(first_reader_ + user, *arrived);
  }
}

void AccessServer::finish(sim::Context& context) { card_.pass(context.now()); }

go::Step AccessServer::run(go::Goroutine g, Instant at) {
  if (g >= first_reader_) return run_reader(g - first_reader_, at);
  if (g >= first_worker_) return run_worker(g - first_worker_, at);
  if (g >= first_box_) return run_box(g - first_box_, at);
  if (g >= first_generator_) return generate(g - first_generator_, at);
  return accept(at);
}

// The pools and queues of the start, piece by piece, so that the collector runs whenever the
// growing heap reaches its trigger, as it did.
go::Step AccessServer::allocate_piece(Instant at) {
  const auto& service = spec_.service;
  const std::int64_t left = service.static_heap.count - allocated_;
  const std::int64_t piece = std::min<std::int64_t>(left, allocation_piece);
  const auto scanned = static_cast<std::int64_t>(
      static_cast<__int128>(service.static_scanned.count) * piece / service.static_heap.count);
  allocated_ += piece;
  machine_.grow(piece, scanned);
  machine_.maybe_collect(at);
  if (allocated_ < service.static_heap.count || !to_accept_.empty())
    return {allocation_time, go::Step::Then::again, {}, 0};
  accepting_ = false;
  return {allocation_time, go::Step::Then::park, {}, 0};
}

go::Step AccessServer::accept(Instant at) {
  if (allocated_ < spec_.service.static_heap.count) return allocate_piece(at);
  if (to_accept_.empty()) {
    accepting_ = false;
    return {};
  }
  const std::uint32_t user = to_accept_.front();
  to_accept_.pop_front();
  const Instant done = at + spec_.service.login_segment;
  Connection& connection = connections_by_user_[user];
  connection.accepted = true;
  connection.reading = true;  // a new goroutine runs at once and finds out what there is to read
  ++connections_;
  counts_.accepted.add(by_clock(done));
  machine_.spawn();
  machine_.grow(spec_.service.heap_per_connection.count,
                spec_.service.scanned_per_connection.count);
  machine_.maybe_collect(at);
  machine_.ready(first_reader_ + user, done);
  if (!to_accept_.empty()) return {spec_.service.login_segment, go::Step::Then::again, {}, 0};
  accepting_ = false;
  return {spec_.service.login_segment, go::Step::Then::park, {}, 0};
}

// Each whole second a burst, then sleep to the next one.
go::Step AccessServer::generate(std::size_t pool, Instant at) {
  const PacketStock::Issued issued = service_.issue(pool, at);
  const Duration busy =
      spec_.service.generator_segment * (issued.shake_packets + 4 * issued.sent_packets);
  if (issued.exhausted) return {busy, go::Step::Then::park, {}, 0};
  const Instant next{(service_.clock_second(at) + 1) * second.ns};
  return {busy, go::Step::Then::sleep, std::max(next - by_clock(at + busy), Duration{}), 0};
}

go::Step AccessServer::run_reader(std::uint32_t user, Instant at) {
  Connection& connection = connections_by_user_[user];
  Duration busy = spec_.service.empty_read_system_call;  // the read that finds nothing and parks
  while (!connection.inbox.empty() && unread_.front(connection.inbox).since <= at + busy) {
    const Waiting request = unread_.pop(connection.inbox);
    busy += spec_.service.reader_segment;
    busy += read_request(request, at + busy);
  }
  if (!connection.inbox.empty()) {
    machine_.network_ready(first_reader_ + user, unread_.front(connection.inbox).since);
  } else {
    connection.reading = false;
  }
  return {busy, go::Step::Then::park, {}, 0};
}

// Returns what more the reader has to do for it.
Duration AccessServer::read_request(const Waiting& request, Instant at) {
  const AccessService::Read read = service_.read(request, at);
  if (read == AccessService::Read::to_set) {
    to_set(request, at);
    return {};
  }
  answer(read == AccessService::Read::refuse ? Message::overload : Message::login_answer, request,
         at + spec_.service.write_system_call);
  return spec_.service.write_system_call;
}

void AccessServer::to_set(const Waiting& request, Instant at) {
  if (!service_.admit(request, at)) return;
  // `since` is from now on the instant of the put; the arrival is no longer needed but for the
  // ACK, which the read has settled.
  acknowledge(request.user, request.since, at);
  const std::size_t number = service_.set_of(request.user);
  Set& set = sets_[number];
  queued_.push(set.queue, {request.message, request.user, request.b, at});
  if (!set.working) {
    set.working = true;
    machine_.ready(first_worker_ + static_cast<go::Goroutine>(number), at);
  }
}

go::Step AccessServer::run_worker(std::size_t number, Instant at) {
  Set& set = sets_[number];
  Waiting request = queued_.pop(set.queue);
  service_.leave(number, request.since, at);
  const Duration busy = spec_.service.worker_segment;
  serve(request, number, at + busy);
  if (!set.queue.empty())
    return {busy, go::Step::Then::again, {}, spec_.service.heap_per_request.count};
  set.working = false;
  return {busy, go::Step::Then::park, {}, spec_.service.heap_per_request.count};
}

void AccessServer::serve(const Waiting& request, std::size_t set, Instant at) {
  if (request.message != Message::open) {
    const auto [message, value] = service_.serve_shake(set, at);
    return answer(message, request, at, value);
  }
  const auto number = service_.admit_open(request, at);
  if (!number) return;
  Box& box = boxes_[*number];
  boxed_.push(box.queue, request);
  if (!box.working) {
    box.working = true;
    machine_.ready(first_box_ + static_cast<go::Goroutine>(*number), at);
  }
}

go::Step AccessServer::run_box(std::size_t number, Instant at) {
  Box& box = boxes_[number];
  const Waiting request = boxed_.pop(box.queue);
  const Duration busy = spec_.service.open_box_segment;
  const auto share = service_.open(request, at + busy);
  if (share) answer(share->message, request, at + busy, share->value);
  if (!box.queue.empty()) return {busy, go::Step::Then::again, {}, 0};
  box.working = false;
  return {busy, go::Step::Then::park, {}, 0};
}

void AccessServer::answer(Message message, const Waiting& request, Instant at,
                          std::uint32_t value) {
  const std::uint32_t user = request.user;
  std::size_t machine = machine_of_block_[user / 1024];
  while (machine + 1 < channel_first_user_.size() && channel_first_user_[machine + 1] <= user)
    ++machine;
  const Instant arrives = wire_.arrival(at, frame_bytes(message_bytes(message)));
  context_->send(channels_[machine], arrives, static_cast<std::uint32_t>(message), user,
                 Payload{Payload::of(request.b).sent, value}.packed());
  if (message == Message::connect_done) return;
  const Instant clock = by_clock(at);
  counts_.responses.add(clock);
  counts_.packets_sent.add(clock);
  counts_.bytes_sent.add(clock, frame_bytes(message_bytes(message)));
  // The client's kernel ACKs at once: its last data came longer than a time-out ago (Linux
  // tcp_event_data_recv), unless the client itself answers at once with an open request.
  if (message != Message::packet_for_you) card_.expect_ack(at + spec_.shortest_round_trip);
}

// The server's own ACK of a request rides on the answer where the connection is interactive and
// the answer comes within the delayed-ACK time; else a pure ACK is sent (Linux tcp_input.c).
void AccessServer::acknowledge(std::uint32_t user, Instant arrived, Instant answered) {
  Connection& connection = connections_by_user_[user];
  const bool in_time = answered - arrived < delayed_ack;
  if (!connection.interactive || !in_time) {
    counts_.pure_acks_sent.add(by_clock(arrived));
    counts_.packets_sent.add(by_clock(arrived));
    counts_.bytes_sent.add(by_clock(arrived), 64);
  }
  connection.interactive = in_time;
}

std::int64_t AccessServer::in_flight() const {
  return static_cast<std::int64_t>(unread_.size() + queued_.size() + boxed_.size());
}

}  // namespace springtide::models::red_packet
