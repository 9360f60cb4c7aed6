// Room that a thread needs while it serves requests, shared by all servers of the thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/fleet/server/arrays/latency_counts.h"
#include "workload/crowd/shake.h"

namespace springtide::models::fleet {

enum class Outcome : std::uint8_t { answered, refused, dropped };

// Requests that go through the stages of a server together: small enough for the first cache.
struct Block {
  static constexpr std::size_t room = 256;

  std::size_t n = 0;
  bool dropped = false;                              // any of them
  alignas(64) std::array<std::uint64_t, room> word;  // workload::Shake
  alignas(64) std::array<std::int64_t, room> base;   // arrival, had nothing been lost
  alignas(64) std::array<std::int64_t, room> at;     // at the card; then in the socket
  alignas(64) std::array<std::uint64_t, room> random;
  alignas(64) std::array<std::int64_t, room> wake;  // ns, of a thread
  alignas(64) std::array<std::int64_t, room> way;   // ns, there and back; then the latency
  alignas(64) std::array<std::int64_t, room> done;  // answered
  alignas(64) std::array<std::uint32_t, room> bucket;
  alignas(64) std::array<Outcome, room> outcome;
  alignas(64) std::array<std::int64_t, room> read;  // only for who hears answers (Resender)
};

// One request, for tests and comparisons.
struct Traced {
  std::uint64_t word = 0;           // workload::Shake
  std::int64_t base = 0, done = 0;  // ns: arrival, had nothing been lost; the answer, if any
  Outcome outcome{};
  bool operator==(const Traced&) const = default;
};

struct Workspace {
  Block block;
  std::vector<std::uint64_t> again;  // words of requests that come again within the second: a heap
  bool measured = true;              // latencies are recorded
  LatencyCounts latencies;
  std::vector<Traced>* trace = nullptr;  // costs nothing while absent
};

}  // namespace springtide::models::fleet
