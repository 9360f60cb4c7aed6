#include "live/monitor/quantities.h"

#include "live/monitor/latency.h"
#include "measure/record.h"

namespace springtide::live::monitor {
namespace {

using wire::ProcessType;
constexpr auto client = ProcessType::client;
constexpr auto server = ProcessType::server;

template <ProcessType type, std::size_t counter>
double in_second(const CompleteSecond& now, const CompleteSecond*) {
  const auto& sums = now.of(type);
  return sums ? static_cast<double>(sums->in_second[counter]) : measure::missing;
}

// How much a counter since the start grew. Where a process left the sums, that is not known.
template <ProcessType type, std::size_t counter>
double growth(const CompleteSecond& now, const CompleteSecond* before) {
  if (!before || !now.of(type) || !before->of(type)) return measure::missing;
  const std::uint64_t after = now.of(type)->since_start[counter];
  const std::uint64_t earlier = before->of(type)->since_start[counter];
  return after < earlier ? measure::missing : static_cast<double>(after - earlier);
}

template <ProcessType type>
double connections(const CompleteSecond& now, const CompleteSecond*) {
  if (!now.of(type)) return measure::missing;
  const wire::Counters& all = now.of(type)->since_start;
  return static_cast<double>(all[wire::since_start::connected]) -
         static_cast<double>(all[wire::since_start::disconnected]);
}

template <ProcessType type>
double processes(const CompleteSecond& now, const CompleteSecond*) {
  return now.of(type) ? now.of(type)->reports : 0;
}

template <int per_mille>
double latency_ms(const CompleteSecond& now, const CompleteSecond*) {
  if (!now.of(client)) return measure::missing;
  return latency_quantile_ms(now.of(client)->in_second, per_mille * 1e-3)
      .value_or(measure::missing);
}

double largest_latency_ms(const CompleteSecond& now, const CompleteSecond*) {
  if (!now.of(client) || latency_count(now.of(client)->in_second) == 0) return measure::missing;
  return static_cast<double>(now.of(client)->in_second[wire::in_second::latency_max_us]) / 1e3;
}

std::vector<Quantity> make_quantities() {
  namespace s = wire::in_second;
  namespace all = wire::since_start;
  const char* bucket = "in the bucket that reports count it in (1, 2, 5, 10, ... ms)";
  return {
      {"client.requests", "requests/s", "sent by all client processes, by their clocks", true,
       in_second<client, s::request>},
      {"server.requests", "requests/s", "read by the server, by its clock", true,
       in_second<server, s::request>},
      {"client.shakes", "requests/s", "shakes sent", false, in_second<client, s::shake_request>},
      {"client.not-sent", "requests/s", "due by the plan but skipped", false,
       in_second<client, s::not_sent>},
      {"client.logins", "requests/s", "logins sent", false, in_second<client, s::login_request>},
      {"server.logins", "requests/s", "users that logged in", true,
       in_second<server, s::login_request>},
      {"client.connections", "connections", "open at the clients", false, connections<client>},
      {"server.connections", "connections", "open at the end of the second", false,
       connections<server>},
      {"client.responses", "answers/s", "answers read", true, in_second<client, s::response>},
      {"server.responses", "answers/s", "answers written", false, in_second<server, s::response>},
      {"client.none", "answers/s", "answers without a packet", true, in_second<client, s::none>},
      {"client.refused", "answers/s", "answers that the server is overloaded", true,
       in_second<client, s::overload>},
      {"server.refused", "requests/s", "shakes above the limit of the clock second", false,
       in_second<server, s::overload>},
      {"server.dropped", "requests/s", "found a queue full, without an answer", false,
       in_second<server, s::dropped>},
      {"client.lost", "requests/s", "lost with their connection, or timed out", false,
       in_second<client, s::lost>},
      {"packets.issued", "packets/s", "shake packets issued", true, in_second<server, s::won>},
      {"packets.sent-issued", "packets/s", "sent packets issued", true,
       growth<server, all::sent_packets>},
      {"packets.received", "packets/s", "shake packets that clients received", true,
       in_second<client, s::won>},
      {"packets.shares-opened", "shares/s", "shares of sent packets that clients received", true,
       in_second<client, s::open_response>},
      {"client.latency-p50", "ms", std::string("half of the answers come sooner; ") + bucket, false,
       latency_ms<500>},
      {"client.latency-p99", "ms", std::string("99 % of the answers come sooner; ") + bucket, false,
       latency_ms<990>},
      {"client.latency-max", "ms", "the largest latency, from the intended instant", false,
       largest_latency_ms},
      {"client.processes", "processes", "client processes that reported the second", true,
       processes<client>},
      {"server.processes", "processes", "server processes that reported the second", true,
       processes<server>},
  };
}

}  // namespace

const std::vector<Quantity>& quantities() {
  static const std::vector<Quantity> all = make_quantities();
  return all;
}

double value_of(const Quantity& quantity, const Aggregator& sums, std::int64_t second) {
  const auto now = sums.history().find(second), before = sums.history().find(second - 1);
  if (now == sums.history().end()) return measure::missing;
  return quantity.value(now->second, before == sums.history().end() ? nullptr : &before->second);
}

}  // namespace springtide::live::monitor
