#include "models/chain/estimate/links.h"

#include <algorithm>
#include <map>
#include <utility>

namespace springtide::models::chain::estimate {
namespace {

constexpr double bits = 8;

const spec::Station& station_of(const spec::Service& service) {
  return std::get<spec::Station>(service.kind);
}
double count_of(Bytes bytes) { return static_cast<double>(bytes.count); }

class Links {
 public:
  Links(const spec::Scenario& scenario, const Geography& geography, const Demand& demand,
        const Flow& flow, const Times& times, const std::vector<double>& sources)
      : scenario_(scenario),
        geography_(geography),
        demand_(demand),
        flow_(flow),
        times_(times),
        sources_(sources) {}

  std::vector<ChainLink> find() {
    add_limits();
    for (const Root& root : flow_.roots()) {
      root_ = &root;
      if (root.client.empty()) add_consumers();
      for (const Visit& visit : root.visits) add_visit(visit);
    }
    std::vector<ChainLink> found;
    for (auto& [_, link] : links_) {
      for (std::size_t i = 0; i < sources_.size(); ++i)
        link.load += link.per_source[i] * sources_[i];
      if (link.capacity > 0 || link.load > 0) found.push_back(std::move(link));
    }
    return found;
  }

 private:
  ChainLink& link(const std::string& name, const char* kind, const char* unit) {
    const auto [at, made] = links_.try_emplace(name);
    if (made) at->second = {name, kind, unit, std::vector<double>(sources_.size()), 0, 0, 0};
    return at->second;
  }
  void limit(const std::string& name, const char* kind, const char* unit, double capacity,
             std::int64_t units, const char* what) {
    ChainLink& made = link(name, kind, unit);
    made.capacity = capacity;
    made.units = units;
    made.what_units = what;
  }
  // So much for every beginning of the current root.
  void carry(ChainLink& one, double each) const {
    for (std::size_t i = 0; i < sources_.size(); ++i)
      one.per_source[i] += root_->per_source[i] * each;
  }

  static std::string pool_name(const PoolKey& key, const Geography& geography) {
    const auto& [service, bulkhead, site] = key;
    return geography.label(bulkhead.empty() ? service : service + "/" + bulkhead, site);
  }

  void add_limits() {
    for (const auto& [key, pool] : times_.pools())
      limit(pool_name(key, geography_), "workers", "workers",
            static_cast<double>(pool.machines * pool.workers), pool.machines, "machines");
    for (const auto& [name, service] : scenario_.services) add_service_limits(name, service);
    for (const auto& [name, node] : scenario_.nodes)
      for (std::size_t site = 0; site < geography_.count(); ++site)
        if (const std::int64_t machines = geography_.machines(name, site); machines > 0)
          add_device_limits(geography_.label(name, site), node, machines);
    for (const auto& [name, source] : demand_.entries) add_space(name, source);
    for (const auto& [name, queue] : scenario_.queues)
      for (std::size_t site = 0; site < geography_.count(); ++site)
        if (!queue.deliver.empty() && geography_.machines(queue.on, site) > 0)
          limit("queue." + geography_.label(name, site), "consumers", "deliveries",
                static_cast<double>(queue.consumers), queue.consumers, "consumers");
  }

  void add_service_limits(const std::string& name, const spec::Service& service) {
    const auto& rate = station_of(service).rate_limit;
    for (std::size_t site = 0; rate && site < geography_.count(); ++site)
      if (const std::int64_t machines = geography_.machines(service.on, site); machines > 0)
        limit("rate-limit." + geography_.label(name, site), "rate limit", "requests/s",
              rate->rate.per_second * static_cast<double>(machines), machines, "machines");
  }

  void add_device_limits(const std::string& name, const spec::Node& node, std::int64_t machines) {
    const auto all = static_cast<double>(machines);
    if (node.network_card.bandwidth)
      for (const char* way : {".in", ".out"})
        limit("card." + name + way, "card", "bit/s",
              node.network_card.bandwidth->bits_per_second * all, machines, "machines");
    if (node.storage_bandwidth)
      limit("disk." + name, "disk", "bit/s", node.storage_bandwidth->bits_per_second * all,
            machines, "machines");
  }

  // What the entries of a service take of the machines of its node, wherever they stand.
  void add_space(const std::string& name, std::size_t source) {
    const spec::Service& service = scenario_.services.at(name);
    const spec::Node& node = scenario_.nodes.at(service.on);
    const std::int64_t machines = geography_.machines(service.on);
    const auto add = [&](const char* what, Bytes each, Bytes of_machine) {
      if (each.count <= 0) return;
      limit(what + ("." + service.on), what, "bytes",
            count_of(of_machine) * static_cast<double>(machines), machines, "machines");
      link(what + ("." + service.on), what, "bytes").per_source[source] += count_of(each);
    };
    add("memory", station_of(service).memory_per_entry, node.memory);
    add("storage", station_of(service).storage_per_entry, node.storage);
  }

