// How long calls take and how long workers are held, from the bottom of the trees of calls up.
//
//   response = wait for a worker + service + own calls + the way there and back
//   held     = service + own calls         where a worker waits for them ("holds-worker")
//            = service                     else
//
// Service includes what is written to the disk, the way what goes through the cards: by their
// bandwidths, without waiting there.
//
// Calls in sequence add up, parallel ones take the longest (theory/networks/longest.h), with a
// cache it is the mixture of hit and fetch. Waits are those of G/G/c with Poisson arrivals (Allen
// and Cunneen, theory/stations/approximation.h) at the rate and the holding time of the pool: each
// machine by itself where calls go to machines at random or in turn, all machines of the site as
// one where the least loaded is chosen. As what is called waits, so is its caller held: waits and
// holding times are found together, by repeating until they stay.
//
// Where a pool is asked for more than it has, there is no mean wait, and `saturated` says so: calls
// are taken to wait for a full queue, or not at all where the queue has no limit, or where only
// consumers call: what they cannot deliver waits with the messages. Nobody waits for longer than
// the time-out of the call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "models/chain/estimate/flow.h"
#include "theory/networks/longest.h"

namespace springtide::models::chain::estimate {

// The workers of a service in a site: all, but for those of a bulkhead, or those of the bulkhead.
struct Pool {
  std::int64_t machines = 0, workers = 0;  // workers of each machine
  double calls = 0;                        // per second
  double busy = 0;                         // workers, all machines together
  double square = 0;                       // calls x E[held^2]
  theory::Moments wait = {};
  bool saturated = false;
  bool only_consumers = true;  // call here

  double held() const { return calls > 0 ? busy / calls : 0; }  // seconds
  double utilisation() const { return busy / static_cast<double>(machines * workers); }
};
using PoolKey = std::tuple<std::string, std::string, std::size_t>;  // service, bulkhead, site

class Times {
 public:
  Times(const spec::Scenario& scenario, const Geography& geography, const Hits& hits);

  // Finds all waits at these rates of the sources.
  void settle(const Flow& flow, const std::vector<double>& sources);

  // Calls of `caller` in `site`, one after the other.
  theory::Moments of_all(const std::vector<spec::Call>& calls, const std::string& caller,
                         std::size_t site) const;
  // How long this visit's call holds a worker.
  theory::Moments held(const Visit& visit) const;
  const std::map<PoolKey, Pool>& pools() const { return pools_; }

 private:
  theory::Branch branch(const spec::Call& call, const std::string& caller, std::size_t site) const;
  theory::Moments once(const spec::Call& call, const std::string& caller, std::size_t site) const;
  theory::Moments put(const spec::MessageQueue& queue, std::size_t site) const;
  theory::Moments own_work(const spec::Call& call) const;
  double cards(const spec::Call& call, const std::string& caller) const;  // seconds
  void load(const Flow& flow, const std::vector<double>& sources);
  bool update_wait(const PoolKey& key, Pool& pool) const;

  const spec::Scenario& scenario_;
  const Geography& geography_;
  const Hits& hits_;
  std::map<PoolKey, Pool> pools_;
};

}  // namespace springtide::models::chain::estimate
