// The scenario as plain data: what a run is about, whichever world runs it.
//
// One vocabulary for all stories. *Clients* (who, how many, on which nodes, by what plan) ask
// *operations*; an operation is a tree of calls to *services*; services run on *nodes* (count,
// cores, a *runtime*) in *sites*; *links* join clients, services and sites; *queues* hold messages
// and *caches* answers; *packets* are issued from pools; *playbooks* and *incidents* change the
// running system; *phases* name spans of time that are reported apart; *thresholds* judge the run;
// *sources* says where a value comes from.
//
// Collections are keyed by name (ordered, so that no hash order decides anything). Every value
// has its default here; ranges, units and explanations are in the key table (spec/keys.h).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/distribution.h"
#include "base/quantity.h"
#include "base/time.h"
#include "spec/chain.h"
#include "spec/event_loop.h"
#include "spec/fleet.h"
#include "spec/go_runtime.h"

namespace springtide::spec {

// A value that changes at given instants; before the first one it is zero.
// In JSON an object keyed by instant: { "0s": "30k/s", "8min": "60k/s" }; a single rate is short
// for { "0s": rate }.
using RateSteps = std::map<Duration, Rate>;

// --- Plans: when requests are meant to be sent -------------------------------------------------
// clang-format off
struct PoissonPlan { RateSteps rate; };             // {"poisson": "72k/s"}
struct ConstantPlan { RateSteps rate; };            // {"constant": "10/s"}: evenly spaced
struct RenewalPlan { Distribution interval; };      // {"renewal": <distribution>}
// clang-format on
struct ClosedPlan {        // {"closed": {"users": 10, "think": ...}}
  std::int64_t users = 1;  // each asks, waits for the end, thinks, asks
  Distribution think;
};
struct SlotsPlan {  // {"slots": {"rate": {...}}}
  // Every user wakes at each whole second of its clock and decides by its number whether to ask.
  RateSteps rate;
  int strips = 13;
};
using Plan = std::variant<PoissonPlan, ConstantPlan, RenewalPlan, ClosedPlan, SlotsPlan, CuesPlan,
                          FunnelPlan>;

// How a population comes online (only for clients that hold connections).
struct Connect {
  std::map<std::int64_t, Duration> begin;  // by node number: when that machine starts; {"0": "5s"}
  std::int64_t per_node = 60'000;          // users a node holds; the last node takes the rest
  int spread_seconds = 20;                 // user i starts i mod spread_seconds later
  Duration begin_error{};                  // each begin is off by a uniform amount up to this,
                                           // either way: what the record leaves open
};

// What one user of a client machine is in the 2017 load generator: a sender goroutine
// that wakes each second, a reader goroutine, a private pool of messages.
struct UserProgram {
  Duration wake_segment{3'000};    // wake, read the clock, decide, sleep again; fitted
  Duration write_segment{12'000};  // one write(2) of a request on the old virtual machine
  Duration read_segment{12'000};   // three read(2) of an answer and the counting
  Duration clock_to_sleep{200};    // between reading the clock and arming the timer
  Bytes heap{8'600};               // 30 messages of 128 + 112 bytes, connection, timer
  Bytes scanned_heap{4'800};       // of it, what the collector reads (up to the last pointer)
};

struct Clients {
  Plan plan;
  std::string asks;             // an operation; empty where `asks_shares` says which
  int priority = 0;             // lower is served first, where a service has priorities
  std::string on;               // a node; empty: outside the modelled machines
  std::int64_t population = 0;  // how many users, for plans over individuals
  std::optional<Connect> connect;
  Phones phones;      // used where the clients are phones: a plan of cues
  UserProgram user;   // used where the clients run on a node with a Go runtime
  LoadDriver driver;  // used where it is an event-loop
  // Of a service chain:
  std::map<std::string, Probability> asks_shares;  // operations: {"asks": {"view": "60%", ...}}
  Retries retries;                                 // of users, when a request ends badly
  std::optional<Distribution> patience;            // after which a user no longer waits
  std::optional<Duration> deadline;                // a later answer is no goodput
  std::map<std::string, Probability> sites;        // where they are, by share; empty: in all alike
};

// --- Operations and services ---------------------------------------------------------------------
struct Operation {          // {"calls": [{"web": {}}, {"store": {}}]}
  std::vector<Call> calls;  // in sequence; the answer returns from the last
};

enum class Discipline { fifo, processor_sharing, priority, preemptive_priority, lifo };

struct Station {  // "kind": "station", the default: one queue, many workers
  Distribution time;
  std::map<int, Distribution> time_by_priority;  // overrides `time`
  std::optional<std::int64_t> queue;  // how many may wait; absent: any number; over it: refused
  Discipline discipline = Discipline::fifo;
  // Of a service chain:
  Balancing balancing = Balancing::random;
  bool failover = true;      // to the nearest other site, while none of its machines here is up
  bool holds_worker = true;  // while its nested calls run; else the worker serves others
  Bytes request_bytes{}, answer_bytes{};  // through the cards of both machines
  Bytes storage_bytes{};                  // written to the disk for each call
  Uncertain<std::int64_t> entries{};      // that it holds, all machines together
  Bytes memory_per_entry{}, storage_per_entry{};
  std::optional<RateLimit> rate_limit;            // of each machine
  std::map<std::string, std::int64_t> bulkheads;  // workers of each machine kept for such calls
  std::optional<Shed> shed;
  std::string module;  // what playbooks call it
};

// The access server of 2017: a reader per connection, SETs with a bounded queue, a
// packet queue and one worker each; shakes above the limit of a clock second are refused.
struct RedPacketAccess {  // "kind": "red-packet-access"
  int sets = 256;
  std::int64_t set_queue = 4687;        // messages
  std::int64_t packet_queue = 120'000;  // packets, per SET
  int open_boxes = 5;
  std::int64_t open_box_queue = 120'000;
  std::int64_t overload_per_second = 65'000;  // requests counted in a clock second
  std::int64_t connections = 0;               // that a server holds at most; 0: not limited
  Duration reader_segment{}, worker_segment{}, open_box_segment{}, generator_segment{},
      login_segment{}, empty_read_system_call{}, write_system_call{};
  Bytes static_heap{}, static_scanned{};  // pools and queues allocated at the start
  Bytes heap_per_connection{}, scanned_per_connection{};
  Bytes heap_per_request{};
};

struct Service {
  std::string on;  // a node
  std::variant<Station, RedPacketAccess> kind;
};

// --- Machines ------------------------------------------------------------------------------------
struct NetworkCard {
  std::optional<BitRate> bandwidth;  // absent: infinite
  std::optional<Rate> packet_rate;   // what the interrupt core can take off the ring
  int receive_ring = 256;            // packets; more are dropped
  Rate background_packets{};         // of other tenants of the machine
};

struct Clock {
  Distribution error;  // offset of the node's clock, drawn once a node
  bool error_either_sign = true;
};

// How processes run on a node; presets in spec/presets.h give every value of Go a source.
// In JSON: { "preset": "go1.8", "switch-cost": "150ns" }: the keys of GoRuntime override the
// preset.
struct Runtime {
  std::string preset = "threads";                // "threads", "event-loop", "go1.8", "go1.19"
  GoRuntime go;                                  // what results from preset and overrides
  EventLoop loop;                                // of "event-loop"
  std::map<std::string, std::string> overrides;  // as written, for the list of assumptions
};

struct Node {
  std::int64_t count = 1;                     // where `sites` is empty
  std::map<std::string, std::int64_t> sites;  // machines in each site
  std::int64_t workers = 1;                   // of a station
  std::int64_t cores = 1;
  std::string runtime;  // a runtime of this scenario or a preset's name
  Bytes memory{};
  Probability speed_spread{};  // machines differ: each is faster or slower by a uniform
                               // share up to this
  NetworkCard network_card;
  Clock clock;
  Bytes storage{};                           // of each machine; 0: not limited
  std::optional<BitRate> storage_bandwidth;  // of its disk; absent: infinite
};

struct Link {
  std::string from, to;             // clients, a service, a queue, a node or a site
  Distribution delay;               // one way, request direction and answer direction alike
  Probability loss{};               // independent, per packet
  Probability loss_burst_start{};   // Gilbert-Elliott: good -> bad per packet
  Probability loss_burst_end{1.0};  // bad -> good per packet
  std::optional<BitRate> bandwidth;
};

// --- Red packets ---------------------------------------------------------------------------------
struct PacketPool {
  enum class Kind { shake, sent, seed } kind = Kind::shake;
  std::string service;
  Duration begin{};
  Rate rate{};  // issued in a burst at each whole second of the server's clock
  std::int64_t count = 0;
  std::int64_t amount_low = 10, amount_high = 309;  // cents, uniform, both included
  int recipients = 3;                               // of a sent packet
  std::int64_t first_user = 0, last_user = 0;       // recipients drawn from [first, last)
  // Of a seed file: prepared packets, shared out to all servers of the service; each server issues
  // its own at its share of the rate. Who has `per_user`, or has one of this sponsor, gets none.
  std::int64_t sponsors = 1;                     // packet i is of sponsor i mod sponsors
  std::int64_t per_user = 0, per_sponsor = 0;    // 0: no limit
  std::map<std::string, std::int64_t> sets_off;  // operations that each packet won asks, how often
};

// --- Events of the night, and judging it ---------------------------------------------------------
struct Incident {
  enum class Kind {
    standstill,  // a machine does nothing for a time
    loss,        // machines are gone, their connections with them; back after `length`, empty
    slow,        // machines take `factor` times as long
    failures,    // the first `calls` of a service fail at once
    link,        // a link has more delay, more loss, or is cut
    disk,        // disks have `factor` of their bandwidth
  } kind = Kind::standstill;
  std::string node;
  std::int64_t index = 0;  // which of the node's count
  // Of a loss, instead of a node: all servers of a site, of a carrier, of both, or of one cluster.
  std::string site, carrier, cluster;
  // In a service chain, instead of a node: all machines of a service, in `site` where one is named.
  // A node is its machine `index` or, with `all`, every one; in `site` where one is named.
  std::string service;
  bool all = false;
  std::string link;         // of a link
  double factor = 1;        // of slow and disk
  std::int64_t calls = 0;   // of failures
  Duration delay{};         // of a link: added each way
  Probability link_loss{};  // of a link: added to its own
  bool cut = false;         // of a link: nothing gets through
  Duration at{}, length{};
  bool enabled = false;
};

struct Phase {
  Duration from{}, to{};
};

enum class Road {
  automatic,  // the fleet road for plans of cues, else the detailed one
  detailed,   // every goroutine segment is an event
  fleet,      // every request by recursion, many servers side by side
};

struct Scenario {
  std::string title, description;
  Road road = Road::automatic;
  std::uint64_t seed = 1;
  Duration duration{};          // how long requests are sent
  Duration warmup{};            // not measured
  std::string start_clock;      // "22:45:00": wall clock shown for instant 0; may be empty
  std::int64_t start_unix = 0;  // unix second of instant 0 (the slot rule needs it)
  std::map<std::string, Clients> clients;
  std::map<std::string, Operation> operations;
  std::map<std::string, Service> services;
  std::map<std::string, Node> nodes;
  std::map<std::string, Runtime> runtimes;
  std::map<std::string, Link> links;
  std::map<std::string, Cluster> clusters;
  std::map<std::string, StaticResource> resources;
  std::optional<LiveControl> control;
  std::map<std::string, MessageQueue> queues;
  std::map<std::string, Cache> caches;
  std::map<std::string, Playbook> playbooks;
  std::map<std::string, Reconciliation> reconciliation;  // by queue
  Planning planning;
  std::map<std::string, PacketPool> packets;
  std::map<std::string, Incident> incidents;
  std::map<std::string, Phase> phases;
  std::map<std::string, std::vector<std::string>> thresholds;
  std::map<std::string, std::string> sources;  // JSON pointer -> where the value comes from
};

}  // namespace springtide::spec
