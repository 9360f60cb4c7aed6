#include <algorithm>

#include <fmt/format.h>

#include "models/chain/results/parts.h"

namespace springtide::models::chain {
namespace {

// The pipes of one kind and one node, of one site or of all.
struct Flow {
  std::int64_t pipes = 0;
  PipeCounts counts;

  void add(const Devices& devices, Device kind, std::uint32_t node, std::uint32_t machines) {
    if (!devices.has(kind, node)) return;
    const PipeCounts& other = devices.counts(kind, node);
    pipes += machines;
    counts.bytes.merge(other.bytes);
    counts.busy.merge(other.busy);
    counts.bytes_total += other.bytes_total;
    counts.busy_in_window += other.busy_in_window;
  }
  void add(const PipeCounts& other) {
    ++pipes;
    counts = other;
  }
  double busy_share(std::size_t number) const {
    return static_cast<double>(counts.busy.in(number)) * 1e-9 / static_cast<double>(pipes);
  }
};

// A card, whose busier direction counts, or a disk.
class DeviceResults {
 public:
  DeviceResults(std::string name, std::vector<Flow> flows, const station::MeasuredSpan& span,
                std::size_t seconds, measure::Record& record)
      : name_(std::move(name)),
        flows_(std::move(flows)),
        span_(span),
        seconds_(seconds),
        record_(record) {}

  void add(const std::vector<std::pair<const char*, const char*>>& bytes) {
    for (std::size_t i = 0; i < flows_.size(); ++i)
      record_.series.push_back(flows_[i].counts.bytes.to_series(name_ + bytes[i].first, "bytes/s",
                                                                bytes[i].second, seconds_));
    record_.series.push_back({name_ + ".utilisation", "",
                              "Share of the second in which it was busy, in its busier direction; "
                              "mean of the machines.",
                              busy()});
    if (span_.empty() && !span_.names_only) return;
    record_.figures.push_back({name_ + ".utilisation", utilisation(), "",
                               "Share of the time in which it was busy, in its busier direction.",
                               std::nullopt});
    record_.figures.push_back({name_ + ".saturated", saturated_share(), "",
                               "Share of the seconds in which it was busy throughout.",
                               std::nullopt});
  }

  std::vector<std::string> row(const std::string& bandwidth) const {
    const std::vector<double> shares = busy();
    const double most = shares.empty() ? 0 : *std::max_element(shares.begin(), shares.end());
    std::vector<std::string> cells{name_, fmt::to_string(flows_[0].pipes), bandwidth};
    cells.push_back(fmt::to_string(flows_[0].counts.bytes_total));
    cells.push_back(flows_.size() > 1 ? fmt::to_string(flows_[1].counts.bytes_total) : "");
    cells.push_back(span_.empty() ? "" : fmt::format("{:.4f}", utilisation()));
    cells.push_back(span_.empty() ? "" : fmt::format("{:.4f}", most));
    cells.push_back(span_.empty() ? "" : saturated_share() > 0 ? "saturated" : "held");
    return cells;
  }

 private:
  std::vector<double> busy() const {
    std::vector<double> shares(seconds_);
    for (const Flow& flow : flows_)
      for (std::size_t i = 0; i < seconds_; ++i)
        shares[i] = std::max(shares[i], flow.busy_share(i));
    return shares;
  }

  double utilisation() const {
    double most = 0;
    for (const Flow& flow : flows_)
      most = std::max(most, static_cast<double>(flow.counts.busy_in_window) * 1e-9 /
                                span_.seconds() / static_cast<double>(flow.pipes));
    return most;
  }

  // The share of the window's seconds in which all machines were busy for 99 % of the time.
  double saturated_share() const {
    const std::vector<double> shares = busy();
    const auto first = static_cast<std::size_t>(span_.begin.ns / second.ns);
    if (shares.size() <= first) return 0;
    const auto full = std::count_if(shares.begin() + static_cast<std::ptrdiff_t>(first),
                                    shares.end(), [](double share) { return share >= 0.99; });
    return static_cast<double>(full) / static_cast<double>(shares.size() - first);
  }

