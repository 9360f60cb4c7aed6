#include "models/red_packet/common/record_parts.h"

#include "measure/checks.h"
#include "models/phases.h"

namespace springtide::models::red_packet {

void write_traffic(const AccessService& server, const ClientCounts& clients, RecordWriter& out) {
  const AccessCounts& s = server.counts();
  out.counter("client.requests", clients.requests, "requests/s",
              "logins and shakes sent by all client machines, by their clocks");
  out.counter("server.requests", s.requests, "requests/s", "read by the server, by its clock");
  out.counter("client.shakes", clients.shakes, "requests/s", "shakes sent");
  out.counter("client.opens", clients.opens, "requests/s", "requests sent to open a sent packet");
  out.counter("client.not-sent", clients.not_sent, "requests/s",
              "shakes whose user woke after its second had ended");
  out.counter("client.missed-wakes", clients.missed_wakes, "users/s",
              "users that did not wake in this second at all");
  out.counter("server.logins", s.logins, "requests/s", "users that logged in");
  out.running_sum("server.connections", s.accepted, "connections", "open at the end of the second");
  out.counter("client.responses", clients.responses, "answers/s", "answers read");
  out.counter("server.refused", s.overloaded, "requests/s",
              "shakes above the limit of the clock second");
  out.counter("server.dropped", s.dropped, "requests/s", "found a queue full, without an answer");
  out.counter("packets.issued", s.shake_packets_issued, "packets/s", "shake packets issued");
  out.counter("packets.sent-issued", s.sent_packets_issued, "packets/s", "sent packets issued");
  out.counter("packets.received", clients.packets_received, "packets/s",
              "shake packets that clients received");
  out.counter("packets.shares-opened", clients.shares_opened, "shares/s",
              "shares of sent packets that clients received");
}

void write_ledgers(const std::string& operation, const AccessService& server,
                   const ClientCounts& clients, const Hops& hops, measure::Record& record) {
  const AccessCounts& s = server.counts();
  const std::int64_t sent = clients.requests.total() + clients.opens.total(),
                     read_back = clients.responses.total();
  // Hop by hop: on the way there, in the server, on the way back, unread at the clients.
  measure::Ledger all;
  all.offered = sent;
  all.refused = clients.overloaded.total();
  all.answered = read_back - all.refused;
  all.dropped = s.dropped.total();
  all.in_flight = (sent - hops.requests_arrived) + hops.in_server +
                  (s.responses.total() - hops.answers_arrived) + hops.unread_answers;
  all.not_sent = clients.not_sent.total();
  record.ledgers[operation] = all;
  record.checks.push_back(measure::check_ledger(operation, all));
  record.checks.push_back(measure::check_count(
      "server: every request that arrived is answered, dropped or waiting",
      s.responses.total() + s.dropped.total() + hops.in_server, hops.requests_arrived));
  record.checks.push_back(
      measure::check_count("clients: every answer that arrived is read or waiting",
                           read_back + hops.unread_answers, hops.answers_arrived));
}

void write_money(const AccessService& server, const ClientCounts& clients,
                 measure::Record& record) {
  const auto& stock = server.stock();
  record.checks.push_back({"packets: none is taken twice", !stock.taken_twice(), ""});
  record.checks.push_back(
      measure::check_count("packets: cents issued are taken, shared, waiting, unopened or dropped",
                           stock.taken_amount() + stock.shared_amount() + stock.waiting_amount() +
                               stock.unopened_amount() + stock.dropped_amount(),
                           stock.issued_amount()));
  if (record.ledgers.begin()->second.in_flight != 0) return;
  record.checks.push_back(measure::check_count(
      "packets: cents received by clients are those given by the server",
      clients.amount_received.total(), stock.taken_amount() + stock.shared_amount()));
}

void write_marks(const spec::Scenario& scenario, measure::Record& record) {
  add_phases(scenario, record);
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
}

}  // namespace springtide::models::red_packet
