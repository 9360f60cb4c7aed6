// Whether so many connections fit on this machine, before anything is started: what they need, what
// there is, and the command that raises a limit that is too low.
//
//   N connections on loopback are 2 N sockets: N in the driver, N in the server
//   files       a process holds at most its hard limit, so N connections take several processes
//               on either side
//   ports       a port serves many connections as long as the four numbers of each differ: every
//               10 000 connections the driver takes another source address of 127.0.0.0/8
//   memory      of the kernel for 2 N sockets, and of both programs
//
// Pure: (machine, demand) -> needs. What the kernel takes for a socket was measured (below).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "live/preflight/machine.h"

namespace springtide::live::preflight {

// Bytes of the kernel for one idle connection on loopback, both ends, with its files and epoll
// entries. Measured: MemAvailable falls by 7 300 bytes a connection, the programs' own memory
// included, while `springtide live load` connects 200 000 to `springtide live serve` (kernel 6.18,
// 64 bit). Connections that are busy, or being closed, take more for a moment.
inline constexpr std::int64_t kernel_bytes_per_connection = 8'000;
// Of the driver and of the reference server.
inline constexpr std::int64_t user_bytes_per_connection = 700;
inline constexpr std::int64_t bytes_per_process = 8'000'000;
inline constexpr std::int64_t static_bytes = 300'000'000;  // queues, packets, counters

struct Demand {
  std::int64_t connections = 0;
  bool with_server = true;  // the server is ours too, and takes as many processes
  int processes = 0;        // of the driver; 0: as few as possible
  double connects_per_second = 10'000;
};

struct Need {
  std::string what;    // "files of a process"
  std::string found;   // "20 000"
  std::string needed;  // "19 050 in each of 53 processes"
  bool fits = true;
  bool advice = false;  // only slower or less safe, not impossible
  std::string command;  // that changes it, where it does not fit
  std::string why;      // one sentence
};

struct Preflight {
  std::int64_t connections = 0;
  int driver_processes = 0, server_processes = 0;
  int source_addresses = 0;
  std::int64_t bytes = 0;  // of memory, all in all
  std::vector<Need> needs;
  bool fits() const;  // advice aside
};

Preflight check(const Machine& machine, const Demand& demand);

std::string to_text(const Preflight& preflight);
// {"connections": N, "fits": true, "driver_processes": .., "server_processes": ..,
//  "source_addresses": .., "memory_bytes": .., "needs": [{"what", "found", "needed", "fits",
//  "advice", "command", "why"}]}
std::string to_json(const Preflight& preflight);

}  // namespace springtide::live::preflight