  std::string name_;
  std::vector<Flow> flows_;
  const station::MeasuredSpan& span_;
  std::size_t seconds_;
  measure::Record& record_;
};

class AllDevices {
 public:
  AllDevices(const World& world, const station::MeasuredSpan& span, std::size_t seconds,
             measure::Record& record)
      : world_(world), span_(span), seconds_(seconds), record_(record) {}

  void add() {
    for (std::uint32_t node = 0; node < world_.plan.nodes.size(); ++node) {
      const NodePlan& plan = world_.plan.nodes[node];
      if (plan.card)
        add_device("card." + plan.name, node, {Device::card_in, Device::card_out}, *plan.card,
                   {{".in", "Bytes that its machines received."},
                    {".out", "Bytes that its machines sent."}});
      if (plan.disk)
        add_device("disk." + plan.name, node, {Device::disk}, *plan.disk,
                   {{".written", "Bytes that were written."}});
    }
    for (const Cell* cell : world_.cells)
      for (std::uint32_t to = 0; to < world_.cells.size(); ++to)
        if (const PipeCounts* counts = cell->network().link_counts(to))
          add_link(cell->site().number, to, *counts);
  }

 private:
  void add_device(const std::string& name, std::uint32_t node, const std::vector<Device>& kinds,
                  double bandwidth, const std::vector<std::pair<const char*, const char*>>& bytes) {
    add_of(name, {world_.cells.begin(), world_.cells.end()}, node, kinds, bandwidth, bytes);
    if (world_.cells.size() == 1) return;
    for (std::size_t site = 0; site < world_.cells.size(); ++site)
      if (world_.plan.nodes[node].machines[site] > 0)
        add_of(name + "." + world_.plan.sites[site], {world_.cells[site]}, node, kinds, bandwidth,
               bytes);
  }

  // One direction of a link between sites.
  void add_link(std::uint32_t from, std::uint32_t to, const PipeCounts& counts) {
    const Plan& plan = world_.plan;
    const SiteLink& link = plan.site_links[plan.ways[from][to]];
    std::vector<Flow> flows(1);
    flows[0].add(counts);
    add_flows(fmt::format("link.{}.{}-{}", link.name, plan.sites[from], plan.sites[to]),
              std::move(flows), *link.bandwidth, {{".sent", "Bytes that went over the link."}});
  }

  void add_of(const std::string& name, const std::vector<const Cell*>& cells, std::uint32_t node,
              const std::vector<Device>& kinds, double bandwidth,
              const std::vector<std::pair<const char*, const char*>>& bytes) {
    std::vector<Flow> flows(kinds.size());
    for (const Cell* cell : cells)
      for (std::size_t i = 0; i < kinds.size(); ++i)
        flows[i].add(cell->devices(), kinds[i], node,
                     world_.plan.nodes[node].machines[cell->site().number]);
    if (flows[0].pipes > 0) add_flows(name, std::move(flows), bandwidth, bytes);
  }

  void add_flows(const std::string& name, std::vector<Flow> flows, double bandwidth,
                 const std::vector<std::pair<const char*, const char*>>& bytes) {
    DeviceResults results(name, std::move(flows), span_, seconds_, record_);
    results.add(bytes);
    auto& table = record_.tables["devices"];
    if (table.empty())
      table.push_back({"device", "machines", "Mbit/s of each", "bytes in", "bytes out",
                       "utilisation", "busiest second", "state"});
    table.push_back(results.row(fmt::format("{:.0f}", bandwidth * 1e-6)));
  }

  const World& world_;
  const station::MeasuredSpan& span_;
  std::size_t seconds_;
  measure::Record& record_;
};

}  // namespace

void add_devices(const World& world, const station::MeasuredSpan& span, std::size_t seconds,
                 measure::Record& record) {
  AllDevices(world, span, seconds, record).add();
}

}  // namespace springtide::models::chain
