#include "live/monitor/open_metrics.h"

#include <iterator>

#include <fmt/format.h>

#include "live/monitor/latency.h"

namespace springtide::live::monitor {
namespace {

using wire::ProcessType;

constexpr const char* side_of(ProcessType type) {
  return type == ProcessType::client ? "client" : "server";
}

struct Sides {
  bool client, server;
};
constexpr Sides both{true, true}, clients{true, false}, servers{false, true};

class Writer {
 public:
  explicit Writer(const Aggregator& sums) : sums_(sums) {
    for (const auto& [second, entry] : sums.history())
      for (std::size_t type = 0; type < 2; ++type)
        if (entry.of_type[type]) newest_[type] = &*entry.of_type[type];
  }

  void counter(const char* name, std::size_t counter, Sides sides, const char* help) {
    family(name, "counter", help);
    for (const auto type : {ProcessType::client, ProcessType::server})
      if (shown(type, sides))
        line("springtide_{}_total{{side=\"{}\"}} {}\n", name, side_of(type),
             sums_.total(type)[counter]);
  }

  // Of counters since the start of the processes: they fall when a process leaves.
  void gauge(const char* name, std::size_t counter, Sides sides, const char* help,
             std::size_t less = wire::counters) {
    family(name, "gauge", help);
    for (const auto type : {ProcessType::client, ProcessType::server})
      if (shown(type, sides)) {
        const wire::Counters& all = newest(type)->since_start;
        const std::uint64_t minus = less < wire::counters ? all[less] : 0;
        line("springtide_{}{{side=\"{}\"}} {}\n", name, side_of(type),
             static_cast<std::int64_t>(all[counter] - minus));
      }
  }

  void processes() {
    family("processes", "gauge", "Open streams that report.");
    for (const auto type : {ProcessType::client, ProcessType::server})
      line("springtide_processes{{side=\"{}\"}} {}\n", side_of(type), sums_.reporting(type));
  }

  void latencies() {
    const wire::Counters& total = sums_.total(ProcessType::client);
    if (latency_count(total) == 0) return;
    family("latency_seconds", "histogram", "From the intended instant to the answer.");
    text_ += "# UNIT springtide_latency_seconds seconds\n";
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < wire::latency_buckets; ++i) {
      count += total[wire::in_second::latency_first + i];
      const bool last = i == wire::latency_bounds_us.size();
      const double bound = last ? 0 : static_cast<double>(wire::latency_bounds_us[i]) / 1e6;
      line("springtide_latency_seconds_bucket{{le=\"{}\"}} {}\n", last ? "+Inf" : canonical(bound),
           count);
    }
    line("springtide_latency_seconds_count {}\n", count);
    line("springtide_latency_seconds_sum {}\n",
         static_cast<double>(total[wire::in_second::latency_sum_us]) / 1e6);
  }

  void plain_counter(const char* name, std::int64_t value, const char* help) {
    family(name, "counter", help);
    line("springtide_{}_total {}\n", name, value);
  }
  void plain_gauge(const char* name, std::int64_t value, const char* help) {
    family(name, "gauge", help);
    line("springtide_{} {}\n", name, value);
  }

  std::string take() { return std::move(text_) + "# EOF\n"; }

 private:
  // "1.0", "0.005": a bound of a bucket has a point in it.
  static std::string canonical(double bound) {
    std::string text = fmt::format("{}", bound);
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    return text;
  }
  const Sums* newest(ProcessType type) const { return newest_[static_cast<std::size_t>(type)]; }
  bool shown(ProcessType type, Sides sides) const {
    return (type == ProcessType::client ? sides.client : sides.server) && newest(type);
  }
  void family(const char* name, const char* type, const char* help) {
    line("# TYPE springtide_{} {}\n", name, type);
    line("# HELP springtide_{} {}\n", name, help);
  }
  template <typename... Arguments>
  void line(fmt::format_string<Arguments...> form, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(text_), form, std::forward<Arguments>(arguments)...);
  }

  const Aggregator& sums_;
  std::array<const Sums*, 2> newest_{};
  std::string text_;
};

void write_requests(Writer& out) {
  namespace s = wire::in_second;
  out.counter("requests", s::request, both, "Requests: sent by clients, read by servers.");
  out.counter("responses", s::response, both, "Answers: read by clients, written by servers.");
  out.counter("logins", s::login_request, both, "Logins: sent by clients, read by servers.");
  out.counter("shakes", s::shake_request, both, "Shakes: sent by clients, read by servers.");
  out.counter("opens", s::open_request, both, "Opens: sent by clients, read by servers.");
  out.counter("answers_none", s::none, clients, "Answers without a packet.");
  out.counter("refused", s::overload, both, "Shakes refused because of overload.");
  out.counter("dropped", s::dropped, servers, "Requests that found a queue full.");
  out.counter("lost", s::lost, clients, "Requests that were lost with a connection, or timed out.");
  out.counter("not_sent", s::not_sent, clients, "Requests due by the plan but skipped.");
}

void write_packets(Writer& out) {
  namespace s = wire::in_second;
  namespace all = wire::since_start;
  out.counter("packets_issued", s::won, servers, "Shake packets issued.");
  out.counter("packets_received", s::won, clients, "Shake packets received.");
  out.counter("shares_opened", s::open_response, clients, "Shares of sent packets received.");
  out.gauge("sent_packets", all::sent_packets, servers, "Sent packets issued so far.");
  out.gauge("shake_cents_issued", all::shake_cents_issued, servers, "Of shake packets so far.");
  out.gauge("shake_cents_received", all::shake_cents_received, clients, "Of shake packets so far.");
  out.gauge("sent_cents_issued", all::sent_cents_issued, servers, "Of sent packets so far.");
  out.gauge("sent_cents_received", all::sent_cents_received, clients, "Of sent packets so far.");
}

}  // namespace

std::string open_metrics(const Aggregator& sums, const StreamTally& streams) {
  Writer out(sums);
  write_requests(out);
  write_packets(out);
  out.gauge("connections", wire::since_start::connected, both, "Open connections.",
            wire::since_start::disconnected);
  out.latencies();
  out.processes();
  const Aggregator::Tally& tally = sums.tally();
  out.plain_gauge("monitor_streams", static_cast<std::int64_t>(sums.open_streams()),
                  "Open streams of reports.");
  out.plain_gauge("monitor_newest_second",
                  sums.history().empty() ? 0 : sums.history().rbegin()->first,
                  "The newest complete second, unix time.");
  out.plain_counter("monitor_reports", tally.records, "Reports taken.");
  out.plain_counter("monitor_late_reports", tally.late, "Reports of a second printed before.");
  out.plain_counter("monitor_missing_reports", tally.missing, "Reports not waited for any longer.");
  out.plain_counter("monitor_repeated_reports", tally.repeated, "Reports told twice, left out.");
  out.plain_counter("monitor_malformed_streams", streams.malformed, "Streams closed as malformed.");
  out.plain_counter("monitor_refused_streams", streams.refused, "Streams refused: too many open.");
  return out.take();
}

}  // namespace springtide::live::monitor
