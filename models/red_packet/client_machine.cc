#include "models/red_packet/client_machine.h"

#include <algorithm>

namespace springtide::models::red_packet {
namespace {

std::int64_t whole_seconds(Instant at) {
  return at.ns >= 0 ? at.ns / second.ns : -((second.ns - 1 - at.ns) / second.ns);
}

// Before a sender has logged in: no second of the clock.
constexpr std::int32_t not_yet = -2;

}  // namespace

ClientMachine::ClientMachine(const ClientMachineSpec& spec)
    : spec_(spec),
      machine_(spec.go, spec.processors, spec.seed, spec.name, *this, spec.clock_offset),
      card_(spec.network_card),
      wire_(spec.link, spec.seed, spec.name + "/to-server"),
      users_(spec.users),
      grouping_(spec.users, static_cast<std::uint32_t>(spec.spread_seconds)),
      books_(spec.slice),
      counts_(books_.counts) {
  for (std::uint32_t sender = 0; sender < spec.users; ++sender) {
    const std::uint32_t number = spec.first_user + grouping_.at_place(sender);
    users_[sender] = {workload::spread(number, spec.population, spec.strips) & 0xffffff,
                      static_cast<std::uint8_t>(State::starting),
                      0,
                      not_yet,
                      {}};
  }
}

void ClientMachine::start(sim::Context& context) {
  context_ = &context;
  machine_.start(context);
  context.schedule(spec_.begin, process_begins);
}

void ClientMachine::handle(sim::Context& context, const sim::Event& event) {
  if (event.kind >= go::Machine<ClientMachine>::first_kind) {
    machine_.handle(event);
    return;
  }
  if (event.kind == process_begins) {
    for (std::uint32_t i = 0; i < 2 * spec_.users; ++i) machine_.spawn();
    for (std::uint32_t i = 0; i < spec_.users; ++i)
      machine_.sleep_until(event.at + second * (grouping_.at_place(i) % spec_.spread_seconds), i,
                           event.at);
    return;
  }
  const std::uint32_t sender = grouping_.place_of(event.a - spec_.first_user);
  const auto message = static_cast<Message>(event.kind);
  if (message == Message::connect_done) {
    machine_.network_ready(sender, event.at);
    return;
  }
  const auto arrived = card_.receive(event.at, frame_bytes(message_bytes(message)));
  if (!arrived) {  // dropped by the ring: the server's TCP sends it again
    context.schedule(event.at + first_time_out, event.kind, event.a, event.b,
                     sim::EventClass::arrival);
    return;
  }
  ++answers_arrived_;
  User& self = users_[sender];
  unread_.push(self.inbox, {message, event.a, event.b, *arrived});
  if (self.reading == 0) {
    self.reading = 1;
    machine_.network_ready(spec_.users + sender, *arrived);
  }
}

void ClientMachine::send(Message message, std::uint32_t sender, Instant at, std::uint32_t value) {
  const Duration time_out = message == Message::connect ? first_connect_time_out : first_time_out;
  const Instant arrives = wire_.arrival(at, frame_bytes(message_bytes(message)), time_out);
  context_->send(to_server_, arrives, static_cast<std::uint32_t>(message),
                 spec_.first_user + grouping_.at_place(sender), Payload{at, value}.packed());
  if (message == Message::login || message == Message::shake) counts_.requests.add(by_clock(at));
}

go::Step ClientMachine::start_user(std::uint32_t sender, Instant at) {
  const spec::UserProgram& costs = spec_.user;
  User& self = users_[sender];
  if (static_cast<State>(self.state) == State::starting) {
    self.state = static_cast<std::uint8_t>(State::connecting);
    machine_.grow(costs.heap.count, costs.scanned_heap.count);
    machine_.maybe_collect(at);
    send(Message::connect, sender, at + costs.write_segment);
    return {costs.write_segment, go::Step::Then::park, {}, 0};
  }
  if (static_cast<State>(self.state) == State::connecting) {  // the handshake is done
    self.state = static_cast<std::uint8_t>(State::connected);
    counts_.connected.add(by_clock(at));
    return sleep_to_next_second(sender, at, costs.wake_segment, whole_seconds(by_clock(at)));
  }
  self.state = static_cast<std::uint8_t>(State::running);
  send(Message::login, sender, at + costs.wake_segment + costs.write_segment);
  counts_.logins.add(by_clock(at));
  const std::int64_t clock_second = whole_seconds(by_clock(at));
  self.next_second = static_cast<std::int32_t>(clock_second + 1);
  return sleep_to_next_second(sender, at, costs.wake_segment + costs.write_segment, clock_second);
}

go::Step ClientMachine::run_sender(std::uint32_t sender, Instant at) {
  User& self = users_[sender];
  if (static_cast<State>(self.state) != State::running) [[unlikely]]
    return start_user(sender, at);
  const std::int64_t clock_second = whole_seconds(by_clock(at));
  if (clock_second != slot_second_) {
    slot_second_ = clock_second;
    slot_ = slot_of(clock_second);
    slot_end_ = Instant{(clock_second + 1) * second.ns};
  }
  if (clock_second > self.next_second) [[unlikely]]
    count_missed(sender, self.next_second, clock_second);
  self.next_second = static_cast<std::int32_t>(clock_second + 1);
  Duration busy = spec_.user.wake_segment;
  for (std::uint32_t n = at < spec_.end ? slot_.times(self.h) : 0; n > 0; --n) {
    busy += spec_.user.write_segment;
    send(Message::shake, sender, at + busy);
    counts_.shakes.add(by_clock(at + busy));
  }
  return sleep_to_next_second(sender, at, busy, clock_second);
}

// Those that have not missed a second, do not ask in this one, and are done before it ends. They
// sleep until it ends, and a moment longer (gap_of).
go::Idling ClientMachine::idle(go::GoroutineRun run, Instant at, Duration each) {
  const Instant end = slot_end_ - spec_.clock_offset;  // true time
  const Duration left = end - at - spec_.user.wake_segment;
  if (run.first >= spec_.users || left.ns <= 0 || left + spec_.user.wake_segment > second)
    return {};
  if (spec_.user.clock_to_sleep * 3 >= microsecond * 2) return {};  // not in one microsecond
  std::uint32_t most = std::min(run.count, spec_.users - run.first);
  if (left <= each * (most - 1)) most = static_cast<std::uint32_t>((left.ns - 1) / each.ns + 1);
  std::uint32_t n = 0;
  Duration gap = second;
  for (User* user = &users_[run.first]; n < most; ++n, ++user) {
    if (user->next_second != slot_second_ || slot_.asks(user->h)) break;
    ++user->next_second;
    gap = std::min(gap, gap_of(run.first + n));
  }
  for (std::uint32_t ahead = 0; ahead < 12; ahead += 4)
    __builtin_prefetch(users_.data() + run.first + n + ahead);
  return {n, end + gap};
}

// time.Sleep until the next whole second of the clock, unless more than a second has passed since
// this round began.
go::Step ClientMachine::sleep_to_next_second(std::uint32_t sender, Instant at, Duration busy,
                                             std::int64_t began_second) {
  const Instant clock = by_clock(at + busy);
  const std::int64_t second_now = whole_seconds(clock);
  if (second_now > began_second + 1) return {busy, go::Step::Then::again, {}, 0};
  const Duration left = second * (second_now + 1) - clock.since_start();
  return {busy, go::Step::Then::sleep, left + gap_of(sender), spec_.go.timer_garbage.count};
}

void ClientMachine::count_missed(std::uint32_t sender, std::int64_t from, std::int64_t to) {
  for (std::int64_t s = from; s < to; ++s) {
    const Instant missed{s * second.ns};
    counts_.missed_wakes.add(missed);
    const std::uint32_t times = missed < spec_.end ? slot_of(s).times(users_[sender].h) : 0;
    if (times > 0) counts_.not_sent.add(missed, times);
  }
}

workload::Slot ClientMachine::slot_of(std::int64_t clock_second) const {
  const auto next = spec_.rate.upper_bound(Duration{clock_second * second.ns});
  if (next == spec_.rate.begin()) return {};
  const double rate = std::prev(next)->second.per_second;
  return {spec_.start_unix + clock_second, static_cast<std::int64_t>(rate + 0.5), spec_.population};
}

go::Step ClientMachine::run_reader(std::uint32_t sender, Instant at) {
  User& self = users_[sender];
  const Duration each = spec_.user.read_segment;
  Duration busy{};
  while (!self.inbox.empty() && unread_.front(self.inbox).since <= at + busy) {
    busy += each;
    const Waiting answer = unread_.pop(self.inbox);
    read_answer(answer, at + busy);
    if (answer.message == Message::packet_for_you) {
      busy += spec_.user.write_segment;
      send(Message::open, sender, at + busy, Payload::of(answer.b).value);
      counts_.opens.add(by_clock(at + busy));
    }
  }
  if (!self.inbox.empty()) {  // something is on its way through the card
    machine_.network_ready(spec_.users + sender, unread_.front(self.inbox).since);
  } else {
    self.reading = 0;
  }
  return {busy, go::Step::Then::park, {}, 0};
}

void ClientMachine::read_answer(const Waiting& answer, Instant at) {
  const Payload payload = Payload::of(answer.b);
  const bool of_shake = books_.count(answer.message, payload.value, by_clock(at));
  if (!of_shake || payload.sent < spec_.measured_from) return;
  // Shakes are intended for the beginning of the second of the clock in which they are sent.
  const Duration into{by_clock(payload.sent).ns % second.ns};
  books_.service_latency.record((at - payload.sent).ns);
  const std::int64_t latency = (at - payload.sent + into).ns;
  books_.latency.record(latency);
  books_.latency_over_time.record(payload.sent, latency);
}

}  // namespace springtide::models::red_packet
