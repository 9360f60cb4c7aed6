#include "live/monitor/series.h"

#include <algorithm>
#include <cmath>
#include <ctime>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "live/monitor/latency.h"
#include "live/monitor/quantities.h"

namespace springtide::live::monitor {
namespace {

using wire::ProcessType;

std::string local_clock(std::int64_t unix_second) {
  const auto at = static_cast<time_t>(unix_second);
  tm parts{};
  localtime_r(&at, &parts);
  return fmt::format("{:02}:{:02}:{:02}", parts.tm_hour, parts.tm_min, parts.tm_sec);
}

bool ever_reported(const Aggregator& sums, ProcessType type) {
  return std::any_of(sums.history().begin(), sums.history().end(),
                     [type](const auto& entry) { return entry.second.of(type).has_value(); });
}

void write_series(const Aggregator& sums, measure::Record& record) {
  const std::int64_t first = sums.history().begin()->first;
  const std::int64_t last = sums.history().rbegin()->first;
  for (const Quantity& quantity : quantities()) {
    measure::Series series{quantity.name, quantity.unit, quantity.about, {}};
    for (std::int64_t second = first; second <= last; ++second)
      series.values.push_back(value_of(quantity, sums, second));
    const bool told = std::any_of(series.values.begin(), series.values.end(), [&](double value) {
      return quantity.told_by_all ? !std::isnan(value) : !std::isnan(value) && value != 0;
    });
    if (told) record.series.push_back(std::move(series));
  }
}

void write_totals(const Aggregator& sums, measure::Record& record) {
  namespace s = wire::in_second;
  const auto figure = [&](const char* name, ProcessType type, std::size_t counter, const char* unit,
                          const char* about) {
    if (!ever_reported(sums, type)) return;
    record.figures.push_back(
        {name, static_cast<double>(sums.total(type)[counter]), unit, about, {}});
  };
  figure("client.requests", ProcessType::client, s::request, "requests", "sent, in all");
  figure("client.responses", ProcessType::client, s::response, "answers", "read, in all");
  figure("client.refused", ProcessType::client, s::overload, "answers", "overload, in all");
  figure("server.requests", ProcessType::server, s::request, "requests", "read, in all");
  figure("packets.issued", ProcessType::server, s::won, "packets", "shake packets, in all");
  figure("packets.received", ProcessType::client, s::won, "packets", "shake packets, in all");
}

// The largest that a sum was: it falls when a process without an identity leaves.
void write_amounts(const Aggregator& sums, measure::Record& record) {
  namespace all = wire::since_start;
  const auto figure = [&](const char* name, ProcessType type, std::size_t one, std::size_t other,
                          const char* about) {
    std::uint64_t most = 0;
    for (const auto& [second, entry] : sums.history())
      if (const auto& of = entry.of(type))
        most = std::max(most, of->since_start[one] + of->since_start[other]);
    if (ever_reported(sums, type))
      record.figures.push_back({name, static_cast<double>(most), "cents", about, {}});
  };
  figure("packets.issued-amount", ProcessType::server, all::shake_cents_issued,
         all::sent_cents_issued, "of all packets issued, as the server reported");
  figure("packets.received-amount", ProcessType::client, all::shake_cents_received,
         all::sent_cents_received, "that clients received, as they reported");
}

void write_monitor(const Aggregator& sums, const StreamTally& streams, measure::Record& record) {
  const auto figure = [&](const char* name, std::int64_t value, const char* unit,
                          const char* about) {
    record.figures.push_back({name, static_cast<double>(value), unit, about, {}});
  };
  const Aggregator::Tally& tally = sums.tally();
  figure("monitor.records", tally.records, "reports", "taken");
  figure("monitor.late", tally.late, "reports", "of a second that had been printed; in the series");
  figure("monitor.missing", tally.missing, "reports", "that a second did not wait for any longer");
  figure("monitor.repeated", tally.repeated, "reports", "of a second that had been told; left out");
  figure("monitor.forgotten", tally.forgotten, "seconds", "for which there was no room");
  figure("monitor.streams", streams.opened, "streams", "opened");
  figure("monitor.malformed", streams.malformed, "streams", "closed because of what they sent");
  figure("monitor.refused", streams.refused, "streams", "closed at once, too many were open");
}

void write_latencies(const Aggregator& sums, measure::Record& record) {
  const wire::Counters& total = sums.total(ProcessType::client);
  if (latency_count(total) == 0) return;
  for (const auto& [name, p] : {std::pair("client.latency-p50", 0.5), {"client.latency-p99", 0.99}})
    record.figures.push_back({name,
                              latency_quantile_ms(total, p).value_or(0),
                              "ms",
                              "of all latencies, within its bucket",
                              {}});
  auto& table = record.tables["client-latencies"];
  table = {{"at_most_us", "answers"}};
  for (std::size_t i = 0; i < wire::latency_buckets; ++i)
    table.push_back(
        {i < wire::latency_bounds_us.size() ? std::to_string(wire::latency_bounds_us[i]) : "",
         std::to_string(total[wire::in_second::latency_first + i])});
}

}  // namespace

measure::Record make_record(const std::string& title, const Aggregator& sums,
                            const StreamTally& streams) {
  measure::Record record;
  record.title = title;
  if (!sums.history().empty()) {
    const std::int64_t first = sums.history().begin()->first;
    record.clock_at_start = local_clock(first);
    record.duration = second * (sums.history().rbegin()->first - first + 1);
    write_series(sums, record);
    write_totals(sums, record);
    write_amounts(sums, record);
    write_latencies(sums, record);
  }
  write_monitor(sums, streams, record);
  return record;
}

std::string scenario_text(const std::string& title) {
  return nlohmann::json{{"springtide", 1}, {"title", title}}.dump(2) + "\n";
}

}  // namespace springtide::live::monitor
