#include "models/fleet/results/sums.h"

#include <algorithm>

#include "models/fleet/world.h"

namespace springtide::models::fleet {
namespace {

constexpr measure::SecondCounter SecondSums::*counters[] = {
    &SecondSums::requests,   &SecondSums::reacting,   &SecondSums::local_answers,
    &SecondSums::active,     &SecondSums::online,     &SecondSums::lost,
    &SecondSums::ring_drops, &SecondSums::packets_in, &SecondSums::bytes_in,
    &SecondSums::again,      &SecondSums::come_again, &SecondSums::given_up,
    &SecondSums::runtime_ns, &SecondSums::marking_ns, &SecondSums::read,
    &SecondSums::refused,    &SecondSums::dropped,    &SecondSums::busy_ns,
    &SecondSums::issued,     &SecondSums::won};
constexpr std::int64_t Stock::Account::*amounts[] = {
    &Stock::Account::prepared,      &Stock::Account::issued,        &Stock::Account::won,
    &Stock::Account::waiting,       &Stock::Account::issued_amount, &Stock::Account::won_amount,
    &Stock::Account::waiting_amount};

// For all servers of a kind; what a slow clock puts before the start is left out.
SecondSums expanded(const SecondSums& sums, std::int64_t all, std::int64_t seen) {
  SecondSums result;
  for (const auto counter : counters)
    for (std::size_t s = 0; s < (sums.*counter).seconds(); ++s)
      (result.*counter)
          .add(Instant{static_cast<std::int64_t>(s) * second.ns},
               measure::expanded((sums.*counter).in(s), all, seen));
  return result;
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
  sums.bytes_in.add(at, second.arrived.bytes_in);
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

void SecondSums::merge(const SecondSums& other) {
  for (const auto counter : counters) (this->*counter).merge(other.*counter);
}

Sums::Sums(const Layout& layout, const spec::Scenario& scenario, const Sample& sample)
    : layout_(layout),
      sample_(sample),
      slice_(measure::slice_for(scenario.duration)),
      seconds_(scenario.duration / second),
      kinds_(sample.kinds.size()),
      servers_(layout.servers.size()),
      observed_(sample.is_estimate() ? layout.servers.size() : 0),
      slices_of_kind_(sample.is_estimate() ? sample.kinds.size() : 0),
      pauses_(sample.kinds.size()),
      packets_of_kind_(sample.kinds.size()),
      grids_(layout, sample, scenario.duration, !scenario.packets.empty()) {}

void Sums::add(std::size_t server, std::int64_t from_second, const SlabReport& report) {
  SecondSums& kind = kind_of(server);
  ServerSums& own = servers_[server];
  if (sample_.is_estimate()) observe(server, report);
  Instant at{from_second * second.ns};
  for (const SlabReport::Second& one : report.seconds) {
    add_second(all_, at, one);
    add_second(kind, at, one);
    own.requests += one.crowd.requests;
    own.most_online = std::max(own.most_online, one.crowd.online);
    own.most_packets = std::max(own.most_packets, one.arrived.packets_in);
    offered_ += one.crowd.requests;
    at += second;
  }
  for (const PacketSecond& packets : report.packets) {
    const Instant burst{packets.second * second.ns};
    all_.issued.add(burst, packets.issued);
    all_.won.add(burst, packets.won);
    kind.issued.add(burst, packets.issued);
    kind.won.add(burst, packets.won);
    own.packets.issued_amount += packets.issued_amount;
    own.packets.won_amount += packets.won_amount;
  }
  add_served(server, report);
  add_runtime(server, report);
}

void Sums::add_served(std::size_t server, const SlabReport& report) {
  ServerSums& own = servers_[server];
  for (const ServedSecond& served : report.served) {
    add_served_second(all_, served);
    add_served_second(kind_of(server), served);
    own.read += served.requests;
    own.refused += served.refused;
    own.dropped += served.dropped;
    if (served.second < seconds_) own.busy_ns += served.busy_ns;
    own.peak = std::max(own.peak, served.requests);
    own.most_busy_ns = std::max(own.most_busy_ns, served.busy_ns);
    grids_.add(static_cast<std::uint32_t>(server), served);
  }
}

void Sums::add_runtime(std::size_t server, const SlabReport& report) {
  for (const Interruptions::Spent& spent : report.spent) {
    add_spent(all_, spent);
    add_spent(kind_of(server), spent);
  }
  servers_[server].cycles += static_cast<std::int64_t>(report.cycles.size());
  for (const go::Cycle& cycle : report.cycles)
    pauses_[sample_.kind_of[server]].record(cycle.pauses.ns);
}

void Sums::observe(std::size_t server, const SlabReport& report) {
  ObservedServer& own = observed_[server];
  for (const SlabReport::Second& one : report.seconds) {
    own.requests.push_back(static_cast<std::uint32_t>(one.crowd.requests));
    own.lost += one.arrived.lost + one.arrived.ring_drops;
    own.given_up += one.arrived.given_up;
  }
}

void Sums::add_latencies(std::int64_t from_second, LatencyCounts& latencies) {
  const auto slice = static_cast<std::size_t>(from_second / (slice_ / second));
  if (slice >= slices_.size()) slices_.resize(slice + 1);
  latencies.move_into(slices_[slice]);
}

void Sums::add_latencies(std::size_t server, std::int64_t from_second,
                         const measure::Histogram& latencies) {
  const auto slice = static_cast<std::size_t>(from_second / (slice_ / second));
  std::vector<measure::Histogram>& slices = slices_of_kind_[sample_.kind_of[server]];
  if (slice >= slices.size()) slices.resize(slice + 1);
  slices[slice].merge(latencies);
  observed_[server].latency.merge(latencies);
}

measure::Histogram Sums::pauses() const {
  measure::Histogram all;
  for (const measure::Histogram& pauses : pauses_) all.merge(pauses);
  return all;
}

measure::Histogram Sums::latency() const {
  measure::Histogram all;
  for (const measure::Histogram& slice : slices_) all.merge(slice);
  for (const auto& slices : slices_of_kind_)
    for (const measure::Histogram& slice : slices) all.merge(slice);
  return all;
}

Sums Sums::expanded() const {
  Sums whole = *this;
  if (!sample_.is_estimate()) return whole;
  whole.all_ = {};
  whole.packets_ = {};
  whole.kinds_.assign(layout_.clusters.size(), {});
  for (std::size_t k = 0; k < sample_.kinds.size(); ++k) {
    const std::int64_t all = sample_.kinds[k].all;
    const auto seen = static_cast<std::int64_t>(sample_.kinds[k].servers.size());
    const SecondSums sums = fleet::expanded(kinds_[k], all, seen);
    whole.all_.merge(sums);
    whole.kinds_[sample_.kinds[k].cluster].merge(sums);
    const std::vector<measure::Histogram>& slices = slices_of_kind_[k];
    whole.slices_.resize(std::max(whole.slices_.size(), slices.size()));
    for (std::size_t i = 0; i < slices.size(); ++i)
      whole.slices_[i].merge(measure::expanded(slices[i], all, seen));
    whole.pauses_[k] = measure::expanded(pauses_[k], all, seen);
    for (const auto amount : amounts)
      whole.packets_.*amount += measure::expanded(packets_of_kind_[k].*amount, all, seen);
  }
  whole.slices_of_kind_.clear();
  whole.offered_ = whole.all_.requests.total();
  return whole;
}

void Sums::end(std::size_t server, const Server& state) {
  servers_[server].digest = state.digest();
  Stock::Account& account = servers_[server].packets;
  const Stock::Account at_end = state.stock().account();
  account.prepared = at_end.prepared;
  account.issued = at_end.issued;
  account.won = at_end.won;
  account.waiting = at_end.waiting;
  account.waiting_amount = at_end.waiting_amount;
  packets_.merge(account);
  packets_of_kind_[sample_.kind_of[server]].merge(account);
  servers_[server].latency_p99_ns = coarse_quantile(state.latencies(), 0.99);
  const std::vector<Stock::SponsorAccount> sponsors = state.stock().by_sponsor();
  sponsors_.resize(std::max(sponsors_.size(), sponsors.size()));
  const Sample::Kind& kind = sample_.kinds[sample_.kind_of[server]];
  const auto times = static_cast<double>(kind.all) / static_cast<double>(kind.servers.size());
  for (std::size_t i = 0; i < sponsors.size(); ++i) {
    sponsors_[i].prepared += static_cast<double>(sponsors[i].prepared) * times;
    sponsors_[i].issued += static_cast<double>(sponsors[i].issued) * times;
    sponsors_[i].won += static_cast<double>(sponsors[i].won) * times;
  }
}

std::uint64_t Sums::digest() const {
  auto digest = static_cast<std::uint64_t>(sample_.of_each);
  for (const std::uint32_t server : sample_.servers) {
    digest = (digest ^ servers_[server].digest) * 0x9e3779b97f4a7c15ULL;
    digest ^= digest >> 29;
  }
  return digest;
}

// What a server did was added to one of both: in the other one all of it is nothing.
void ServerSums::merge(const ServerSums& other) {
  requests += other.requests;
  read += other.read;
  refused += other.refused;
  dropped += other.dropped;
  busy_ns += other.busy_ns;
  peak = std::max(peak, other.peak);
  most_busy_ns = std::max(most_busy_ns, other.most_busy_ns);
  most_online = std::max(most_online, other.most_online);
  most_packets = std::max(most_packets, other.most_packets);
  cycles += other.cycles;
  latency_p99_ns = std::max(latency_p99_ns, other.latency_p99_ns);
  digest ^= other.digest;
  packets.merge(other.packets);
}

void Sums::merge(const Sums& other) {
  offered_ += other.offered_;
  all_.merge(other.all_);
  for (std::size_t k = 0; k < kinds_.size(); ++k) kinds_[k].merge(other.kinds_[k]);
  for (std::size_t s = 0; s < servers_.size(); ++s) servers_[s].merge(other.servers_[s]);
  if (slices_.size() < other.slices_.size()) slices_.resize(other.slices_.size());
  for (std::size_t i = 0; i < other.slices_.size(); ++i) slices_[i].merge(other.slices_[i]);
  for (std::size_t k = 0; k < pauses_.size(); ++k) pauses_[k].merge(other.pauses_[k]);
  packets_.merge(other.packets_);
  sponsors_.resize(std::max(sponsors_.size(), other.sponsors_.size()));
  for (std::size_t i = 0; i < other.sponsors_.size(); ++i) {
    sponsors_[i].prepared += other.sponsors_[i].prepared;
    sponsors_[i].issued += other.sponsors_[i].issued;
    sponsors_[i].won += other.sponsors_[i].won;
  }
  grids_.merge(other.grids_);
}

}  // namespace springtide::models::fleet
