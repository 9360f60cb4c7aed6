// All that the processes of a server share, made before the first of them is forked.
#pragma once

#include <cstdint>
#include <deque>

#include "live/server/counts.h"
#include "live/server/issuer.h"
#include "live/server/packet_store.h"
#include "live/server/server.h"
#include "live/server/set_queues.h"
#include "live/server/stages.h"

namespace springtide::live::server {

struct WorkerState {
  Book book;
  SetLengths set_lengths;
  StageBook stages;
};

struct SharedState {
  static Result<SharedState> make(const ServerOptions& options, std::size_t workers,
                                  std::int64_t first_second);

  SharedSecondLimit limit;
  PacketStore store;
  SetLengths set_lengths;
  OrderBook orders;
  Book issuer_book;
  std::deque<WorkerState> workers;
};

}  // namespace springtide::live::server
