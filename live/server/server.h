// The reference server: the access server of 2017 as shared-nothing processes on this machine.
//
//   supervisor (whoever calls start)
//     |-- worker 0 .. n-1   each: its own listening socket at the one port (SO_REUSEPORT), its own
//     |                     connections, one thread (live/server/worker.h)
//     '-- issuer            issues red packets at each whole second (live/server/issuer.h)
//   shared memory: packet queues, records of sent packets, the count of the clock second, SET
//                  lengths, every process's counters (live/server/shared_state.h)
//
// A process may open only so many files (20 000 here), so many connections need many workers. A
// worker that is killed closes its connections and its listening socket; the kernel gives new
// connections to the others, counters and packets stay, watch() tells, and a process that was
// forked in the beginning for that purpose takes its place (net/spares.h): the same number, the
// same counters, a listening socket of its own. There are `restarts` of them; then there are no
// more. The issuer has no spare: how far its orders are only it knows.
//
// Left out: more than one service; addresses other than loopback.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "base/time.h"
#include "live/net/address.h"
#include "live/net/streams/streams.h"
#include "live/server/counts.h"
#include "live/server/report.h"
#include "spec/scenario.h"

namespace springtide::live::server {

struct ServerOptions {
  net::Address listen;                // port 0: a free one; Server::address() tells
  std::int64_t connections = 15'000;  // how many are expected: for the number of processes, and
                                      // recipients of pools that name no users are drawn from them
  int processes = 0;                  // 0: one a core, more where files do not suffice
  spec::RedPacketAccess service;
  std::map<std::string, spec::PacketPool> pools;
  std::uint64_t seed = 1;         // of amounts, recipients, shares
  std::int64_t zero_unix_ns = 0;  // instant 0 of the scenario, by the unix clock
  int restarts = 3;               // so many workers that die are replaced, each at once
  int sample_every = 64;          // one connection in so many is stamped; 0: none
  net::Backend backend = net::Backend::automatic;
  // Worker i stays on processor i mod their number and takes the connections of clients that run
  // there (net/placement.h). Only where clients are spread over all processors as evenly.
  bool pin = false;
  // A worker that has just served looks again no sooner than this, so that more waits for it than
  // what woke it. Unset: not at all where each processor has one worker, else 500 us, and as many
  // times longer, up to 5 ms, as there are workers for each: where many take turns, being woken
  // costs more than a request.
  std::optional<Duration> round;
  Duration login_timeout = second * 10;
  std::int64_t output_limit = 16 * 1024;  // bytes that may wait for a client that does not read
  Duration limit = minute * 720;          // after that the processes end by themselves
};

// Connections that one worker is given at most: the files that the process may open, less those
// it has, less room for an uneven spread.
std::int64_t connections_per_process();

class Server {
 public:
  // Forks: call it before this process has threads. Fails, with everything undone, where the port
  // is taken, the options make no sense, or the machine has no room.
  static Result<std::unique_ptr<Server>> start(const ServerOptions& options);
  virtual ~Server() = default;  // without stop(): the processes are killed

  virtual net::Address address() const = 0;
  virtual std::vector<std::string> processes() const = 0;  // "worker 0 (process 4711)", ...

  // What happened since the last call: processes that ended though nobody asked them to, and who
  // took their place. Call it now and then; it does not wait.
  virtual std::vector<std::string> watch() = 0;
  virtual int workers_running() const = 0;  // as watch() last saw

  // Of all processes; a moment behind. Safe from any thread.
  virtual Counts counters() const = 0;
  virtual Counts in_second(std::int64_t unix_second) const = 0;
  virtual std::int64_t first_second() const = 0;  // unix s; nothing was counted before
  virtual std::int64_t connections() const = 0;   // open now
  virtual double processor_seconds() const = 0;   // a second behind

  // Packets beyond those of the scenario: `rate` each second, `count` in all, from the next whole
  // second on. Recipients are drawn from [first_user, last_user). Safe from any thread.
  virtual Result<bool> issue_shake_packets(std::int64_t rate, std::int64_t count) = 0;
  virtual Result<bool> issue_sent_packets(std::int64_t rate, std::int64_t count,
                                          std::int64_t first_user, std::int64_t last_user) = 0;

  // Ends all processes and waits for them. Call once.
  virtual ServerReport stop() = 0;
};

}  // namespace springtide::live::server