  // Messages in delivery, by Little's law; and what waits at first is not counted.
  void add_consumers() {
    const spec::MessageQueue& queue = scenario_.queues.at(root_->name);
    if (queue.deliver.empty()) return;
    carry(link("queue." + geography_.label(root_->name, root_->site), "consumers", "deliveries"),
          times_.of_all(queue.deliver, root_->name, root_->site).mean);
  }

  void card(const std::string& node, std::size_t site, const char* way, double bytes) {
    if (bytes > 0)
      carry(link("card." + geography_.label(node, site) + way, "card", "bit/s"), bytes * bits);
  }
  void disk(const std::string& node, std::size_t site, double bytes) {
    if (bytes > 0)
      carry(link("disk." + geography_.label(node, site), "disk", "bit/s"), bytes * bits);
  }
  void travel(const Visit& visit, double there, double back) {
    if (visit.from == visit.to) {
      const spec::Link* way = geography_.link_within(visit.caller, visit.call->service);
      if (way == nullptr || !way->bandwidth) return;
      between(way, "link." + geography_.label(geography_.name_of(way), visit.from), there, back);
    } else if (const spec::Link* way = geography_.link_between(visit.from, visit.to)) {
      const bool forward = way->from == geography_.name(visit.from);
      between(way, "link." + geography_.name_of(way), forward ? there : back,
              forward ? back : there);
    }
  }
  void between(const spec::Link* way, const std::string& name, double there, double back) {
    for (const auto& [suffix, bytes] : {std::pair{".there", there}, {".back", back}}) {
      ChainLink& one = link(name + suffix, "link", "bit/s");
      if (way->bandwidth) one.capacity = way->bandwidth->bits_per_second;
      carry(one, bytes * bits);
    }
  }

  // The node whose cards a caller uses; empty of clients outside.
  std::string node_of(const std::string& caller) const {
    if (const auto service = scenario_.services.find(caller); service != scenario_.services.end())
      return service->second.on;
    const auto queue = scenario_.queues.find(caller);
    return queue == scenario_.queues.end() ? "" : queue->second.on;
  }

  void add_visit(const Visit& visit) {
    if (const auto queue = scenario_.queues.find(visit.call->service);
        queue != scenario_.queues.end())
      return add_put(visit, queue->second);
    const std::string& name = visit.call->service;
    const spec::Service& service = scenario_.services.at(name);
    const spec::Station& station = station_of(service);
    const PoolKey key{name, visit.call->bulkhead, visit.to};
    if (times_.pools().contains(key))
      carry(link(pool_name(key, geography_), "workers", "workers"),
            visit.made * times_.held(visit).mean);
    if (station.rate_limit)
      carry(link("rate-limit." + geography_.label(name, visit.to), "rate limit", "requests/s"),
            visit.made);
    const double there = visit.made * count_of(station.request_bytes);
    const double back = visit.call->one_way ? 0 : visit.made * count_of(station.answer_bytes);
    add_bytes(visit, service.on, there, back);
    disk(service.on, visit.to, visit.made * count_of(station.storage_bytes));
  }

  void add_bytes(const Visit& visit, const std::string& node, double there, double back) {
    card(node, visit.to, ".in", there);
    card(node, visit.to, ".out", back);
    if (const std::string caller = node_of(visit.caller); !caller.empty()) {
      card(caller, visit.from, ".out", there);
      card(caller, visit.from, ".in", back);
    }
    travel(visit, there, back);
  }

  // A message is written where it is put and in as many other sites as it has copies.
  void add_put(const Visit& visit, const spec::MessageQueue& queue) {
    const double bytes = visit.made * count_of(queue.bytes);
    add_bytes(visit, queue.on, bytes, 0);
    if (queue.persist) disk(queue.on, visit.to, bytes);
    int copies = queue.copies - 1;
    for (std::size_t site = 0; site < geography_.count() && copies > 0; ++site) {
      if (site == visit.to || geography_.machines(queue.on, site) < 1) continue;
      --copies;
      card(queue.on, visit.to, ".out", bytes);
      card(queue.on, site, ".in", bytes);
      if (queue.persist) disk(queue.on, site, bytes);
      if (const spec::Link* way = geography_.link_between(visit.to, site)) {
        const bool forward = way->from == geography_.name(visit.to);
        between(way, "link." + geography_.name_of(way), forward ? bytes : 0, forward ? 0 : bytes);
      }
    }
  }

  const spec::Scenario& scenario_;
  const Geography& geography_;
  const Demand& demand_;
  const Flow& flow_;
  const Times& times_;
  const std::vector<double>& sources_;
  const Root* root_ = nullptr;
  std::map<std::string, ChainLink> links_;
};

}  // namespace

std::vector<ChainLink> links_of(const spec::Scenario& scenario, const Geography& geography,
                                const Demand& demand, const Flow& flow, const Times& times,
                                const std::vector<double>& sources) {
  return Links(scenario, geography, demand, flow, times, sources).find();
}

}  // namespace springtide::models::chain::estimate
