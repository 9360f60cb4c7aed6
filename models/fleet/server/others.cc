// What client machines ask beside shakes (others.h): each waits for a core like a shake, costs what
// it costs on the detailed road, and is never refused.
#include <algorithm>

#include "models/fleet/server/server.h"

namespace springtide::models::fleet {

std::int64_t Server::work_of(Asks asks, Outcome outcome) const {
  const spec::RedPacketAccess& service = spec_.service;
  const std::int64_t switching = spec_.runtime.go.switch_cost.ns;
  if (outcome == Outcome::dropped) return to_read_;
  switch (asks) {
    case Asks::shake: return outcome == Outcome::refused ? to_refusal_ : to_answer_;
    case Asks::login: return to_refusal_;  // read, and a write
    case Asks::open: return to_answer_ + switching + service.open_box_segment.ns;
    case Asks::connect:  // the new reader finds nothing to read
      return 2 * switching + service.login_segment.ns + service.empty_read_system_call.ns;
  }
  return 0;
}

bool Server::all_shakes(const Block& block, std::size_t from, std::size_t to) {
  std::uint64_t any = 0;
  for (std::size_t i = from; i < to; ++i) any |= block.word[i];
  return (any & asks_mask) == 0;
}

// Not a shake; its core is free from `start` on.
void Server::serve_other(Block& block, std::size_t i, std::int64_t start) {
  const Asks asks = asks_of(block.word[i]);
  Outcome outcome = Outcome::answered;
  if (asks == Asks::open && start - block.at[i] > longest_wait_) outcome = Outcome::dropped;
  const std::int64_t work = work_of(asks, outcome);
  turn_clock(start + to_read_);
  if (asks == Asks::connect) {
    current_.other_ns += work;
    interruptions_.connect(1, spec_.service.heap_per_connection.count,
                           spec_.service.scanned_per_connection.count);
  } else {
    ++current_.requests;
    current_.dropped += outcome == Outcome::dropped;
    if (outcome == Outcome::answered) current_.other_ns += work - to_answer_;
  }
  interruptions_.occupy(cores_, start, start + work);
  block.done[i] = start + work;
  block.outcome[i] = outcome;
  block.dropped = block.dropped || outcome == Outcome::dropped;
}

// When each was read: by then it counts, whatever it waits for afterwards.
void Server::find_reads(Block& block) const {
  for (std::size_t i = 0; i < block.n; ++i)
    block.read[i] = block.done[i] - work_of(asks_of(block.word[i]), block.outcome[i]) + to_read_;
}

// An answer is acknowledged at once, as on the detailed road; who was only let in, or dropped, has
// none. An answer that makes its client ask to open a packet, a request that carries its ACK, is
// not told apart.
void Server::acknowledge(Block& block) {
  std::size_t answers = 0;
  for (std::size_t i = 0; i < block.n; ++i)
    if (asks_of(block.word[i]) != Asks::connect && block.outcome[i] != Outcome::dropped)
      block.wake[answers++] = block.done[i];  // no longer needed for anything else
  card_.answered(block.wake.data(), answers);
}

}  // namespace springtide::models::fleet
