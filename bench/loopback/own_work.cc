// What server and driver do for a request themselves, with their own pieces.

#include <string>
#include <vector>

#include "bench/loopback/costs.h"
#include "live/load/telemetry.h"
#include "live/load/users.h"
#include "live/net/clock.h"
#include "live/server/shared_state.h"
#include "live/wire/message.h"

namespace springtide::bench {
namespace {

using live::net::monotonic_ns;
namespace wire = live::wire;

constexpr int requests = 128, rounds = 2000;
constexpr std::uint32_t users = 10'000;

struct Queued {
  std::uint32_t descriptor, generation, user, packet;
  wire::Command command;
  std::int32_t sample;
};

template <typename Work>
double each(Work&& work) {
  const std::int64_t began = monotonic_ns();
  for (std::uint32_t i = 0; i < requests; ++i) work(i * 7919 % users);
  return static_cast<double>(monotonic_ns() - began) / requests;
}

void measure_server(OwnWork& own) {
  using live::server::Count;
  live::server::ServerOptions options;
  auto made = live::server::SharedState::make(options, 1, 0);
  live::server::SharedState& shared = made.value();
  live::server::WorkerState& state = shared.workers[0];
  live::server::SetQueues<Queued> sets(shared.set_lengths, state.set_lengths, 4687);
  std::vector<std::string> outputs(users);
  std::vector<double> read, serve;
  char bytes[64];
  for (int round = 0; round < rounds; ++round) {
    const std::int64_t now = round / 100;
    read.push_back(each([&](std::uint32_t user) {
      const std::size_t size = wire::encode(wire::shake(user, 1), bytes);
      const wire::Parsed parsed = wire::parse({bytes, size});
      state.book.add(Count::receives, now, 1);
      state.book.add(Count::requests, now, 1);
      state.book.add(Count::shakes, now, 1);
      shared.limit.count(now);
      sets.put(parsed.message.user % shared.set_lengths.size(),
               {user, 0, parsed.message.user, 0, parsed.message.command, -1});
    }));
    const std::int64_t began = monotonic_ns();
    sets.serve_all([&](std::size_t set, const Queued& request) {
      if (shared.store.take(set)) return;
      state.book.add(Count::none, now, 1);
      char encoded[wire::max_length];
      std::string& output = outputs[request.user];
      output.append(encoded,
                    wire::encode(wire::shake_answer(request.user, wire::result_none, 1), encoded));
      output.clear();
    });
    serve.push_back(static_cast<double>(monotonic_ns() - began) / requests);
  }
  own.read = median(read.data(), rounds);
  own.serve = median(serve.data(), rounds);
}

void measure_driver(OwnWork& own) {
  using live::load::Count;
  auto made = live::load::Telemetry::make(1, 60);
  const auto part = made.value().part(0);
  live::load::Users all(users);
  std::vector<double> send, receive;
  char bytes[64];
  for (int round = 0; round < rounds; ++round) {
    send.push_back(each([&](std::uint32_t user) {
      const std::int64_t now = monotonic_ns();
      part.state->lateness.record(100'000);
      all.append(user, wire::Command::shake, now).sent_ns = monotonic_ns();
      wire::encode(wire::shake(user, 1), bytes);
      part.count(Count::shakes, 1);
      live::shared::add_to(part.state->outstanding, std::int64_t{1});
      all.written(user);
    }));
    receive.push_back(each([&](std::uint32_t user) {
      const std::size_t size = wire::encode(wire::shake_answer(user, wire::result_none, 1), bytes);
      const wire::Parsed parsed = wire::parse({bytes, size});
      const std::int64_t now = monotonic_ns();
      const auto request = all.answered(user, wire::Command::shake);
      if (!request || parsed.status != wire::Parsed::Status::message) return;
      part.count(Count::responses, 1);
      live::shared::add_to(part.state->outstanding, std::int64_t{-1});
      part.record_latency(1, now - request->intended_ns, now - request->sent_ns);
      part.count(Count::none, 1);
    }));
  }
  own.send = median(send.data(), rounds);
  own.receive = median(receive.data(), rounds);
}

}  // namespace

OwnWork measure_own_work() {
  OwnWork own;
  measure_server(own);
  measure_driver(own);
  return own;
}

}  // namespace springtide::bench
