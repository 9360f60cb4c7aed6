#include "models/chain/estimate/times.h"

#include <algorithm>
#include <cmath>

#include "theory/stations/approximation.h"
#include "theory/stations/erlang.h"

namespace springtide::models::chain::estimate {
namespace {

using theory::Moments;

Moments plus(const Moments& a, const Moments& b) {
  return {a.mean + b.mean, a.variance + b.variance};
}
Moments times(const Moments& one, double count) { return {one.mean * count, one.variance * count}; }

const spec::Station& station_of(const spec::Scenario& scenario, const std::string& service) {
  return std::get<spec::Station>(scenario.services.at(service).kind);
}

double transfer(Bytes bytes, const std::optional<BitRate>& bandwidth) {
  return bandwidth ? static_cast<double>(bytes.count) * 8 / bandwidth->bits_per_second : 0;
}

// Whether calls find a free worker on any machine if there is one.
bool shared(spec::Balancing balancing) {
  return balancing == spec::Balancing::least_loaded || balancing == spec::Balancing::two_choices;
}

}  // namespace

Times::Times(const spec::Scenario& scenario, const Geography& geography, const Hits& hits)
    : scenario_(scenario), geography_(geography), hits_(hits) {
  for (const auto& [name, service] : scenario.services)
    for (std::size_t site = 0; site < geography.count(); ++site) {
      const std::int64_t machines = geography.machines(service.on, site);
      if (machines < 1) continue;
      std::int64_t rest = scenario.nodes.at(service.on).workers;
      for (const auto& [bulkhead, workers] : station_of(scenario, name).bulkheads) {
        pools_[{name, bulkhead, site}] = {machines, workers};
        rest -= workers;
      }
      if (rest > 0) pools_[{name, "", site}] = {machines, rest};
    }
}

Moments Times::of_all(const std::vector<spec::Call>& calls, const std::string& caller,
                      std::size_t site) const {
  Moments sum;
  for (const spec::Call& call : calls)
    sum = plus(sum, theory::moments_of(branch(call, caller, site)));
  return sum;
}

theory::Branch Times::branch(const spec::Call& call, const std::string& caller,
                             std::size_t site) const {
  const double made = call.probability.value;
  const auto repeat = static_cast<double>(call.repeat);
  const Moments fetch = once(call, caller, site);
  const auto cache = hits_.find(call.cache);
  if (cache == hits_.end()) return {{made, times(fetch, repeat)}};
  const double hits = cache->second[site];
  const Moments hit = estimate::moments_of(scenario_.caches.at(call.cache).time);
  if (call.repeat == 1) return {{made * hits, hit}, {made * (1 - hits), fetch}};
  return {{made, times(theory::moments_of({{hits, hit}, {1 - hits, fetch}}), repeat)}};
}

Moments Times::once(const spec::Call& call, const std::string& caller, std::size_t site) const {
  if (call.parallel) {
    std::vector<theory::Branch> branches;
    for (const spec::Call& member : call.calls) branches.push_back(branch(member, caller, site));
    return theory::longest_of(branches);
  }
  if (call.one_way) return {};
  if (const auto queue = scenario_.queues.find(call.service); queue != scenario_.queues.end())
    return put(queue->second, site);
  const std::size_t to = geography_.nearest(scenario_.services.at(call.service).on, site);
  const Moments way =
      to == site ? geography_.within(caller, call.service) : geography_.between(site, to);
  Moments sum = plus(own_work(call), times(way, 2));
  sum.mean += cards(call, caller);
  sum = plus(sum, of_all(call.calls, call.service, to));
  if (const auto pool = pools_.find({call.service, call.bulkhead, to}); pool != pools_.end())
    sum = plus(sum, pool->second.wait);
  if (call.timeout && sum.mean > call.timeout->seconds()) return {call.timeout->seconds(), 0};
  return sum;
}

// Written to the disk, and copied: acknowledged when the last copy is written.
Moments Times::put(const spec::MessageQueue& queue, std::size_t site) const {
  const std::size_t to = geography_.nearest(queue.on, site);
  double seconds = 2 * geography_.between(site, to).mean;
  double farthest = 0;
  for (std::size_t other = 0; other < geography_.count() && queue.copies > 1; ++other)
    if (other != to && geography_.machines(queue.on, other) > 0)
      farthest = std::max(farthest, geography_.between(to, other).mean);
  seconds += 2 * farthest;
  if (queue.persist)
    seconds += transfer(queue.bytes, scenario_.nodes.at(queue.on).storage_bandwidth);
  return {seconds, 0};
}

// The time of the service, and of what it writes to its disk.
Moments Times::own_work(const spec::Call& call) const {
  const spec::Station& station = station_of(scenario_, call.service);
  Moments work = estimate::moments_of(station.time);
  const spec::Node& node = scenario_.nodes.at(scenario_.services.at(call.service).on);
  work.mean += transfer(station.storage_bytes, node.storage_bandwidth);
  return work;
}

// Through the cards of both machines, there and back.
double Times::cards(const spec::Call& call, const std::string& caller) const {
  const spec::Station& station = station_of(scenario_, call.service);
  const auto through = [&](const std::string& node) {
    const auto& bandwidth = scenario_.nodes.at(node).network_card.bandwidth;
    return transfer(station.request_bytes, bandwidth) + transfer(station.answer_bytes, bandwidth);
  };
  double seconds = through(scenario_.services.at(call.service).on);
  if (const auto from = scenario_.services.find(caller); from != scenario_.services.end())
    seconds += through(from->second.on);
  if (const auto from = scenario_.queues.find(caller); from != scenario_.queues.end())
    seconds += through(from->second.on);
  return seconds;
}

Moments Times::held(const Visit& visit) const {
  const Moments work = own_work(*visit.call);
  if (!station_of(scenario_, visit.call->service).holds_worker) return work;
  return plus(work, of_all(visit.call->calls, visit.call->service, visit.to));
}

void Times::load(const Flow& flow, const std::vector<double>& sources) {
  for (auto& [_, pool] : pools_) {
    pool.calls = pool.busy = pool.square = 0;
    pool.only_consumers = true;
  }
  for (const Root& root : flow.roots()) {
    const double begins = Flow::begins(root, sources);
    for (const Visit& visit : root.visits) {
      if (!scenario_.services.contains(visit.call->service)) continue;
      const auto pool = pools_.find({visit.call->service, visit.call->bulkhead, visit.to});
      if (pool == pools_.end()) continue;
      const Moments time = held(visit);
      const double calls = begins * visit.made;
      pool->second.only_consumers = pool->second.only_consumers && root.client.empty();
      pool->second.calls += calls;
      pool->second.busy += calls * time.mean;
      pool->second.square += calls * (time.variance + time.mean * time.mean);
    }
  }
}

bool Times::update_wait(const PoolKey& key, Pool& pool) const {
  const Moments before = pool.wait;
  const spec::Station& station = station_of(scenario_, std::get<0>(key));
  const double held = pool.held();
  const auto all = static_cast<double>(pool.machines * pool.workers);
  pool.saturated = pool.busy >= all;
  if (pool.saturated) {
    const double rate = held > 0 ? all / held : 0;
    const std::int64_t limit = pool.only_consumers ? 0 : station.queue.value_or(0);
    const auto queue = static_cast<double>(limit * pool.machines);
    pool.wait = {rate > 0 ? queue / rate : 0, 0};
  } else if (pool.busy > 0) {
    const bool one_queue = shared(station.balancing);
    const auto machines = static_cast<double>(pool.machines);
    theory::TwoMoments queue;
    queue.arrival_rate = one_queue ? pool.calls : pool.calls / machines;
    queue.ca2 = station.balancing == spec::Balancing::round_robin ? 1 / machines : 1;
    queue.mean_service = held;
    queue.cs2 = std::max(pool.square / pool.calls / (held * held) - 1, 0.0);
    if (station.discipline == spec::Discipline::processor_sharing) queue.cs2 = 1;
    queue.servers = static_cast<int>(one_queue ? pool.machines * pool.workers : pool.workers);
    const auto means = theory::allen_cunneen(queue);
    const auto waits = theory::erlang_waiting(queue.servers, queue.arrival_rate * held);
    pool.wait = {};
    if (means && waits && *waits > 1e-12) {
      const double wait = means->mean_wait;
      pool.wait = {wait, std::max(2 * wait * wait / *waits - wait * wait, 0.0)};
    }
  }
  return std::abs(pool.wait.mean - before.mean) <= 1e-9 * std::max(pool.wait.mean, 1e-9);
}

void Times::settle(const Flow& flow, const std::vector<double>& sources) {
  constexpr int most = 100;
  for (int i = 0; i < most; ++i) {
    load(flow, sources);
    bool settled = true;
    for (auto& [key, pool] : pools_) settled = update_wait(key, pool) && settled;
    if (settled) break;
  }
  load(flow, sources);
}

}  // namespace springtide::models::chain::estimate
