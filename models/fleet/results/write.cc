#include "models/fleet/results/write.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "measure/checks.h"
#include "measure/series.h"
#include "models/fleet/results/estimates.h"
#include "models/phases.h"
#include "models/record_writer.h"

namespace springtide::models::fleet {
namespace {

using measure::SecondCounter;

SecondCounter difference(const SecondCounter& from, const SecondCounter& a,
                         const SecondCounter& b) {
  SecondCounter result = from;
  for (const SecondCounter* other : {&a, &b})
    for (std::size_t s = 0; s < other->seconds(); ++s)
      result.add(Instant{static_cast<std::int64_t>(s) * second.ns}, -other->in(s));
  return result;
}

SecondCounter sum_of(const SecondCounter& a, const SecondCounter& b) {
  SecondCounter sum = a;
  sum.merge(b);
  return sum;
}

void write_crowd(const SecondSums& all, RecordWriter& out) {
  out.counter("client.requests", all.requests, "requests/s", "shakes sent by all phones");
  out.counter("server.requests", all.read, "requests/s", "read by the servers, by their clocks");
  out.counter("server.carried", difference(all.read, all.refused, all.dropped), "requests/s",
              "read and answered other than by a refusal");
  out.counter("server.refused", all.refused, "requests/s",
              "shakes above the limit of the clock second");
  out.counter("server.dropped", all.dropped, "requests/s", "found a queue full, without an answer");
  out.counter("packets.issued", all.issued, "packets/s", "issued by all servers, by their clocks");
  out.counter("packets.received", all.won, "packets/s", "given to shakes, by the servers' clocks");
  out.counter("crowd.reacting", all.reacting, "users/s", "whose first shake after a cue comes");
  out.counter("crowd.active", all.active, "users", "who shake, at the end of the second");
  out.counter("crowd.local-answers", all.local_answers, "answers/s",
              "movements of hands that the phones answered themselves");
  out.counter("server.connections", all.online, "connections", "open at the end of the second");
}

void write_servers(const Layout& layout, const SecondSums& all, RecordWriter& out) {
  out.share("server.utilisation", sum_of(all.busy_ns, all.runtime_ns),
            static_cast<double>(layout.cores),
            "share of all servers' cores that is busy, marking included");
  out.share("server.marking", all.marking_ns, static_cast<double>(layout.cores),
            "share of all servers' cores that marks for the collector");
  out.counter("network.lost", sum_of(all.lost, all.ring_drops), "packets/s",
              "lost on links or dropped by a full receive ring; TCP sends each again");
  out.counter("network.packets-in", all.packets_in, "packets/s",
              "frames that reach the servers' network cards, pure ACKs included");
}

// Everything in a place that has to do with its links.
struct PlaceSums {
  SecondCounter requests, connections, bytes_in, answers;
  void add(const SecondSums& cluster) {
    requests.merge(cluster.read);
    connections.merge(cluster.online);
    bytes_in.merge(cluster.bytes_in);
    answers.merge(difference(cluster.read, cluster.dropped, {}));
  }
};

constexpr double gbit_of_byte = 8e-9;
constexpr double gbit_of_answer = gbit_of_byte * Card::on_wire(Card::answer_bytes);

void write_place(const std::string& name, const PlaceSums& place, RecordWriter& out) {
  out.counter(name + ".requests", place.requests, "requests/s",
              "read by its servers, by their clocks");
  out.scaled(name + ".bandwidth-in", place.bytes_in, gbit_of_byte, "Gbit/s",
             "frames that reach its servers' cards, before any of them waits for a wire");
  out.scaled(name + ".bandwidth-out", place.answers, gbit_of_answer, "Gbit/s",
             "answers of its servers, by their clocks");
}

void write_places(const Layout& layout, const Sums& sums, RecordWriter& out) {
  const auto by = [&](const std::string& kind, const std::string ClusterLayout::*key) {
    std::map<std::string, PlaceSums> places;
    for (std::size_t c = 0; c < layout.clusters.size(); ++c)
      places[layout.clusters[c].*key].add(sums.cluster(c));
    for (const auto& [name, place] : places) {
      if (name.empty()) continue;
      write_place(kind + "." + name, place, out);
      if (kind == "site")
        out.counter(fmt::format("{}.{}.connections", kind, name), place.connections, "connections",
                    "of its servers");
    }
  };
  by("site", &ClusterLayout::site);
  by("carrier", &ClusterLayout::carrier);
  if (layout.clusters.size() > 1) by("cluster", &ClusterLayout::name);
}

// The most in so many seconds in a row.
std::int64_t most_within(const SecondCounter& counter, std::size_t window, std::size_t seconds) {
  std::int64_t sum = 0, most = 0;
  for (std::size_t s = 0; s < seconds; ++s) {
    sum += counter.in(s);
    if (s >= window) sum -= counter.in(s - window);
    most = std::max(most, sum);
  }
  return most;
}

void write_crowd_figures(const Sums& sums, RecordWriter& out) {
  const SecondCounter& requests = sums.all().requests;
  out.figure("client.total", static_cast<double>(requests.total()), "requests", "sent in all");
  out.figure("client.peak-second", static_cast<double>(most_within(requests, 1, out.seconds())),
             "requests/s", "most sent in a second");
  out.figure("client.peak-minute", static_cast<double>(most_within(requests, 60, out.seconds())),
             "requests", "most sent in sixty seconds in a row");
  out.figure("packets.issued-amount", static_cast<double>(sums.packets().issued_amount), "cents",
             "of all packets issued");
  out.figure("packets.received-amount", static_cast<double>(sums.packets().won_amount), "cents",
             "of all packets given to shakes");
  out.figure("packets.left", static_cast<double>(sums.packets().prepared - sums.packets().won),
             "packets", "prepared and given to nobody");
}

void write_figures(const Layout& layout, const Sums& sums, RecordWriter& out) {
  out.figure("server.count", static_cast<double>(layout.servers.size()), "servers", "of the fleet");
  std::int64_t peak = 0, cycles = 0;
  for (const std::uint32_t s : sums.sample().servers) {
    peak = std::max(peak, sums.server(s).peak);
    cycles += sums.server(s).cycles;
  }
  out.figure("server.peak-second", static_cast<double>(peak), "requests/s",
             "most read by one server in a second of its clock");
  out.figure("server.cycles", static_cast<double>(cycles), "cycles", "of all servers' collectors");
  out.figure("network.retransmissions",
             static_cast<double>(sums.all().lost.total() + sums.all().ring_drops.total()),
             "packets", "after losses on links and full receive rings");
  out.figure("server.ring-drops", static_cast<double>(sums.all().ring_drops.total()), "packets",
             "that found the receive ring full");
}

std::string percent(std::int64_t busy_ns, std::int64_t cores, std::int64_t seconds) {
  const auto whole = static_cast<double>(cores) * static_cast<double>(seconds) * 1e9;
  return whole > 0 ? fmt::format("{:.3f}", 100 * static_cast<double>(busy_ns) / whole) : "";
}

std::string gbit(double bits_per_second) { return fmt::format("{:.6g}", bits_per_second * 1e-9); }

void write_tables(const Layout& layout, const Sums& sums, std::int64_t seconds,
                  measure::Record& record) {
  auto& clusters = record.tables["clusters"];
  clusters = {{"cluster", "site", "carrier", "servers", "requests", "refused", "dropped",
               "peak_second", "utilisation_percent", "bandwidth_Gbit_per_s",
               "peak_bandwidth_Gbit_per_s"}};
  for (std::size_t c = 0; c < layout.clusters.size(); ++c) {
    const ClusterLayout& cluster = layout.clusters[c];
    const SecondSums& own = sums.cluster(c);
    std::int64_t busy_ns = 0;
    for (std::size_t s = 0; s < static_cast<std::size_t>(seconds); ++s)
      busy_ns += own.busy_ns.in(s);
    clusters.push_back({cluster.name, cluster.site, cluster.carrier,
                        std::to_string(cluster.servers), std::to_string(own.requests.total()),
                        std::to_string(own.refused.total()), std::to_string(own.dropped.total()),
                        std::to_string(most_within(own.read, 1, static_cast<std::size_t>(seconds))),
                        percent(busy_ns, cluster.cores, seconds),
                        cluster.bandwidth ? gbit(cluster.bandwidth->bits_per_second) : "",
                        gbit(8.0 * static_cast<double>(most_within(
                                       own.bytes_in, 1, static_cast<std::size_t>(seconds))))});
  }
  auto& servers = record.tables["servers"];
  servers = {{"server", "cores", "users", "online", "requests", "refused", "dropped", "peak_second",
              "utilisation_percent", "latency_p99_ms", "gc_cycles", "packets_left"}};
  for (const std::uint32_t s : sums.sample().servers) {
    const ServerLayout& server = layout.servers[s];
    const ServerSums& own = sums.server(s);
    const std::int64_t cores = server.server.runtime.cores;
    servers.push_back({server.label, std::to_string(cores), std::to_string(server.crowd.users),
                       std::to_string(server.crowd.online), std::to_string(own.requests),
                       std::to_string(own.refused), std::to_string(own.dropped),
                       std::to_string(own.peak), percent(own.busy_ns, cores, seconds),
                       own.latency_p99_ns < 0
                           ? ""
                           : fmt::format("{:.1f}", Duration{own.latency_p99_ns}.milliseconds()),
                       std::to_string(own.cycles),
                       std::to_string(own.packets.prepared - own.packets.won)});
  }
}

std::string count_text(double count) { return fmt::format("{:.0f}", count); }

// Of seed packets.
void write_sponsors(const Sums& sums, measure::Record& record) {
  if (sums.sponsors().empty()) return;
  auto& rows = record.tables["packets-by-sponsor"];
  rows = {{"sponsor", "prepared", "issued", "received", "remaining"}};
  for (std::size_t i = 0; i < sums.sponsors().size(); ++i) {
    const SponsorSums& own = sums.sponsors()[i];
    rows.push_back({std::to_string(i + 1), count_text(own.prepared), count_text(own.issued),
                    count_text(own.won), count_text(own.prepared - own.issued)});
  }
}

// What is left of the packets second by second, by sponsor and by server.
void write_packets(const spec::Scenario& scenario, const Layout& layout, const Sums& sums,
                   measure::Record& record) {
  if (scenario.packets.empty()) return;
  const Stock::Account& all = sums.packets();
  measure::Series left{
      "packets.remaining", "packets", "not yet issued, at the end of the second", {}};
  std::int64_t issued = sums.all().issued.before_start();
  const auto seconds = static_cast<std::size_t>(record.duration / second);
  for (std::size_t s = 0; s < seconds; ++s) {
    issued += sums.all().issued.in(s);
    left.values.push_back(static_cast<double>(all.prepared - issued));
  }
  record.series.push_back(std::move(left));
  write_sponsors(sums, record);
  auto& by_server = record.tables["packets-by-server"];
  by_server = {{"server", "prepared", "issued", "received", "remaining"}};
  for (const std::uint32_t s : sums.sample().servers) {
    const Stock::Account& own = sums.server(s).packets;
    by_server.push_back({layout.servers[s].label, std::to_string(own.prepared),
                         std::to_string(own.issued), std::to_string(own.won),
                         std::to_string(own.prepared - own.issued)});
  }
}

// Who was busiest and who least, in the mean of the run.
void write_extremes(const Layout& layout, const Sums& sums, std::int64_t seconds,
                    RecordWriter& out) {
  std::map<std::string, std::pair<std::int64_t, std::int64_t>> clusters;  // busy, cores
  std::vector<std::pair<double, std::string>> by_server, by_cluster;
  const auto share = [&](std::int64_t busy_ns, std::int64_t cores) {
    return 100 * static_cast<double>(busy_ns) /
           (static_cast<double>(cores) * static_cast<double>(std::max<std::int64_t>(seconds, 1)) *
            1e9);
  };
  for (const std::uint32_t s : sums.sample().servers) {
    const ServerLayout& server = layout.servers[s];
    const std::int64_t busy_ns = sums.server(s).busy_ns, cores = server.server.runtime.cores;
    by_server.push_back({share(busy_ns, cores), server.label});
    auto& cluster = clusters[layout.clusters[server.cluster].name];
    cluster.first += busy_ns, cluster.second += cores;
  }
  for (const auto& [name, sum] : clusters)
    by_cluster.push_back({share(sum.first, sum.second), name});
  const auto tell = [&](const std::string& kind, const auto& shares) {
    const auto [least, most] = std::minmax_element(shares.begin(), shares.end());
    const std::string about = "of its cores serve requests, in the mean of the run: ";
    out.figure(kind + ".hottest", most->first, "%", about + most->second);
    out.figure(kind + ".coldest", least->first, "%", about + least->second);
  };
  tell("server", by_server);
  tell("cluster", by_cluster);
}

void write_money(const Sums& sums, measure::Record& record) {
  const Stock::Account& packets = sums.packets();
  record.checks.push_back(measure::check_count("packets: those issued are given to a shake or wait",
                                               sums.all().won.total() + packets.waiting,
                                               sums.all().issued.total()));
  record.checks.push_back(measure::check_count("packets: cents issued are given to a shake or wait",
                                               packets.won_amount + packets.waiting_amount,
                                               packets.issued_amount));
}

measure::Ledger ledger_of(const SecondSums& all) {
  measure::Ledger ledger;
  ledger.offered = all.requests.total();
  ledger.refused = all.refused.total();
  ledger.dropped = all.dropped.total();
  ledger.answered = all.read.total() - ledger.refused - ledger.dropped;
  ledger.lost = all.given_up.total();
  ledger.in_flight = all.again.total() - all.come_again.total();
  return ledger;
}

// What was estimated balances but for its rounding: offered is then the sum of its parts.
void write_ledger(const Layout& layout, const Sums& sums, measure::Record& record) {
  measure::Ledger ledger = ledger_of(sums.all());
  if (sums.sample().is_estimate())
    ledger.offered =
        ledger.answered + ledger.refused + ledger.dropped + ledger.lost + ledger.in_flight;
  record.ledgers[layout.operation] = ledger;
}

// They hold of what was simulated, exactly, whether that is all or a sample.
void write_checks(const spec::Scenario& scenario, const Layout& layout, const Sums& sums,
                  measure::Record& record) {
  write_money(sums, record);
  record.checks.push_back(measure::check_ledger(layout.operation, ledger_of(sums.all())));
  const std::string name = layout.operation + ".latency";
  const measure::Histogram latency = sums.latency();
  if (scenario.warmup.ns == 0)
    record.checks.push_back(
        measure::check_count(name + ": one value for each answer", latency.count(),
                             sums.all().read.total() - sums.all().dropped.total()));
  const ServerSpec& server = layout.servers.front().server;
  record.checks.push_back(
      measure::check_least_latency(name, latency, server.way->shortest_delay * 2));
}

void write_distributions(const Layout& layout, const Sums& sums, measure::Record& record) {
  const std::string name = layout.operation + ".latency";
  record.distributions[name] = sums.latency();
  record.distributions_over_time[name] = sums.latencies();
}

void write_marks(const spec::Scenario& scenario, const Layout& layout, measure::Record& record) {
  add_phases(scenario, record);
  for (const auto& cue : layout.plan->cues()) {
    const Instant at{(cue.at >> workload::tick_bits) * second.ns +
                     workload::ns_of_offset(cue.at & (workload::ticks_per_second - 1))};
    record.marks.push_back({"cue", cue.name, at, at});
  }
  for (const auto& [name, incident] : scenario.incidents)
    if (incident.enabled)
      record.marks.push_back(
          {"incident", name, Instant{incident.at.ns}, Instant{incident.at.ns} + incident.length});
}

}  // namespace

measure::Record make_record(const spec::Scenario& scenario, const Layout& layout,
                            const Sums& simulated, std::int64_t seconds) {
  const Sums sums = simulated.expanded();
  measure::Record record;
  record.title = scenario.title;
  record.clock_at_start = scenario.start_clock;
  record.duration = second * seconds;
  record.slice = measure::slice_for(scenario.duration);
  const bool crowd = layout.machines == nullptr;  // machines keep their own books
  RecordWriter out(record, static_cast<std::size_t>(seconds));
  if (crowd) write_crowd(sums.all(), out);
  write_servers(layout, sums.all(), out);
  write_places(layout, sums, out);
  if (crowd) write_crowd_figures(sums, out);
  write_figures(layout, sums, out);
  write_tables(layout, sums, seconds, record);
  record.grids = sums.grids().grids();
  record.distributions["server.gc-pause"] = sums.pauses();
  record.fingerprint = fmt::format("{:016x}", sums.digest());
  write_extremes(layout, sums, seconds, out);
  if (!crowd) return record;
  write_packets(scenario, layout, sums, record);
  write_checks(scenario, layout, simulated, record);
  write_ledger(layout, sums, record);
  write_marks(scenario, layout, record);
  write_distributions(layout, sums, record);
  if (simulated.sample().is_estimate()) write_estimates(layout, simulated, seconds, record);
  return record;
}

}  // namespace springtide::models::fleet
