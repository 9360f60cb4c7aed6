#include "models/red_packet/results.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include <fmt/format.h>

#include "measure/checks.h"

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

SecondCounter of_clients(const Machines& machines, SecondCounter ClientMachine::Counts::*counter) {
  return sum_of(machines, [&](const ClientMachine& m) -> const SecondCounter& {
    return m.counts().*counter;
  });
}

class Writer {
 public:
  Writer(measure::Record& record, std::size_t seconds) : record_(record), seconds_(seconds) {}

  void counter(const std::string& name, const SecondCounter& counter, const std::string& unit,
               const std::string& about) {
    record_.series.push_back(counter.to_series(name, unit, about, seconds_));
  }
  void running_sum(const std::string& name, const SecondCounter& counter, const std::string& unit,
                   const std::string& about) {
    measure::Series series = counter.to_series(name, unit, about, seconds_);
    double sum = 0;
    for (double& value : series.values) value = sum += value;
    record_.series.push_back(std::move(series));
  }
  // Busy nanoseconds as a share of `processors` in percent.
  void share(const std::string& name, const SecondCounter& busy, double processors,
             const std::string& about) {
    measure::Series series = busy.to_series(name, "%", about, seconds_);
    for (double& value : series.values) value = value / 1e7 / processors;
    record_.series.push_back(std::move(series));
  }
  void maximum(const std::string& name, const std::vector<std::uint32_t>& values,
               const std::string& unit, const std::string& about) {
    measure::Series series{name, unit, about, std::vector<double>(seconds_, 0)};
    for (std::size_t i = 0; i < std::min(seconds_, values.size()); ++i)
      series.values[i] = values[i];
    record_.series.push_back(std::move(series));
  }
  void figure(const std::string& name, double value, const std::string& unit,
              const std::string& about) {
    record_.figures.push_back({name, value, unit, about, {}});
  }

 private:
  measure::Record& record_;
  std::size_t seconds_;
};

void write_traffic(const AccessServer& server, const Machines& clients, Writer& out) {
  using C = ClientMachine::Counts;
  const auto& s = server.counts();
  const auto client = [&](SecondCounter C::*counter) { return of_clients(clients, counter); };
  out.counter("client.requests", client(&C::requests), "requests/s",
              "logins and shakes sent by all client machines, by their clocks");
  out.counter("server.requests", s.requests, "requests/s", "read by the server, by its clock");
  out.counter("client.shakes", client(&C::shakes), "requests/s", "shakes sent");
  out.counter("client.opens", client(&C::opens), "requests/s",
              "requests sent to open a sent packet");
  out.counter("client.not-sent", client(&C::not_sent), "requests/s",
              "shakes whose user woke after its second had ended");
  out.counter("client.missed-wakes", client(&C::missed_wakes), "users/s",
              "users that did not wake in this second at all");
  out.counter("server.logins", s.logins, "requests/s", "users that logged in");
  out.running_sum("server.connections", s.accepted, "connections", "open at the end of the second");
  out.counter("client.responses", client(&C::responses), "answers/s", "answers read");
  out.counter("server.refused", s.overloaded, "requests/s",
              "shakes above the limit of the clock second");
  out.counter("server.dropped", s.dropped, "requests/s", "found a queue full, without an answer");
  out.counter("packets.issued", s.shake_packets_issued, "packets/s", "shake packets issued");
  out.counter("packets.sent-issued", s.sent_packets_issued, "packets/s", "sent packets issued");
  out.counter("packets.received", client(&C::packets_received), "packets/s",
              "shake packets that clients received");
  out.counter("packets.shares-opened", client(&C::shares_opened), "shares/s",
              "shares of sent packets that clients received");
}

