#include "models/fleet/results/sums.h"

#include <algorithm>

#include "models/fleet/world.h"

namespace springtide::models::fleet {
namespace {

std::vector<std::string> labels_of(const Layout& layout) {
  std::vector<std::string> labels;
  for (const ServerLayout& server : layout.servers) labels.push_back(server.label);
  return labels;
}

void add_second(SecondSums& sums, Instant at, const SlabReport::Second& second) {
  sums.requests.add(at, second.crowd.requests);
  sums.reacting.add(at, second.crowd.reacting);
  sums.local_answers.add(at, second.crowd.local_answers);
  sums.active.add(at, second.crowd.active);
  sums.online.add(at, second.crowd.online);
  sums.lost.add(at, second.arrived.lost);
  sums.ring_drops.add(at, second.arrived.ring_drops);
  sums.packets_in.add(at, second.arrived.packets_in);
  sums.again.add(at, second.arrived.again);
  sums.come_again.add(at, second.arrived.come_again);
  sums.given_up.add(at, second.arrived.given_up);
}

void add_served_second(SecondSums& sums, const ServedSecond& served) {
  const Instant at{served.second * second.ns};
  sums.read.add(at, served.requests);
  sums.refused.add(at, served.refused);
  sums.dropped.add(at, served.dropped);
  sums.busy_ns.add(at, served.busy_ns);
}

// Evenly over its time.
void add_spent(SecondSums& sums, const Interruptions::Spent& spent) {
  std::int64_t left = spent.core_ns;
  for (std::int64_t from = spent.from; from < spent.to;) {
    const std::int64_t to = std::min((from / second.ns + 1) * second.ns, spent.to);
    const std::int64_t part =
        to == spent.to ? left
                       : static_cast<std::int64_t>(static_cast<double>(spent.core_ns) *
                                                   static_cast<double>(to - from) /
                                                   static_cast<double>(spent.to - spent.from));
    sums.runtime_ns.add(Instant{from}, part);
    if (spent.marking) sums.marking_ns.add(Instant{from}, part);
    left -= part;
    from = to;
  }
}

}  // namespace

Sums::Sums(const Layout& layout, const spec::Scenario& scenario)
    : layout_(layout),
      slice_(measure::slice_for(scenario.duration)),
      clusters_(layout.clusters.size()),
      servers_(layout.servers.size()),
      requests_grid_(measure::empty_grid("server.requests", "requests/s",
                                         "read by each server, in the mean of the slice",
                                         labels_of(layout), scenario.duration)),
      utilisation_grid_(measure::empty_grid("server.utilisation", "%",
                                            "share of each server's cores that serves requests",
                                            labels_of(layout), scenario.duration)) {}

void Sums::add(std::size_t server, std::int64_t from_second, const SlabReport& report) {
  SecondSums& cluster = clusters_[layout_.servers[server].cluster];
  Instant at{from_second * second.ns};
  for (const SlabReport::Second& one : report.seconds) {
    add_second(all_, at, one);
    add_second(cluster, at, one);
    servers_[server].requests += one.crowd.requests;
    offered_ += one.crowd.requests;
    at += second;
  }
  for (const PacketSecond& packets : report.packets) {
    const Instant burst{packets.second * second.ns};
    all_.issued.add(burst, packets.issued);
    all_.won.add(burst, packets.won);
    packets_.issued_amount += packets.issued_amount;
    packets_.won_amount += packets.won_amount;
  }
  add_served(server, report);
  add_runtime(server, report);
}

void Sums::add_served(std::size_t server, const SlabReport& report) {
  ServerSums& own = servers_[server];
  for (const ServedSecond& served : report.served) {
    add_served_second(all_, served);
    add_served_second(clusters_[layout_.servers[server].cluster], served);
    own.read += served.requests;
    own.refused += served.refused;
    own.dropped += served.dropped;
    own.busy_ns += served.busy_ns;
    own.peak = std::max(own.peak, served.requests);
    fill_grids(server, served.second, served.requests, served.busy_ns);
  }
}

void Sums::add_runtime(std::size_t server, const SlabReport& report) {
  for (const Interruptions::Spent& spent : report.spent) {
    add_spent(all_, spent);
    add_spent(clusters_[layout_.servers[server].cluster], spent);
  }
  servers_[server].cycles += static_cast<std::int64_t>(report.cycles.size());
  for (const go::Cycle& cycle : report.cycles) pauses_.record(cycle.pauses.ns);
}

void Sums::fill_grids(std::size_t server, std::int64_t second_number, std::int64_t read,
                      std::int64_t busy_ns) {
  if (requests_grid_.columns == 0) return;
  const std::int64_t slice = std::max<std::int64_t>(second_number, 0) / (slice_ / second);
  const auto column = static_cast<std::size_t>(slice);
  if (column >= requests_grid_.columns) return;
  const double seconds = slice_.seconds();
  const auto add = [&](measure::Grid& grid, double value) {
    float& cell = grid.at(server, column);
    cell = static_cast<float>((cell == cell ? static_cast<double>(cell) : 0) + value);
  };
  add(requests_grid_, static_cast<double>(read) / seconds);
  const auto cores = static_cast<double>(layout_.servers[server].server.runtime.cores);
  add(utilisation_grid_, static_cast<double>(busy_ns) / 1e7 / cores / seconds);
}

void Sums::add_latencies(std::int64_t from_second, LatencyCounts& latencies) {
  const auto slice = static_cast<std::size_t>(from_second / (slice_ / second));
  if (slice >= slices_.size()) slices_.resize(slice + 1);
  latencies.move_into(slices_[slice]);
}

void Sums::end(std::size_t server, const Server& state) {
  servers_[server].digest = state.digest();
  const Stock::Account account = state.stock().account();
  servers_[server].packets = account;
  packets_.prepared += account.prepared;
  packets_.issued += account.issued;
  packets_.won += account.won;
  packets_.waiting += account.waiting;
  packets_.waiting_amount += account.waiting_amount;
  const std::vector<std::uint32_t>& counts = state.latencies();
  std::int64_t all = 0, below = 0;
  for (const std::uint32_t count : counts) all += count;
  for (std::size_t i = 0; i < counts.size() && all > 0; ++i) {
    below += counts[i];
    if (below * 100 < all * 99) continue;
    servers_[server].latency_p99_ns =
        measure::Histogram::lowest_of(((i + 1) << Server::joined_bits) - 1);
    break;
  }
}

std::uint64_t Sums::digest() const {
  std::uint64_t digest = 0;
  for (const ServerSums& server : servers_) {
    digest = (digest ^ server.digest) * 0x9e3779b97f4a7c15ULL;
    digest ^= digest >> 29;
  }
  return digest;
}

void SecondSums::merge(const SecondSums& other) {
  for (const auto counter :
       {&SecondSums::requests, &SecondSums::reacting, &SecondSums::local_answers,
        &SecondSums::active, &SecondSums::online, &SecondSums::lost, &SecondSums::ring_drops,
        &SecondSums::packets_in, &SecondSums::again, &SecondSums::come_again, &SecondSums::given_up,
        &SecondSums::runtime_ns, &SecondSums::marking_ns, &SecondSums::read, &SecondSums::refused,
        &SecondSums::dropped, &SecondSums::busy_ns, &SecondSums::issued, &SecondSums::won})
    (this->*counter).merge(other.*counter);
}

// What a server did was added to one of both: in the other one all of it is nothing.
void ServerSums::merge(const ServerSums& other) {
  requests += other.requests;
  read += other.read;
  refused += other.refused;
  dropped += other.dropped;
  busy_ns += other.busy_ns;
  peak = std::max(peak, other.peak);
  cycles += other.cycles;
  latency_p99_ns = std::max(latency_p99_ns, other.latency_p99_ns);
  digest ^= other.digest;
  packets.merge(other.packets);
}

void Sums::merge(const Sums& other) {
  offered_ += other.offered_;
  all_.merge(other.all_);
  for (std::size_t c = 0; c < clusters_.size(); ++c) clusters_[c].merge(other.clusters_[c]);
  for (std::size_t s = 0; s < servers_.size(); ++s) servers_[s].merge(other.servers_[s]);
  if (slices_.size() < other.slices_.size()) slices_.resize(other.slices_.size());
  for (std::size_t i = 0; i < other.slices_.size(); ++i) slices_[i].merge(other.slices_[i]);
  pauses_.merge(other.pauses_);
  packets_.merge(other.packets_);
  const auto fill = [](measure::Grid& own, const measure::Grid& with) {
    for (std::size_t i = 0; i < own.values.size(); ++i)
      if (own.values[i] != own.values[i]) own.values[i] = with.values[i];
  };
  fill(requests_grid_, other.requests_grid_);
  fill(utilisation_grid_, other.utilisation_grid_);
}

}  // namespace springtide::models::fleet
