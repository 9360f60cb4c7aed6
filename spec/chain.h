// What a service chain needs beyond a queue: calls that call, machines in sites, cards and disks,
// queues of messages, caches, what clients and callers do when it goes wrong, and who steps in.
//
//   exposures -> clicks -> requests ----> web ----> user list (cache) -> partner
//   (a funnel)   each asks operations       |-----> store
//                                           |-----> queue ~~~> consumers -> delivery
//
// An *operation* is a tree of calls. The calls of a list are made one after the other; those of
// {"parallel": {"calls": [...]}} at once. What a call's own "calls" hold is called by the service
// before it answers. A call that names a *queue* puts a message there and does not wait for its
// delivery.
//
// How a call ends. It is *answered*, *refused* (queue full, rate limit, shed, breaker open,
// admitted share), *timed out*, *failed* (the service failed or is gone) or *lost* (a one-way
// message). Where something that it needed ended badly it ends the same way: whoever counts the
// ends of an operation sees the cause. With retries it is made again; with a fallback it counts as
// answered, *degraded*; where it is optional its caller goes on as if it had not been asked.
//
// Plain data; defaults stand here, keys, ranges and explanations in spec/keys/sections/chain*.cc.
// Units: durations in integer nanoseconds, rates per second, sizes in bytes. Of one thing in
// several sites every limit and every cache is of each site; of a service, of each of its machines.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/distribution.h"
#include "base/quantity.h"
#include "base/time.h"

namespace springtide::spec {

// An input that is not known exactly: {"low": .., "mid": .., "high": .., "confidence": "80%"}.
// A plain value is all three, with certainty. Runs use `mid`; an estimate uses all.
template <class T>
struct Uncertain {
  T low{}, mid{}, high{};     // low <= mid <= high
  Probability confidence{1};  // that the truth lies between low and high

