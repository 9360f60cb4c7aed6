#include "models/fleet/margins/margins.h"

#include <algorithm>
#include <functional>
#include <string>

#include <fmt/format.h>

#include "models/fleet/margins/breaking_point.h"
#include "theory/fluid.h"

namespace springtide::models::fleet {
namespace {

class Margins {
 public:
  Margins(const spec::Scenario& scenario, const Layout& layout, const Sums& sums,
          measure::Record& record)
      : scenario_(scenario), layout_(layout), sums_(sums), record_(record) {}

  void connections() {
    const std::uint32_t s = most([&](std::uint32_t i) { return sums_.server(i).most_online; });
    link("connections", "connections", static_cast<double>(sums_.server(s).most_online),
         static_cast<double>(spec_of(s).service.connections),
         fmt::format("limit of a server; {} has most", layout_.servers[s].label));
  }

  void network_card() {
    const std::uint32_t s = most([&](std::uint32_t i) { return sums_.server(i).most_packets; });
    if (!spec_of(s).network_card.packet_rate) return;
    link("network-card", "packets/s", static_cast<double>(sums_.server(s).most_packets),
         spec_of(s).network_card.packet_rate->per_second,
         fmt::format("packet rate of the card; most in a second came to {}",
                     layout_.servers[s].label));
  }

  void cores() {
    const auto busy = [&](std::uint32_t i) {
      return static_cast<double>(sums_.server(i).most_busy_ns) * 1e-9;
    };
    const std::uint32_t s = most(
        [&](std::uint32_t i) { return busy(i) / static_cast<double>(spec_of(i).runtime.cores); });
    link("cores", "cores", busy(s), static_cast<double>(spec_of(s).runtime.cores),
         fmt::format("cores, all busy; {} is fullest", layout_.servers[s].label));
  }

  void refusals() {
    const std::uint32_t s = most([&](std::uint32_t i) { return sums_.server(i).peak; });
    link("refusals", "requests/s", static_cast<double>(sums_.server(s).peak),
         static_cast<double>(spec_of(s).service.overload_per_second),
         fmt::format("above it a server refuses; {} read most", layout_.servers[s].label));
  }

  // The server that was busiest over the run, in the busiest minute of all.
  void access_server(unsigned threads) {
    const auto thresholds = measure::parse_thresholds(scenario_.thresholds);
    const std::uint32_t s = most([&](std::uint32_t i) {
      return static_cast<double>(sums_.server(i).busy_ns) /
             static_cast<double>(spec_of(i).runtime.cores);
    });
    const JudgedMinute minute = busiest_minute();
    if (!thresholds || minute.to <= minute.from) return;
    const auto point = breaking_point(layout_, s, minute, thresholds.value(), threads);
    if (!point) return;
    const std::string& label = layout_.servers[s].label;
    const std::string about =
        point->breaks
            ? fmt::format(
                  "simulated: {} holds {:.3g} times its users in the busiest minute; {} "
                  "breaks at {:.3g} times",
                  label, point->holds, point->threshold, *point->breaks)
            : fmt::format("simulated: {} holds {:.3g} times its users, the most that was tried",
                          label, point->holds);
    const auto load = static_cast<double>(sums_.server(s).peak);
    link("access-server", "requests/s", load, load * point->holds, about);
  }

  void back_ends() {
    for (const auto& [name, service] : scenario_.services) {
      const auto* station = std::get_if<spec::Station>(&service.kind);
      const measure::Series* offered = series("backend." + name + ".offered");
      if (station == nullptr || offered == nullptr) continue;
      const double rate = static_cast<double>(scenario_.nodes.at(service.on).workers) /
                          station->time.mean_seconds();
      back_end(name, *offered, rate);
    }
  }

  // The link of static resources that was fullest.
  void resources() {
    if (scenario_.resources.empty()) return;
    double fullest = -1, load = 0, bandwidth = 0;
    std::string name;
    for (const ClusterLayout& cluster : layout_.clusters) {
      const measure::Series* carried =
          series(fmt::format("resources.{}.{}.bandwidth", cluster.site, cluster.carrier));
      double capacity = 0;
      for (const auto& [_, kind] : scenario_.resources)
        if (const auto found = kind.bandwidth.find(cluster.carrier); found != kind.bandwidth.end())
          capacity += found->second.bits_per_second * 1e-9;
      if (carried == nullptr || !(capacity > 0)) continue;
      const double most = largest(carried->values);
      if (most / capacity <= fullest) continue;
      fullest = most / capacity;
      load = most;
      bandwidth = capacity;
      name = cluster.site + ", " + cluster.carrier;
    }
    if (fullest >= 0)
      link("resources", "Gbit/s", load, bandwidth,
           fmt::format("bandwidth of the fullest link for fetches ({}); it never carries more",
                       name));
  }

 private:
  const ServerSpec& spec_of(std::uint32_t s) const { return layout_.servers[s].server; }

