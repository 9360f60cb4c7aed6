#include "models/fleet/results/estimates.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "measure/statistics/estimates.h"

namespace springtide::models::fleet {
namespace {

using measure::Interval;

bool is_of_single_servers(std::string_view name) {
  return name == "server.peak-second" || name.ends_with(".hottest") || name.ends_with(".coldest");
}

// What needs no server to be simulated, or is of the servers simulated alone.
bool is_exact(std::string_view name) {
  return name.starts_with("control.") || name.starts_with("chain.") || name == "resources.pushed" ||
         name == "server.count" || is_of_single_servers(name);
}

class Estimates {
 public:
  Estimates(const Sums& sums, std::int64_t seconds, measure::Record& record)
      : sums_(sums), strata_(sums.sample().strata()), seconds_(seconds), record_(record) {
    for (const Sample::Kind& kind : sums.sample().kinds)
      order_.insert(order_.end(), kind.servers.begin(), kind.servers.end());
    rows().push_back({"what", "estimate", "low_95", "high_95", "unit"});
  }

  using Value = std::function<double(std::uint32_t)>;  // of a server

  void total(const std::string& name, const std::string& unit, const Value& value) {
    add(name, unit, 0, strata_.total_interval(values_of(value), estimate_level));
  }

  // In percent of the total of another value; of nothing nothing is said.
  void share(const std::string& name, const Value& part, const Value& whole) {
    const std::vector<double> by = values_of(whole);
    if (!(strata_.total(by) > 0)) return;
    Interval share = strata_.ratio_interval(values_of(part), by, estimate_level);
    share.low = std::clamp(share.low, 0.0, 1.0);
    share.high = std::clamp(share.high, 0.0, 1.0);
    add(name, "%", 4, {100 * share.low, 100 * share.high, 100 * share.center, share.samples});
  }

  // The most that was sent to all servers in so many seconds in a row.
  void busiest(const std::string& name, const std::string& unit, std::int64_t window) {
    if (seconds_ < window) return;
    std::vector<double> sums(order_.size(), 0);
    const auto fill = [&](std::size_t at, std::span<double> values) {
      for (std::size_t i = 0; i < order_.size(); ++i) {
        const std::vector<std::uint32_t>& requests = sums_.observed(order_[i]).requests;
        const std::size_t last = at + static_cast<std::size_t>(window) - 1;
        if (at == 0)
          for (std::size_t s = 0; s < last; ++s) sums[i] += requests[s];
        else
          sums[i] -= requests[at - 1];
        sums[i] += requests[last];
        values[i] = sums[i];
      }
    };
    const auto instants = static_cast<std::size_t>(seconds_ - window + 1);
    add(name, unit, 0, strata_.largest_interval(instants, fill, estimate_level));
  }

  void quantiles(const std::string& name) {
    std::vector<measure::Histogram> latencies;
    for (const std::uint32_t server : order_) latencies.push_back(sums_.observed(server).latency);
    for (const auto& [suffix, p] :
         {std::pair{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}}) {
      const Interval at = strata_.quantile_interval(latencies, p, estimate_level);
      if (std::isnan(at.center)) continue;
      add(name + "." + suffix, "ms", 3,
          {at.low * 1e-6, at.high * 1e-6, at.center * 1e-6, at.samples});
    }
  }

 private:
  std::vector<std::vector<std::string>>& rows() { return record_.tables[measure::estimates_table]; }
  std::vector<double> values_of(const Value& value) const {
    std::vector<double> values;
    for (const std::uint32_t server : order_) values.push_back(value(server));
    return values;
  }
  void add(const std::string& name, const std::string& unit, int digits, const Interval& interval) {
    const auto text = [&](double value) {
      return std::isfinite(value) ? fmt::format("{:.{}f}", value, digits) : std::string("?");
    };
    rows().push_back({name, text(interval.center), text(interval.low), text(interval.high), unit});
  }

  const Sums& sums_;
  measure::StratifiedSample strata_;
  std::int64_t seconds_;
  measure::Record& record_;
  std::vector<std::uint32_t> order_;  // servers, kind after kind
};

void estimate_requests(const Layout& layout, const Sums& sums, Estimates& out) {
  const auto of = [&](std::int64_t ServerSums::*count) {
    return [&sums, count](std::uint32_t s) { return static_cast<double>(sums.server(s).*count); };
  };
  const std::string& name = layout.operation;
  out.total("client.total", "requests", of(&ServerSums::requests));
  out.busiest("client.peak-second", "requests/s", 1);
  out.busiest("client.peak-minute", "requests", 60);
  out.total(name + ".answered", "requests", [&](std::uint32_t s) {
    const ServerSums& own = sums.server(s);
    return static_cast<double>(own.read - own.refused - own.dropped);
  });
  out.total(name + ".refused", "requests", of(&ServerSums::refused));
  out.share(name + ".refused.rate", of(&ServerSums::refused), of(&ServerSums::requests));
  out.total(name + ".dropped", "requests", of(&ServerSums::dropped));
  out.total(name + ".lost", "requests",
            [&](std::uint32_t s) { return static_cast<double>(sums.observed(s).given_up); });
}

void estimate_servers(const Layout& layout, const Sums& sums, std::int64_t seconds,
                      Estimates& out) {
  out.share(
      "server.busy", [&](std::uint32_t s) { return static_cast<double>(sums.server(s).busy_ns); },
      [&](std::uint32_t s) {
        return static_cast<double>(layout.servers[s].server.runtime.cores) *
               static_cast<double>(seconds) * 1e9;
      });
  out.total("server.cycles", "cycles",
            [&](std::uint32_t s) { return static_cast<double>(sums.server(s).cycles); });
  out.total("network.retransmissions", "packets",
            [&](std::uint32_t s) { return static_cast<double>(sums.observed(s).lost); });
  out.total("packets.issued", "packets",
            [&](std::uint32_t s) { return static_cast<double>(sums.server(s).packets.issued); });
  out.total("packets.received", "packets",
            [&](std::uint32_t s) { return static_cast<double>(sums.server(s).packets.won); });
}

}  // namespace

void write_estimates(const Layout& layout, const Sums& sums, std::int64_t seconds,
                     measure::Record& record) {
  Estimates out(sums, seconds, record);
  estimate_requests(layout, sums, out);
  out.quantiles(layout.operation + ".latency");
  estimate_servers(layout, sums, seconds, out);
}

void mark_estimates(const Sample& sample, measure::Record& record) {
  std::size_t all = 0;
  for (const Sample::Kind& kind : sample.kinds) all += static_cast<std::size_t>(kind.all);
  record.tables[measure::sample_table] = {
      {"estimated"},
      {fmt::format("from {} of {} servers, {} of each kind", sample.servers.size(), all,
                   sample.of_each)}};
  for (measure::Series& series : record.series)
    if (!is_exact(series.name)) series.about += " (estimated)";
  for (measure::Figure& figure : record.figures) {
    if (!is_exact(figure.name)) figure.about += " (estimated)";
    if (is_of_single_servers(figure.name)) figure.about += " (of those simulated)";
  }
  for (measure::Grid& grid : record.grids) grid.about += " (of those simulated)";
}

}  // namespace springtide::models::fleet
