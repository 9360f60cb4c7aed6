// What happened around the servers, for the record (docs/report.md, "The night of a fleet").
#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "measure/checks.h"
#include "models/fleet/backends/back_ends_record.h"
#include "models/fleet/control/change_record.h"
#include "models/fleet/surroundings/surroundings.h"

namespace springtide::models::fleet {
namespace {

constexpr double nearly_all = 0.99;  // of the connections lost: then they count as back

std::string seconds_text(double seconds) { return fmt::format("{:.3f}", seconds); }

}  // namespace

void Surroundings::record(const std::vector<std::int64_t>& won, measure::Record& record) {
  const auto seconds = static_cast<std::size_t>(record.duration.ns / second.ns);
  const auto add = [&](const measure::SecondCounter& counter, const std::string& name,
                       const std::string& unit, const std::string& about) {
    record.series.push_back(counter.to_series(name, unit, about, seconds));
  };
  if (back_ends_) {
    work_back_ends();
    back_ends_->drain(back_ends_->reached() + drain_limit);
    record_back_ends(*back_ends_, won, record);
  }
  if (fetches_) fetches_->record(record);
  if (control_) {
    std::vector<std::string> labels;
    for (const ServerLayout& server : layout_.servers) labels.push_back(server.label);
    record_control(*control_, labels, record);
    add(counters_.stale, "shake.stale", "requests/s",
        "that find a server without the newest configuration");
  }
  if (outages_.all().empty()) return;
  add(counters_.attempts, "crowd.attempts", "attempts/s",
      "to connect, of users who lost their server");
  add(counters_.connected, "crowd.connected", "users/s", "who are let in by another server");
  add(counters_.refused, "crowd.connect-refused", "attempts/s", "that found a server full");
  add(counters_.given_up, "crowd.given-up", "users/s", "who do not try again");
  add(counters_.waited, "crowd.not-sent", "requests/s",
      "held back for a second, because their user has no connection");
  record_losses(record);
  record_incidents(record);
}

// What was in a lost server was counted as answered when it arrived, because its end was known
// then; what was to be sent again to it, as on its way. Their latencies stay in the distribution.
void Surroundings::record_losses(measure::Record& record) const {
  std::int64_t on_the_way = 0;
  for (const Change& change : changes_) on_the_way += change.moved.requests_lost;
  measure::Ledger& ledger = record.ledgers[layout_.operation];
  ledger.in_flight -= on_the_way;
  ledger.answered -= queued_lost_;
  ledger.lost += on_the_way + queued_lost_;
  record.checks.push_back(
      measure::check_ledger(layout_.operation + ", with what lost servers took", ledger));
  record.figures.push_back({"incidents.requests-lost",
                            static_cast<double>(on_the_way + queued_lost_),
                            "requests",
                            "that waited in lost servers, or were on their way to them again",
                            {}});
}

void Surroundings::record_incidents(measure::Record& record) const {
  const measure::Series* online = nullptr;
  for (const measure::Series& series : record.series)
    if (series.name == "server.connections") online = &series;
  record.tables["incidents"] = {{"incident", "at", "servers", "connections_lost", "requests_lost",
                                 "nowhere", "back_after_s"}};
  for (const Outage& outage : outages_.all()) add_incident(outage, online, record);
}

// Incidents that begin in one second share what is lost then.
void Surroundings::add_incident(const Outage& outage, const measure::Series* online,
                                measure::Record& record) const {
  Moved moved;
  for (const Change& change : changes_)
    if (change.second == outage.from) moved = change.moved;
  std::string back_after;
  if (online != nullptr && outage.from > 0) {
    const auto from = static_cast<std::size_t>(outage.from);
    const auto& values = online->values;
    if (from <= values.size()) {
      const double wanted = values[from - 1] - (1 - nearly_all) * static_cast<double>(moved.users);
      const auto back = std::find_if(values.begin() + outage.from, values.end(),
                                     [&](double connections) { return connections >= wanted; });
      if (back != values.end())
        back_after = seconds_text(static_cast<double>(back - values.begin() + 1 - outage.from));
    }
  }
  record.tables["incidents"].push_back(
      {outage.incident, seconds_text(static_cast<double>(outage.from)),
       std::to_string(outage.servers.size()), std::to_string(moved.users),
       std::to_string(moved.requests_lost), std::to_string(moved.nowhere), back_after});
}

}  // namespace springtide::models::fleet
