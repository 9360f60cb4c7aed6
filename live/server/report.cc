#include "live/server/report.h"

#include <algorithm>

#include <fmt/format.h>

#include "measure/checks.h"

namespace springtide::live::server {
namespace {

using Value = std::int64_t (*)(const Counts&);

// One value a second from `zero` on; seconds before it count for none.
measure::Series series_of(const ServerReport& report, std::int64_t zero, std::size_t seconds,
                          std::string name, std::string unit, std::string about, Value value) {
  measure::Series series{std::move(name), std::move(unit), std::move(about),
                         std::vector<double>(seconds, 0)};
  for (std::size_t i = 0; i < report.seconds.size(); ++i) {
    const std::int64_t at = report.first_second + static_cast<std::int64_t>(i) - zero;
    if (at >= 0 && at < static_cast<std::int64_t>(seconds))
      series.values[static_cast<std::size_t>(at)] = static_cast<double>(value(report.seconds[i]));
  }
  return series;
}

// Open at the end of each second: all that came before counts, also from before second 0.
measure::Series connections_of(const ServerReport& report, std::int64_t zero, std::size_t seconds) {
  measure::Series series{"server.connections", "connections", "open at the end of the second",
                         std::vector<double>(seconds, 0)};
  std::int64_t open = 0, next = 0;
  for (std::size_t s = 0; s < seconds; ++s) {
    const std::int64_t until = zero + static_cast<std::int64_t>(s) - report.first_second;
    for (; next <= until && next < static_cast<std::int64_t>(report.seconds.size()); ++next) {
      const Counts& counts = report.seconds[static_cast<std::size_t>(next)];
      // Those that the end of the server closed were open until then.
      open += counts[Count::accepted] - counts.closed() + counts[Count::closed_at_stop];
    }
    series.values[s] = static_cast<double>(open);
  }
  return series;
}

std::int64_t without_answer(const Counts& c) { return c.dropped() + c[Count::unknown_packet]; }

void write_series(const ServerReport& report, std::int64_t zero, std::size_t seconds,
                  measure::Record& record) {
  const auto add = [&](std::string name, std::string unit, std::string about, Value value) {
    record.series.push_back(series_of(report, zero, seconds, std::move(name), std::move(unit),
                                      std::move(about), value));
  };
  add("server.requests", "requests/s", "read by the server, by its clock",
      [](const Counts& c) { return c[Count::requests]; });
  add("server.logins", "requests/s", "users that logged in",
      [](const Counts& c) { return c[Count::logins]; });
  record.series.push_back(connections_of(report, zero, seconds));
  add("server.responses", "answers/s", "answers that the server wrote",
      [](const Counts& c) { return c.answers(); });
  add("server.refused", "requests/s", "shakes above the limit of the clock second",
      [](const Counts& c) { return c[Count::overloaded]; });
  add("server.dropped", "requests/s", "found a queue full, without an answer", without_answer);
  add("server.closed", "connections/s", "closed, for whatever reason",
      [](const Counts& c) { return c.closed(); });
  add("packets.issued", "packets/s", "shake packets issued",
      [](const Counts& c) { return c[Count::shake_packets]; });
  add("packets.sent-issued", "packets/s", "sent packets issued",
      [](const Counts& c) { return c[Count::sent_packets]; });
}

void write_figures(const ServerReport& report, measure::Record& record) {
  const auto add = [&](std::string name, double value, std::string unit, std::string about) {
    record.figures.push_back({std::move(name), value, std::move(unit), std::move(about), {}});
  };
  const Counts& total = report.total;
  const double requests = static_cast<double>(std::max<std::int64_t>(total[Count::requests], 1));
  std::int64_t peak = 0;
  for (const ProcessReport& process : report.processes) peak += process.peak_bytes;
  add("server.processes", static_cast<double>(report.processes.size()), "processes", "");
  add("server.restarts", static_cast<double>(report.restarts), "processes",
      "workers that died and were replaced");
  add("server.processor-time", report.processor_seconds(), "s", "user and system, all processes");
  add("server.processor-time-per-request", report.processor_seconds() * 1e6 / requests, "us",
      "of all processor time, accepting and idling included");
  add("server.peak-memory", static_cast<double>(peak), "bytes",
      "sum of the largest resident sizes; shared pages count in each process");
  add("server.waits-per-request", static_cast<double>(total[Count::waits]) / requests, "calls",
      "epoll_wait");
  add("server.receives-per-request", static_cast<double>(total[Count::receives]) / requests,
      "calls", "recv");
  add("server.sends-per-request", static_cast<double>(total[Count::sends]) / requests, "calls",
      "send");
  add("packets.issued-amount",
      static_cast<double>(total[Count::cents_issued_shake] + total[Count::cents_issued_sent]),
      "cents", "of all packets issued");
}

void write_tables(const ServerReport& report, measure::Record& record) {
  auto& processes = record.tables["server-processes"];
  processes = {{"process", "pid", "requests", "connections", "processor_s", "peak_bytes", "end"}};
  for (const ProcessReport& p : report.processes)
    processes.push_back({p.name, std::to_string(p.pid), std::to_string(p.counts[Count::requests]),
                         std::to_string(p.counts[Count::accepted]),
                         fmt::format("{:.3f}", p.processor_seconds), std::to_string(p.peak_bytes),
                         p.end});
  auto& counts = record.tables["server-counts"];
  counts = {{"count", "total"}};
  for (std::size_t i = 0; i < count_kinds; ++i)
    counts.push_back(
        {std::string(to_string(static_cast<Count>(i))), std::to_string(report.total.values[i])});
}

}  // namespace

std::int64_t ServerReport::missing_cents() const {
  return total[Count::cents_issued_shake] + total[Count::cents_issued_sent] -
         total[Count::cents_won] - total[Count::cents_shared] - total[Count::cents_dropped] -
         waiting_cents - unopened_cents;
}

double ServerReport::processor_seconds() const {
  double sum = 0;
  for (const ProcessReport& process : processes) sum += process.processor_seconds;
  return sum;
}

void write_record(const ServerReport& report, std::int64_t zero_unix_second, std::size_t seconds,
                  measure::Record& record) {
  write_series(report, zero_unix_second, seconds, record);
  write_figures(report, record);
  write_tables(report, record);
  for (const auto& [name, histogram] : report.stages)
    if (!histogram.empty()) record.distributions[name] = histogram;
  const Counts& total = report.total;
  record.checks.push_back(measure::check_count(
      "server: every request that arrived is answered, dropped or waiting",
      total.answers() + without_answer(total) + total[Count::ignored] + total[Count::abandoned],
      total[Count::requests]));
  record.checks.push_back(measure::check_count(
      "packets: cents issued are taken, shared, waiting, unopened or dropped",
      total[Count::cents_issued_shake] + total[Count::cents_issued_sent] - report.missing_cents(),
      total[Count::cents_issued_shake] + total[Count::cents_issued_sent]));
}

std::string summary_text(const ServerReport& report) {
  const Counts& t = report.total;
  std::string text = fmt::format(
      "requests     {} read: {} logins, {} shakes, {} opens\n"
      "answers      {}: {} logins, {} won, {} none, {} to open, {} opened, {} overloaded\n"
      "no answer    {} queue full, {} unknown packet, {} ignored, {} connection gone, {} lost\n",
      t[Count::requests], t[Count::logins], t[Count::shakes], t[Count::opens], t.answers(),
      t[Count::login_answers], t[Count::won], t[Count::none], t[Count::for_you], t[Count::opened],
      t[Count::overloaded], t.dropped(), t[Count::unknown_packet], t[Count::ignored],
      t[Count::abandoned], report.lost_requests());
  text += fmt::format("connections  {} accepted, {} turned away\n", t[Count::accepted],
                      t[Count::turned_away]);
  for (auto i = static_cast<std::size_t>(Count::closed_by_client);
       i <= static_cast<std::size_t>(Count::closed_by_death); ++i)
    if (t.values[i] > 0)
      text += fmt::format("             {} {}\n", t.values[i], to_string(static_cast<Count>(i)));
  text += fmt::format(
      "packets      {} shake, {} sent; cents: {} issued, {} won, {} shared, {} waiting, "
      "{} unopened, {} dropped, {} missing\n",
      t[Count::shake_packets], t[Count::sent_packets],
      t[Count::cents_issued_shake] + t[Count::cents_issued_sent], t[Count::cents_won],
      t[Count::cents_shared], report.waiting_cents, report.unopened_cents, t[Count::cents_dropped],
      report.missing_cents());
  if (t[Count::unsent] > 0)
    text += fmt::format("unsent       {} answers, {} cents, to clients that did not read\n",
                        t[Count::unsent], t[Count::cents_unsent]);
  const double requests = static_cast<double>(std::max<std::int64_t>(t[Count::requests], 1));
  text += fmt::format("processor    {:.2f} s, {:.2f} us a request\n", report.processor_seconds(),
                      report.processor_seconds() * 1e6 / requests);
  text += fmt::format("calls        {:.3f} waits, {:.3f} receives, {:.3f} sends a request\n",
                      static_cast<double>(t[Count::waits]) / requests,
                      static_cast<double>(t[Count::receives]) / requests,
                      static_cast<double>(t[Count::sends]) / requests);
  for (const auto& [name, histogram] : report.stages)
    if (!histogram.empty())
      text += fmt::format("stage        {}: p50 {:.1f} us, p99 {:.1f} us, of {}\n", name,
                          static_cast<double>(histogram.quantile(0.5).value_or(0)) / 1e3,
                          static_cast<double>(histogram.quantile(0.99).value_or(0)) / 1e3,
                          histogram.count());
  for (const std::string& note : report.notes) text += "note         " + note + "\n";
  return text;
}

}  // namespace springtide::live::server