void write_runtime(const Layout& layout, const AccessServer& server, const Machines& clients,
                   Writer& out) {
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
  out.maximum("server.set-queue", server.longest_set_queue(), "messages",
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

void write_network(const AccessServer& server, const Machines& clients, Writer& out) {
  const auto& s = server.counts();
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
                   Writer& out) {
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
  const auto& stock = server.stock();
  out.figure("packets.issued-amount", static_cast<double>(stock.issued_amount()), "cents",
             "of all packets issued");
  out.figure(
      "packets.received-amount",
      static_cast<double>(of_clients(clients, &ClientMachine::Counts::amount_received).total()),
      "cents", "that clients received");
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
    const auto& late = client.counts().missed_wakes;
    for (std::size_t s = 0; s < late.seconds(); ++s)
      if (late.in(s) > 0)
        missed.push_back({std::to_string(i), std::to_string(s), std::to_string(late.in(s)),
                          std::to_string(client.counts().not_sent.in(s))});
    std::size_t first = 0;
    while (first < client.counts().logins.seconds() && client.counts().logins.in(first) == 0)
      ++first;
    machines.push_back(
        {std::to_string(i),
         std::to_string(client.counts().requests.total() + client.counts().opens.total()),
         std::to_string(client.counts().not_sent.total()),
         std::to_string(client.machine().cycles().size()), std::to_string(first)});
  }
}

void write_ledgers(const Layout& layout, const AccessServer& server, const Machines& clients,
                   measure::Record& record) {
  using C = ClientMachine::Counts;
  const auto total = [&](SecondCounter C::*counter) {
    return of_clients(clients, counter).total();
  };
  const auto& s = server.counts();
  std::int64_t arrived_back = 0, unread = 0;
  for (const ClientMachine* client : clients) {
    arrived_back += client->answers_arrived();
    unread += client->unread_answers();
  }
  const std::int64_t sent = total(&C::requests) + total(&C::opens),
                     read_back = total(&C::responses);
  // Hop by hop: on the way there, in the server, on the way back, unread at the clients.
  measure::Ledger all;
  all.offered = sent;
  all.refused = total(&C::overloaded);
  all.answered = read_back - all.refused;
  all.dropped = s.dropped.total();
  all.in_flight = (sent - server.requests_arrived()) + server.in_flight() +
                  (s.responses.total() - arrived_back) + unread;
  all.not_sent = total(&C::not_sent);
  record.ledgers[layout.operation] = all;
  record.checks.push_back(measure::check_ledger(layout.operation, all));
  record.checks.push_back(measure::check_count(
      "server: every request that arrived is answered, dropped or waiting",
      s.responses.total() + s.dropped.total() + server.in_flight(), server.requests_arrived()));
  record.checks.push_back(measure::check_count(
      "clients: every answer that arrived is read or waiting", read_back + unread, arrived_back));
}

void write_money(const AccessServer& server, const Machines& clients, measure::Record& record) {
  const auto& stock = server.stock();
  record.checks.push_back({"packets: none is taken twice", !stock.taken_twice(), ""});
  record.checks.push_back(
      measure::check_count("packets: cents issued are taken, shared, waiting, unopened or dropped",
                           stock.taken_amount() + stock.shared_amount() + stock.waiting_amount() +
                               stock.unopened_amount() + stock.dropped_amount(),
                           stock.issued_amount()));
  if (record.ledgers.begin()->second.in_flight != 0) return;
  record.checks.push_back(
      measure::check_count("packets: cents received by clients are those given by the server",
                           of_clients(clients, &ClientMachine::Counts::amount_received).total(),
                           stock.taken_amount() + stock.shared_amount()));
}

void write_marks(const spec::Scenario& scenario, const AccessServer& server,
                 measure::Record& record) {
  for (const auto& [name, phase] : scenario.phases)
    record.marks.push_back({"phase", name, Instant{phase.from.ns}, Instant{phase.to.ns}});
  for (const auto& [name, pool] : scenario.packets) {
    const double length =
        pool.rate.per_second > 0 ? static_cast<double>(pool.count) / pool.rate.per_second : 0;
    record.marks.push_back({"packets", name, Instant{pool.begin.ns},
                            Instant{pool.begin.ns} + Duration::from_seconds(length)});
  }
  for (const auto& [name, incident] : scenario.incidents)
    if (incident.enabled)
      record.marks.push_back(
          {"incident", name, Instant{incident.at.ns}, Instant{incident.at.ns} + incident.length});
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
    latency.merge(client->latency());
    service.merge(client->service_latency());
    over_time.merge(client->latency_over_time());
  }
  for (const go::Cycle& cycle : server.machine().cycles()) pauses.record(cycle.pauses.ns);
  record.checks.push_back(
      measure::check_least_latency(name + ".from-send", service, layout.delay * 2));
  record.distributions[name + ".latency"] = std::move(latency);
  record.distributions[name + ".from-send"] = std::move(service);
  record.distributions["server.arrival-to-read"] = server.reading_delay();
  record.distributions["server.set-wait"] = server.set_delay();
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
  Writer out(record, static_cast<std::size_t>(record.duration.ns / second.ns));
  write_traffic(server, clients, out);
  write_runtime(layout, server, clients, out);
  write_network(server, clients, out);
  write_figures(server, clients, layout, out);
  write_tables(server, clients, record);
  write_ledgers(layout, server, clients, record);
  write_money(server, clients, record);
  write_marks(scenario, server, record);
  write_distributions(layout, server, clients, record);
  return record;
}

}  // namespace springtide::models::red_packet
