#include "live/load/record.h"

#include <algorithm>
#include <unistd.h>

#include <fmt/format.h>

#include "measure/checks.h"

namespace springtide::live::load {
namespace {

using measure::Record;
using measure::Series;

class Writer {
 public:
  Writer(const LoadReport& report, std::size_t seconds, Record& record)
      : report_(report), seconds_(seconds), record_(record) {}

  template <typename ValueOf>
  void series(const char* name, const char* unit, const char* about, ValueOf value_of) {
    Series made{name, unit, about, {}};
    for (std::size_t i = 0; i < seconds_; ++i)
      made.values.push_back(static_cast<double>(value_of(i)));
    record_.series.push_back(std::move(made));
  }
  void counts(const char* name, const char* unit, const char* about,
              std::initializer_list<Count> counts) {
    series(name, unit, about, [&](std::size_t i) {
      std::int64_t sum = 0;
      for (const Count count : counts) sum += report_.seconds[i][count];
      return sum;
    });
  }
  void figure(const char* name, double value, const char* unit, const char* about) {
    record_.figures.push_back({name, value, unit, about, {}});
  }
  void total(const char* name, Count count, const char* unit, const char* about) {
    figure(name, static_cast<double>(report_[count]), unit, about);
  }

 private:
  const LoadReport& report_;
  std::size_t seconds_;
  Record& record_;
};

void write_traffic(Writer& out) {
  out.counts("client.requests", "requests/s",
             "logins and shakes sent by the driver, as the original's clients counted",
             {Count::logins, Count::shakes});
  out.counts("client.logins", "requests/s", "logins sent", {Count::logins});
  out.counts("client.shakes", "requests/s", "shakes sent", {Count::shakes});
  out.counts("client.opens", "requests/s", "open requests sent", {Count::opens});
  out.counts("client.not-sent", "requests/s",
             "due by the plan and not sent, by the second in which they were due",
             {Count::not_sent});
  out.counts("client.late", "requests/s", "sent more than 1 ms after the intended instant",
             {Count::late});
  out.counts("client.kept", "requests/s", "not sent at once, because the connection took nothing",
             {Count::kept});
  out.counts("client.responses", "answers/s", "answers read", {Count::responses});
  out.counts("client.won", "answers/s", "shakes answered with a shake packet", {Count::won});
  out.counts("client.none", "answers/s", "shakes answered with nothing", {Count::none});
  out.counts("client.refused", "answers/s", "shakes refused by the server", {Count::overloaded});
  out.counts("packets.received", "packets/s", "shake packets that clients received", {Count::won});
  out.counts("packets.shares-opened", "shares/s", "shares of sent packets that clients received",
             {Count::shares_opened});
}

void write_connections(const LoadReport& report, Writer& out) {
  out.series("client.connections", "connections", "open at the end of the second",
             [&](std::size_t i) { return report.open_connections[i]; });
  out.series("client.users", "users", "logged in at the end of the second",
             [&](std::size_t i) { return report.ready_users[i]; });
  out.counts("client.lost-connections", "connections/s", "closed or reset by the other side",
             {Count::lost_connections});
  out.counts("client.lost", "requests/s", "sent, and their connection ended before an answer",
             {Count::lost});
  out.counts("client.timed-out", "requests/s", "sent, and given up without an answer",
             {Count::timed_out});
  const auto cores = static_cast<double>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN)));
  out.series("client.utilisation", "%",
             "share of all processors of the machine that the driver's processes used",
             [&, cores](std::size_t i) {
               return static_cast<double>(report.seconds[i][Count::processor_ns]) / 1e7 / cores;
             });
}

