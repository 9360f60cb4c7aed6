// What is fetched at the cues, as series and tables. Bandwidths of a fleet are in Gbit/s.
#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "measure/checks.h"
#include "models/fleet/resources/fetches.h"

namespace springtide::models::fleet {
namespace {

constexpr double gbit_of_byte = 8e-9;

std::size_t seconds_of(const measure::Record& record) {
  return static_cast<std::size_t>(record.duration.ns / second.ns);
}

double largest(const std::vector<double>& values) {
  return values.empty() ? 0 : *std::max_element(values.begin(), values.end());
}

std::int64_t at_second(const std::vector<std::int64_t>& values, std::size_t second) {
  return second < values.size() ? values[second] : 0;
}

}  // namespace

double Fetches::carried_gbit(std::size_t way, std::size_t second) const {
  std::int64_t bytes = 0;
  for (std::size_t k = 0; k < kinds(); ++k) bytes += at_second(link(way, k).link.carried(), second);
  return static_cast<double>(bytes) * gbit_of_byte;
}

double Fetches::without_preload_gbit(std::size_t way, std::size_t second) const {
  double bytes = 0;
  for (std::size_t k = 0; k < kinds(); ++k)
    bytes += static_cast<double>(at_second(link(way, k).without_preload, second)) *
             static_cast<double>(plan_.kinds()[k].size);
  return bytes * gbit_of_byte;
}

void Fetches::record_series(measure::Record& record) const {
  const std::size_t seconds = seconds_of(record);
  measure::Series all{"resources.bandwidth", "Gbit/s", "fetched at the cues, all links together",
                      std::vector<double>(seconds, 0)};
  measure::Series without{"resources.without-preload", "Gbit/s",
                          "what would be asked for if no phone had anything beforehand",
                          std::vector<double>(seconds, 0)};
  std::vector<measure::Series> by_way;
  for (std::size_t w = 0; w < ways_.size(); ++w) {
    const std::string name = fmt::format("resources.{}.{}", ways_[w].site, ways_[w].carrier);
    by_way.push_back({name + ".bandwidth", "Gbit/s", "fetched at the cues over this link", {}});
    by_way.push_back({name + ".without-preload",
                      "Gbit/s",
                      "what would be asked for if no phone had anything beforehand",
                      {}});
    for (std::size_t s = 0; s < seconds; ++s) {
      by_way[2 * w].values.push_back(carried_gbit(w, s));
      by_way[2 * w + 1].values.push_back(without_preload_gbit(w, s));
      all.values[s] += by_way[2 * w].values.back();
      without.values[s] += by_way[2 * w + 1].values.back();
    }
  }
  measure::Series waiting{"resources.waiting", "fetches", "that wait at the end of the second", {}};
  for (std::size_t s = 0; s < seconds; ++s)
    waiting.values.push_back(static_cast<double>(at_second(waiting_, s)));
  record.figures.push_back({"resources.peak",
                            largest(all.values),
                            "Gbit/s",
                            "busiest second of all links together",
                            {}});
  record.figures.push_back({"resources.peak-without-preload",
                            largest(without.values),
                            "Gbit/s",
                            "the same if no phone had anything beforehand",
                            {}});
  record.series.push_back(std::move(all));
  record.series.push_back(std::move(without));
  for (measure::Series& series : by_way) record.series.push_back(std::move(series));
  record.series.push_back(std::move(waiting));
}

void Fetches::record_push(measure::Record& record) const {
  auto& table = record.tables["resources-push"];
  table = {{"resource", "count", "bytes_each", "wanted_TB", "pushed_TB", "share_%", "days"}};
  double pushed = 0;
  for (const ResourceKind& kind : plan_.kinds()) {
    const Push& push = kind.push;
    pushed += push.pushed_bytes;
    table.push_back({kind.name, std::to_string(kind.count), std::to_string(kind.size),
                     fmt::format("{:.3f}", push.wanted_bytes * 1e-12),
                     fmt::format("{:.3f}", push.pushed_bytes * 1e-12),
                     fmt::format("{:.3f}", push.share * 100),
                     fmt::format("{:.3f}", push.seconds / 86'400)});
  }
  record.figures.push_back({"resources.pushed", pushed, "bytes", "to phones before the night", {}});
}

// A row a cue: what was asked from it until the next one, and until when the last had it.
void Fetches::record_cues(measure::Record& record) const {
  auto& table = record.tables["resources-cues"];
  table = {{"cue", "at", "fetches", "asked_GB", "without_preload_GB", "peak_Gbit_per_s",
            "last_has_it_s"}};
  for (std::size_t c = 0; c < cues_.size(); ++c) {
    const auto from = static_cast<std::size_t>(cues_[c].at.ns / second.ns);
    const std::size_t to = c + 1 < cues_.size()
                               ? static_cast<std::size_t>(cues_[c + 1].at.ns / second.ns)
                               : static_cast<std::size_t>(reached_);
    std::int64_t fetches = 0;
    double bytes = 0, without = 0, peak = 0, last = 0;
    for (std::size_t s = from; s < to; ++s) {
      double gbit = 0;
      for (std::size_t w = 0; w < ways_.size(); ++w) {
        gbit += carried_gbit(w, s);
        without += without_preload_gbit(w, s) / gbit_of_byte;
        for (std::size_t k = 0; k < kinds(); ++k) {
          const std::int64_t asked = at_second(link(w, k).asked, s);
          fetches += asked;
          bytes += static_cast<double>(asked) * static_cast<double>(plan_.kinds()[k].size);
        }
      }
      peak = std::max(peak, gbit);
      if (gbit > 0) last = static_cast<double>(s + 1) - cues_[c].at.since_start().seconds();
    }
    table.push_back({cues_[c].name, fmt::format("{:.3f}", cues_[c].at.since_start().seconds()),
                     std::to_string(fetches), fmt::format("{:.3f}", bytes * 1e-9),
                     fmt::format("{:.3f}", without * 1e-9), fmt::format("{:.3f}", peak),
                     fmt::format("{:.3f}", last)});
  }
}

void Fetches::record_totals(measure::Record& record) const {
  record.series.push_back(without_pictures_.to_series("resources.shakes-without", "requests/s",
                                                      "of users who wait for a resource",
                                                      seconds_of(record)));
  measure::Histogram& waits = record.distributions["resources.wait"];
  measure::Int128 asked = 0, carried = 0;
  std::int64_t fetches = 0, waiting = 0;
  for (std::size_t i = 0; i < links_.size(); ++i) {
    const Link& link = links_[i];
    waits.merge(link.link.waits());
    waiting += link.link.fetches_waiting();
    for (const std::int64_t count : link.asked) {
      fetches += count;
      asked += static_cast<measure::Int128>(count) * plan_.kinds()[i % kinds()].size;
    }
    for (const std::int64_t bytes : link.link.carried()) carried += bytes;
    carried += link.link.backlog();
  }
  record.checks.push_back(measure::check_count("resources: every fetch is there or waits",
                                               waits.count() + waiting, fetches));
  record.checks.push_back({"resources: bytes asked are carried or wait", asked == carried, ""});
}

void Fetches::record(measure::Record& record) const {
  record_series(record);
  record_push(record);
  record_cues(record);
  record_totals(record);
}

}  // namespace springtide::models::fleet
