#include "models/red_packet/results.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include <fmt/format.h>

#include "measure/checks.h"
#include "models/red_packet/common/record_parts.h"

namespace springtide::models::red_packet {
namespace {

using measure::SecondCounter;
using Machines = std::vector<const ClientMachine*>;

SecondCounter sum_of(const Machines& machines,
                     const std::function<const SecondCounter&(const ClientMachine&)>& counter) {
  SecondCounter sum;
  for (const ClientMachine* machine : machines) sum.merge(counter(*machine));
  return sum;
}

ClientCounts counts_of(const Machines& machines) {
  ClientCounts sum;
  for (const ClientMachine* machine : machines) sum.merge(machine->books().counts);
  return sum;
}

void write_runtime(const Layout& layout, const AccessServer& server, const Machines& clients,
                   RecordWriter& out) {
  double client_processors = 0;
  for (const auto& machine : layout.clients)
    client_processors += static_cast<double>(machine.processors);
  const auto server_processors = static_cast<double>(layout.server.processors);
  out.share("server.utilisation", server.machine().busy(), server_processors,
            "share of the server's Ps that is busy, marking included");
  out.share("server.marking", server.machine().marking(), server_processors,
            "share of the server's Ps that marks for the collector");
  out.share(
      "client.utilisation",
      sum_of(clients,
             [](const ClientMachine& m) -> const SecondCounter& { return m.machine().busy(); }),
      client_processors, "share of the clients' Ps that is busy, marking included");
  out.share(
      "client.marking",
      sum_of(clients,
             [](const ClientMachine& m) -> const SecondCounter& { return m.machine().marking(); }),
      client_processors, "share of the clients' Ps that marks for the collector");
  std::vector<std::uint32_t> longest;
  for (const ClientMachine* machine : clients) {
    const auto& one = machine->machine().longest_queue();
    longest.resize(std::max(longest.size(), one.size()), 0);
    for (std::size_t i = 0; i < one.size(); ++i) longest[i] = std::max(longest[i], one[i]);
  }
  out.maximum("server.run-queue", server.machine().longest_queue(), "goroutines",
              "longest run queue a P of the server met in the second");
  out.maximum("client.run-queue", longest, "goroutines",
              "longest run queue a P of any client machine met in the second");
  out.maximum("server.set-queue", server.service().longest_set_queue(), "messages",
              "longest input queue of any SET in the second");
}

// By the second of true time: frames lost on links or dropped by a full receive ring.
SecondCounter losses(const AccessServer& server, const Machines& clients) {
  SecondCounter sum = sum_of(
      clients, [](const ClientMachine& m) -> const SecondCounter& { return m.wire().losses(); });
  sum.merge(sum_of(clients, [](const ClientMachine& m) -> const SecondCounter& {
    return m.network_card().drops();
  }));
  sum.merge(server.wire().losses());
  sum.merge(server.network_card().drops());
  return sum;
}

void write_network(const AccessServer& server, const Machines& clients, RecordWriter& out) {
  const auto& s = server.service().counts();
  out.counter("network.lost", losses(server, clients), "packets/s",
              "lost on links or dropped by a full receive ring; TCP sends each again");
  out.counter("network.packets-in", server.network_card().packets(), "packets/s",
              "frames that reach the server's network card, pure ACKs included");
  out.counter("network.bytes-in", server.network_card().bytes(), "bytes/s", "in those frames");
  out.counter("network.packets-out", s.packets_sent, "packets/s",
              "frames that the server sends, pure ACKs included");
  out.counter("network.bytes-out", s.bytes_sent, "bytes/s", "in those frames");
}

void write_figures(const AccessServer& server, const Machines& clients, const Layout& layout,
                   RecordWriter& out) {
  const auto& machine = server.machine();
  out.figure("server.connections", static_cast<double>(server.connections()), "connections",
             "open at the end");
  out.figure("server.heap", static_cast<double>(machine.collector().heap_live()), "bytes",
             "live heap at the end, garbage since the last cycle included");
  out.figure("server.stacks",
             static_cast<double>(machine.goroutines() * layout.server.go.stack.count), "bytes",
             "stacks of all goroutines");
  out.figure("server.next-cycle-goal", static_cast<double>(machine.collector().goal()), "bytes",
             "heap at which the next cycle must have ended (NextGC)");
  out.figure("server.cycles", static_cast<double>(machine.cycles().size()), "cycles",
             "of the collector");
  out.figure("network.retransmissions", static_cast<double>(losses(server, clients).total()),
             "packets", "after losses on links and full receive rings");
  out.figure("server.ring-drops", static_cast<double>(server.network_card().dropped()), "packets",
             "that found the receive ring full");
  const auto& stock = server.service().stock();
  out.figure("packets.issued-amount", static_cast<double>(stock.issued_amount()), "cents",
             "of all packets issued");
  out.figure("packets.received-amount",
             static_cast<double>(counts_of(clients).amount_received.total()), "cents",
             "that clients received");
}

std::string seconds_text(Instant at) {
  return fmt::format("{:.3f}", static_cast<double>(at.ns) * 1e-9);
}

std::vector<std::vector<std::string>> cycle_rows(const std::vector<go::Cycle>& cycles) {
  std::vector<std::vector<std::string>> rows;
  for (const go::Cycle& cycle : cycles)
    rows.push_back({seconds_text(cycle.began), seconds_text(cycle.ended),
                    fmt::format("{:.3f}", cycle.pauses.milliseconds()),
                    cycle.forced ? "forced" : "heap"});
  return rows;
}

void write_tables(const AccessServer& server, const Machines& clients, measure::Record& record) {
  auto& of_server = record.tables["server-gc-cycles"];
  of_server = {{"began_s", "ended_s", "pause_ms", "trigger"}};
  for (auto& row : cycle_rows(server.machine().cycles())) of_server.push_back(row);
  auto& of_clients_table = record.tables["client-gc-cycles"];
  of_clients_table = {{"machine", "began_s", "ended_s", "pause_ms", "trigger"}};
  auto& missed = record.tables["client-missed"];
  missed = {{"machine", "second", "users_late", "requests_not_sent"}};
  auto& machines = record.tables["client-machines"];
  machines = {{"machine", "requests", "not_sent", "gc_cycles", "clock_second_of_first_login"}};
  for (std::size_t i = 0; i < clients.size(); ++i) {
    const ClientMachine& client = *clients[i];
    for (auto row : cycle_rows(client.machine().cycles())) {
      row.insert(row.begin(), std::to_string(i));
      of_clients_table.push_back(row);
    }
    const auto& late = client.books().counts.missed_wakes;
    for (std::size_t s = 0; s < late.seconds(); ++s)
      if (late.in(s) > 0)
        missed.push_back({std::to_string(i), std::to_string(s), std::to_string(late.in(s)),
                          std::to_string(client.books().counts.not_sent.in(s))});
    std::size_t first = 0;
    while (first < client.books().counts.logins.seconds() &&
           client.books().counts.logins.in(first) == 0)
      ++first;
    machines.push_back({std::to_string(i),
                        std::to_string(client.books().counts.requests.total() +
                                       client.books().counts.opens.total()),
                        std::to_string(client.books().counts.not_sent.total()),
                        std::to_string(client.machine().cycles().size()), std::to_string(first)});
  }
}

Hops hops_of(const AccessServer& server, const Machines& clients) {
  Hops hops{server.requests_arrived(), server.in_flight(), 0, 0};
  for (const ClientMachine* client : clients) {
    hops.answers_arrived += client->answers_arrived();
    hops.unread_answers += client->unread_answers();
  }
  return hops;
}

void write_cycles(const AccessServer& server, measure::Record& record) {
  for (const go::Cycle& cycle : server.machine().cycles())
    record.marks.push_back(
        {"gc", cycle.forced ? "server GC, forced" : "server GC", cycle.began, cycle.ended});
}

void write_distributions(const Layout& layout, const AccessServer& server, const Machines& clients,
                         measure::Record& record) {
  const std::string& name = layout.operation;
  measure::Histogram latency, service, pauses;
  measure::SlicedHistogram over_time(record.slice);
  for (const ClientMachine* client : clients) {
    latency.merge(client->books().latency);
    service.merge(client->books().service_latency);
    over_time.merge(client->books().latency_over_time);
  }
  for (const go::Cycle& cycle : server.machine().cycles()) pauses.record(cycle.pauses.ns);
  record.checks.push_back(
      measure::check_least_latency(name + ".from-send", service, layout.delay * 2));
  record.distributions[name + ".latency"] = std::move(latency);
  record.distributions[name + ".from-send"] = std::move(service);
  record.distributions["server.arrival-to-read"] = server.service().reading_delay();
  record.distributions["server.set-wait"] = server.service().set_delay();
  record.distributions["server.gc-pause"] = std::move(pauses);
  record.distributions_over_time[name + ".latency"] = over_time.take_slices();
}

}  // namespace

measure::Record make_record(const spec::Scenario& scenario, const Layout& layout,
                            const AccessServer& server, const Machines& clients, Instant reached) {
  measure::Record record;
  record.title = scenario.title;
  record.clock_at_start = scenario.start_clock;
  record.duration = std::min(scenario.duration, reached.since_start());
  record.slice = measure::slice_for(scenario.duration);
  RecordWriter out(record, static_cast<std::size_t>(record.duration.ns / second.ns));
  const ClientCounts counts = counts_of(clients);
  write_traffic(server.service(), counts, out);
  write_runtime(layout, server, clients, out);
  write_network(server, clients, out);
  write_figures(server, clients, layout, out);
  write_tables(server, clients, record);
  write_ledgers(layout.operation, server.service(), counts, hops_of(server, clients), record);
  write_money(server.service(), counts, record);
  write_marks(scenario, record);
  write_cycles(server, record);
  write_distributions(layout, server, clients, record);
  return record;
}

}  // namespace springtide::models::red_packet