void write_figures(const LoadReport& report, Writer& out) {
  const double sent = std::max(1.0, static_cast<double>(report.planned));
  out.figure("client.processes", static_cast<double>(report.processes.size()), "processes",
             "of the driver");
  if (report.ramp)
    out.figure("client.ramp", report.ramp->seconds(), "s",
               "from the start until every user had logged in");
  if (report.plan_began)
    out.figure("client.plan-began", report.plan_began->seconds(), "s",
               "where the first instant of the plan lies in the run");
  out.figure("client.planned", static_cast<double>(report.planned), "requests",
             "shakes that the plan wanted");
  out.figure("client.late-share", 100 * static_cast<double>(report[Count::late]) / sent, "%",
             "of them, sent more than 1 ms after the intended instant");
  out.figure("client.processor-time", report.processor_seconds, "s",
             "used by the driver's processes, connecting included");
  out.figure("client.processor-time-per-request", report.processor_us_per_request, "us",
             "used by the driver's processes per request, while the plan was sent");
  out.figure("client.peak-memory", static_cast<double>(report.peak_bytes), "bytes",
             "resident, sum over the driver's processes");
  out.total("client.failed-connects", Count::failed_connects, "connections",
            "refused, reset or timed out by the other side");
  out.total("client.local-errors", Count::local_errors, "connections",
            "not made for want of files, ports or memory on this machine");
  out.total("client.unexpected", Count::unexpected, "answers",
            "malformed, or that no request waited for");
  out.total("client.late-answers", Count::late_answers, "answers",
            "read after their requests had timed out");
  out.total("packets.received-amount", Count::amount, "cents", "that clients received");
}

void write_tables(const LoadReport& report, Record& record) {
  auto& processes = record.tables["client-processes"];
  processes = {{"process", "first_user", "users", "requests", "processor_s", "peak_bytes", "died"}};
  for (std::size_t i = 0; i < report.processes.size(); ++i) {
    const ProcessReport& process = report.processes[i];
    processes.push_back({std::to_string(i), std::to_string(process.users.first),
                         std::to_string(process.users.count), std::to_string(process.requests),
                         fmt::format("{:.3f}", process.processor_seconds),
                         std::to_string(process.peak_bytes), process.died.value_or("")});
  }
  auto& notes = record.tables["client-notes"];
  notes = {{"note"}};
  for (const std::string& note : report.verdict.notes) notes.push_back({note});
}

void write_checks(const LoadReport& report, const std::string& operation, Record& record) {
  record.ledgers[operation] = report.ledger;
  record.checks.push_back(measure::check_ledger(operation, report.ledger));
  record.checks.push_back(
      measure::check_least_latency(operation + ".from-send", report.service, Duration{}));
  record.checks.push_back(measure::check_count(
      "clients: every answer that was read is of a login, a shake or an open request",
      report[Count::logged_in] + report[Count::won] + report[Count::none] +
          report[Count::overloaded] + report[Count::packets_for_you] + report[Count::shares_opened],
      report[Count::responses]));
  record.checks.push_back(
      measure::check_count("clients: every shake of the plan was sent or counted as not sent",
                           report[Count::shakes] + report.ledger.not_sent, report.planned));
  std::string reasons;
  for (const std::string& reason : report.verdict.reasons)
    reasons += (reasons.empty() ? "" : "; ") + reason;
  record.checks.push_back({"clients: the driver was not the limit", report.verdict.valid, reasons});
}

}  // namespace

void add_to_record(const LoadReport& report, const std::string& operation, Record& record) {
  // The last second is not whole, but may be that in which the last requests end.
  std::size_t seconds = report.seconds.size();
  if (seconds > 0 && report.seconds.back()[Count::responses] == 0 &&
      report.seconds.back()[Count::timed_out] == 0)
    --seconds;
  record.duration = std::max(record.duration, second * static_cast<std::int64_t>(seconds));
  if (report.stopped_early) record.complete = false;
  Writer out(report, seconds, record);
  write_traffic(out);
  write_connections(report, out);
  write_figures(report, out);
  write_tables(report, record);
  write_checks(report, operation, record);
  record.distributions[operation + ".latency"] = report.latency;
  record.distributions[operation + ".from-send"] = report.service;
  record.distributions["client.lateness"] = report.lateness;
  record.distributions["client.loop-round"] = report.round;
  record.slice = report.slice;
  record.distributions_over_time[operation + ".latency"] = report.latency_slices;
  record.distributions_over_time[operation + ".from-send"] = report.service_slices;
  if (report.plan_began)
    record.marks.push_back({"phase", "plan", Instant{report.plan_began->ns},
                            Instant{report.plan_began->ns} + report.plan_length});
}

}  // namespace springtide::live::load