  template <typename Of>
  std::uint32_t most(Of of) const {
    const auto& servers = sums_.sample().servers;
    return *std::max_element(servers.begin(), servers.end(), [&](std::uint32_t x, std::uint32_t y) {
      return static_cast<double>(of(x)) < static_cast<double>(of(y));
    });
  }

  const measure::Series* series(const std::string& name) const {
    for (const measure::Series& one : record_.series)
      if (one.name == name) return &one;
    return nullptr;
  }

  static double largest(const std::vector<double>& values) {
    return values.empty() ? 0 : *std::max_element(values.begin(), values.end());
  }

  // The mean of the busiest so many seconds in a row, and where they begin.
  static std::pair<double, std::size_t> busiest(const std::vector<double>& values,
                                                std::size_t window) {
    window = std::min(window, values.size());
    double sum = 0, most = -1;
    std::size_t at = 0;
    for (std::size_t s = 0; s < values.size(); ++s) {
      sum += values[s];
      if (s >= window) sum -= values[s - window];
      if (s + 1 >= window && sum > most) most = sum, at = s + 1 - window;
    }
    return {window > 0 ? most / static_cast<double>(window) : 0, at};
  }

  JudgedMinute busiest_minute() const {
    const measure::Series* requests = series("client.requests");
    if (requests == nullptr) return {};
    const auto from = static_cast<std::int64_t>(busiest(requests->values, 60).second);
    const auto end = static_cast<std::int64_t>(requests->values.size());
    return {from, std::min(from + 60, end)};
  }

  // Of a threshold "backend.NAME.backlog max<N"; below 0: there is none.
  double backlog_bound(const std::string& name) const {
    const auto thresholds = measure::parse_thresholds(scenario_.thresholds);
    if (!thresholds) return -1;
    for (const measure::Threshold& one : thresholds.value()) {
      const bool upper = one.comparison == measure::Threshold::Comparison::less ||
                         one.comparison == measure::Threshold::Comparison::less_or_equal;
      if (one.metric == "backend." + name + ".backlog" && upper &&
          one.statistic == measure::Threshold::Statistic::maximum)
        return one.bound;
    }
    return -1;
  }

  void back_end(const std::string& name, const measure::Series& offered, double rate) {
    const double bound = backlog_bound(name);
    if (bound < 0) {
      link("backend." + name, "operations/s", busiest(offered.values, 60).first, rate,
           "workers / mean time; against the mean of its busiest minute");
      return;
    }
    const double load = largest(offered.values);
    const double factor = load > 0 ? load_of_backlog(offered.values, rate, bound) : 0;
    link("backend." + name, "operations/s", load, load > 0 ? load * factor : rate,
         fmt::format("by theory, as a fluid: so much in the busiest second, and the rest in "
                     "proportion, leaves a backlog of {:.3g} behind {:.4g}/s",
                     bound, rate));
  }

  // How many times what was offered leaves just this backlog; to one part in a thousand.
  static double load_of_backlog(const std::vector<double>& offered, double rate, double bound) {
    const auto backlog = [&](double times) {
      std::vector<theory::RateStep> arrivals;
      for (std::size_t s = 0; s < offered.size(); ++s)
        arrivals.push_back({static_cast<double>(s), offered[s] * times});
      arrivals.push_back({static_cast<double>(offered.size()), 0});
      const auto surge = theory::fluid_surge(arrivals, {{0, rate}});
      return surge ? surge->peak_backlog : 0;
    };
    double holds = 0, breaks = 1;
    while (backlog(breaks) <= bound && breaks < 1000) holds = breaks, breaks *= 2;
    while (breaks - holds > 1e-3 * breaks) {
      const double middle = (holds + breaks) / 2;
      (backlog(middle) <= bound ? holds : breaks) = middle;
    }
    return holds;
  }

  void link(const std::string& name, const std::string& unit, double load, double capacity,
            const std::string& about) {
    const bool has_run = record_.duration.ns > 0;  // else only names are wanted
    if (!(capacity > 0) || (has_run && !(load > 0))) return;
    record_.figures.push_back({"chain." + name + ".capacity", capacity, unit, about, {}});
    record_.figures.push_back({"chain." + name + ".load", load, unit, "the most", {}});
  }

  const spec::Scenario& scenario_;
  const Layout& layout_;
  const Sums& sums_;
  measure::Record& record_;
};

}  // namespace

void record_margins(const spec::Scenario& scenario, const Layout& layout, const Sums& sums,
                    bool simulate, unsigned threads, measure::Record& record) {
  Margins margins(scenario, layout, sums, record);
  margins.connections();
  margins.network_card();
  margins.cores();
  margins.refusals();
  const bool moves =
      std::any_of(scenario.incidents.begin(), scenario.incidents.end(), [](const auto& incident) {
        return incident.second.enabled && incident.second.kind == spec::Incident::Kind::loss;
      });
  if (simulate && !moves) margins.access_server(threads);
  margins.back_ends();
  margins.resources();
}

}  // namespace springtide::models::fleet