  static Uncertain exactly(T value) { return {value, value, value, {1}}; }
};

// --- What a caller does -----------------------------------------------------------------------

// At most `ratio` retries for each first attempt, and besides so many a second in any case.
struct RetryBudget {  // of one call, at one machine of the caller; of users: of these clients
  Probability ratio{0.1};
  Rate per_second{};
};

// Attempt k + 1 follows the bad end of attempt k after back_off x growth^(k-1), at most `most`, of
// which the share `jitter` is drawn evenly: w x (1 - jitter x U), U uniform in [0, 1).
struct Retries {
  std::int64_t attempts = 1;  // all of them, the first included
  Distribution back_off = {};
  double growth = 2;
  std::optional<Duration> most = {};
  Probability jitter{};
  std::optional<RetryBudget> budget = {};
};

// Opens when, of the calls that ended within `window` and are at least `calls`, the share
// `failures` ended badly; refuses all for `open`; then lets `probes` through: all answered, it
// closes, else it opens again. One breaker for each call of an operation at each machine of the
// caller.
struct Breaker {
  Probability failures{0.5};
  std::int64_t calls = 20;
  Duration window{10'000'000'000};
  Duration open{5'000'000'000};
  std::int64_t probes = 1;
};

// A second attempt of the same call to another machine, when the first has not ended after this
// time; the first answer counts, the other attempt is left to run.
struct Hedge {
  Duration after{};
};

// What the caller answers itself when the call ends badly.
struct Fallback {
  Distribution time = {};
};

// Nobody waits: the caller goes on at once, the message may be lost on the way.
struct OneWay {
  Probability loss{};
};

// One call of an operation; or, where `parallel`, a group of calls made at once.
// `calls` is what the service calls before it answers; of a group, its members.
struct Call {
  std::string service = {};  // or the name of a queue; empty where `parallel`
  bool parallel = false;     // goes on when all members have ended
  std::vector<Call> calls = {};
  Probability probability{1};            // share of the times when it is made at all
  std::int64_t repeat = 1;               // so often, one after the other
  bool optional = false;                 // its bad end does not harm the caller
  std::optional<Duration> timeout = {};  // of one attempt, as the caller sees it
  Retries retries = {};
  std::optional<Breaker> breaker = {};
  std::optional<Hedge> hedge = {};
  std::optional<Fallback> fallback = {};
  std::optional<OneWay> one_way = {};
  std::string bulkhead = {};    // of the service: only these workers serve it
  std::string cache = {};       // asked first; a hit needs no call
  bool deadline = false;        // the client's deadline goes with it: expired work is not begun
  std::string module = {};      // what playbooks call it
  std::string written_at = {};  // JSON pointer, for problems; empty where no text was read
};

// --- What a service does ------------------------------------------------------------------------

// Which machine of the service a call goes to, among those in its site that are up.
enum class Balancing { random, round_robin, least_loaded, two_choices };

// A token bucket: `rate` tokens a second, at most `burst`; a call without a token is refused.
struct RateLimit {
  Rate rate{};
  std::int64_t burst = 1;
};

// Refuses calls of `priority` and of higher numbers while the queue is too full or too slow.
struct Shed {
  std::optional<Probability> waiting = {};  // above this share of the queue's limit
  std::optional<Duration> delay = {};       // when the oldest waiting call waits longer than this
  int priority = 0;
};

// --- Queues of messages and caches
// -----------------------------------------------------------------

// A put is acknowledged when the message is stored (on the disk of `on` where it persists, and in
// as many sites as `copies`); consumers take messages in order and make the calls of `deliver`. A
// delivery that ends badly after its retries is *lost*, until a reconciliation re-issues it.
struct MessageQueue {
  std::string on;                  // the node whose card and disk it uses
  std::vector<Call> deliver = {};  // what a consumer calls for each message; empty: only stores
  std::int64_t consumers = 1;      // in each site; each delivers one message at a time
  Bytes bytes{};                   // of a message
  int copies = 1;                  // in so many sites, its own included
  std::optional<Duration> retention = {};     // older messages are lost
  std::optional<std::int64_t> capacity = {};  // messages; absent: as many as come
  bool persist = true;                        // written to the disk of `on`
  enum class Over { refuse, drop_oldest } over = Over::refuse;
};

// Either a fixed share of hits, or keys with a popularity: key k of `keys` is asked with a
// probability in proportion to 1 / k^popularity; the `size` keys used last are kept, each for `ttl`
// from its fetch. One cache for each site.
struct Cache {
  std::optional<Probability> hit_ratio = {};
  std::int64_t keys = 0;
  double popularity = 1;             // Zipf's exponent; 0: all alike
  std::int64_t size = 0;             // entries
  std::optional<Duration> ttl = {};  // absent: for ever
  bool preloaded = false;            // begins with the `size` most popular keys
  bool coalesce = false;   // one fetch for a missing key, others wait for it; else each fetches
  Distribution time = {};  // of a hit
};

// Every delivery owed is delivered once in the end: each `every` the ledger of a queue is compared
// with what was delivered; what has been owed for longer than `after` is put again, at most at
// `rate`. Duplicates are known by their number and dropped.
struct Reconciliation {
  Duration every{};
  Rate rate{};
  Duration after{};
};

// --- Clients
// ---------------------------------------------------------------------------------------

// {"funnel": {...}}: people see something, some click, a click asks `dynamic` times an operation of
// "asks" and `static_requests` times `static_asks`. A number that is not whole is met on average.
struct FunnelPlan {
  std::map<Duration, Uncertain<Rate>> exposures;      // from each instant on
  Uncertain<Probability> clicks{{1}, {1}, {1}, {1}};  // of the exposures
  Uncertain<double> dynamic{1, 1, 1, {1}};            // requests of a click
  Uncertain<double> static_requests{};                // of a click
  Uncertain<Bytes> static_bytes{};                    // of one
  std::string static_asks = {};  // an operation; empty: only their bytes are counted
  Distribution between = {};     // from one dynamic request of a click to the next
};

// --- Who steps in
// ------------------------------------------------------------------------------------

// A bound on a metric: "200k/s", "250ms", "80%", 12000000; in the base unit (per second, seconds,
// 1).
struct Bound {
  double value = 0;
  enum class Unit { none, per_second, seconds, share, bytes, bits_per_second } unit = Unit::none;
};

struct Trigger {
  std::string metric;                           // of the last second: "web.arrivals"
  std::optional<Bound> above = {}, below = {};  // exactly one
  Duration for_time{};                          // so long without a break; whole seconds
};

// What a playbook changes. Undoing it brings back what the scenario says.
struct Actions {
  std::map<std::string, Probability> sample = {};      // module: share of its calls still made
  std::vector<std::string> switch_off = {};            // modules: calls are left out
  std::map<std::string, Distribution> delay = {};      // operation: requests wait first
  std::map<std::string, double> promotion = {};        // clients: factor on their plan's rate
  std::map<std::string, BitRate> card = {};            // node: its cards have this bandwidth
  std::map<std::string, BitRate> disk = {};            // node: its disks have this bandwidth
  std::map<std::string, std::string> divert = {};      // queue: its backlog and its puts go there
  std::map<std::string, Probability> admit = {};       // service: share let in, the rest refused
  std::map<std::string, std::int64_t> machines = {};   // node: so many in each of its sites
  std::map<std::string, std::int64_t> workers = {};    // node: of each of its stations
  std::map<std::string, std::int64_t> consumers = {};  // queue: in each site

  bool empty() const {
    return sample.empty() && switch_off.empty() && delay.empty() && promotion.empty() &&
           card.empty() && disk.empty() && divert.empty() && admit.empty() && machines.empty() &&
           workers.empty() && consumers.empty();
  }
};

struct Undo {  // exactly one
  std::optional<Trigger> when = {};
  std::optional<Duration> after = {};  // the actions took effect
};

// Somebody notices (`when`) or knows (`at`), needs `delay` to act, and acts once; after an undo it
// may act again.
struct Playbook {
  bool enabled = true;
  std::optional<Trigger> when = {};  // exactly one of the two
  std::optional<Duration> at = {};
  Distribution delay = {};
  Actions actions = {};
  std::optional<Undo> undo = {};
};

// What a plan allows: no worker, card, disk or memory is planned to be used more than this.
struct Planning {
  Probability utilisation{0.7};
};

}  // namespace springtide::spec
