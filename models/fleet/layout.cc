#include "models/fleet/layout.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "models/findings.h"
#include "models/fleet/clients/machines_layout.h"
#include "models/fleet/server_parts.h"
#include "models/fleet/unsupported.h"
#include "spec/presets.h"

namespace springtide::models::fleet {
namespace {

// What the road runs: one crowd, one access service, the link between them.
struct Parts {
  std::string clients_name, service_name, link_name;
  const spec::Clients* clients = nullptr;
  const spec::CuesPlan* plan = nullptr;
  const spec::Service* service = nullptr;
  const spec::RedPacketAccess* access = nullptr;
  const spec::Link* link = nullptr;
};

void find_clients(const spec::Scenario& scenario, Parts& parts, Diagnostics& problems) {
  if (scenario.clients.size() != 1) {
    problems.push_back(problem_at("/clients", "the fleet road has one group of clients"));
    return;
  }
  parts.clients_name = scenario.clients.begin()->first;
  parts.clients = &scenario.clients.begin()->second;
  const std::string at = "/clients/" + parts.clients_name;
  parts.plan = std::get_if<spec::CuesPlan>(&parts.clients->plan);
  if (parts.plan == nullptr)
    problems.push_back(problem_at(at + "/plan",
                                  "the fleet road runs a crowd that reacts to cues, or client "
                                  "machines with slots",
                                  "use \"cues\" or \"slots\", or \"road\": \"detailed\""));
  else if (parts.plan->cues.empty())
    problems.push_back(
        problem_at(at + "/plan/cues/cues", "no cue is on air: nobody would ever ask"));
  if (parts.clients->population <= 0)
    problems.push_back(problem_at(at + "/population", "how many users is missing"));
  if (parts.clients->phones.online > parts.clients->population)
    problems.push_back(problem_at(at + "/phones/online", "more users online than there are"));
}

void find_service(const spec::Scenario& scenario, Parts& parts, Diagnostics& problems) {
  for (const auto& [name, service] : scenario.services) {
    const auto* access = std::get_if<spec::RedPacketAccess>(&service.kind);
    if (access == nullptr) continue;
    if (parts.access != nullptr)
      problems.push_back(problem_at("/services/" + name, "the fleet road has one access service"));
    parts.service_name = name;
    parts.service = &service;
    parts.access = access;
  }
  if (parts.access == nullptr)
    problems.push_back(problem_at("/services", "the fleet road needs a red-packet access service"));
}

void find_link(const spec::Scenario& scenario, Parts& parts, Diagnostics& problems) {
  for (const auto& [name, link] : scenario.links)
    if (parts.link == nullptr && link.from == parts.clients_name &&
        (link.to == parts.service_name || link.to == parts.service->on)) {
      parts.link_name = name;
      parts.link = &link;
    }
  if (parts.link == nullptr)
    problems.push_back(problem_at("/links", "no link joins the clients to the access service"));
}

std::vector<std::pair<std::string, spec::Cluster>> clusters_of(const spec::Scenario& scenario,
                                                               const Parts& parts) {
  std::vector<std::pair<std::string, spec::Cluster>> clusters(scenario.clusters.begin(),
                                                              scenario.clusters.end());
  if (clusters.empty())
    clusters.push_back({"all",
                        {.site = "",
                         .carrier = "",
                         .servers = scenario.nodes.at(parts.service->on).count,
                         .node = "",
                         .bandwidth = {}}});
  for (auto& [_, cluster] : clusters)
    if (cluster.node.empty()) cluster.node = parts.service->on;
  return clusters;
}

// What a server can take off the wire: its card, its own way to the clients, its even share of its
// cluster's link stand one behind the other, so the narrowest decides.
std::optional<BitRate> narrowest(const spec::NetworkCard& card, const spec::Link& link,
                                 const spec::Cluster& cluster) {
  std::optional<BitRate> share = cluster.bandwidth;
  if (share) share->bits_per_second /= static_cast<double>(cluster.servers);
  std::optional<BitRate> least;
  for (const std::optional<BitRate>& one : {card.bandwidth, link.bandwidth, share})
    if (one && (!least || *one < *least)) least = one;
  return least;
}

class Builder {
 public:
  Builder(const spec::Scenario& scenario, const Parts& parts, std::uint64_t seed, Layout& layout)
      : scenario_(scenario), parts_(parts), seed_(seed), layout_(layout) {}

  void build(Diagnostics& problems) {
    layout_.operation = parts_.clients->asks;
    layout_.population = parts_.clients->population;
    const std::int64_t online = parts_.clients->phones.online;
    layout_.online = online > 0 ? online : layout_.population;
    layout_.plan = std::make_shared<workload::CrowdPlan>(*parts_.plan, parts_.clients->phones);
    const auto clusters = clusters_of(scenario_, parts_);
    const std::vector<double> weights = weights_of(clusters, problems);
    if (!problems.empty()) return;
    double sum = 0, before = 0;
    for (const auto& [_, cluster] : clusters)
      servers_ += static_cast<std::uint32_t>(cluster.servers);
    for (std::size_t c = 0; c < clusters.size(); ++c)
      sum += weights[c] * static_cast<double>(clusters[c].second.servers);
    for (std::size_t c = 0; c < clusters.size(); ++c) {
      const auto& [name, cluster] = clusters[c];
      ClusterLayout made{name,
                         cluster.site,
                         cluster.carrier,
                         static_cast<std::uint32_t>(layout_.servers.size()),
                         static_cast<std::uint32_t>(cluster.servers),
                         0,
                         cluster.bandwidth};
      for (std::int64_t i = 0; i < cluster.servers; ++i) {
        const double after = before + weights[c] / sum;
        add_server(c, made, i, before, after);
        before = after;
      }
      layout_.cores += made.cores;
      layout_.clusters.push_back(made);
    }
    for (const ServerLayout& server : layout_.servers)
      if (server.crowd.users >= workload::max_local_users) {
        problems.push_back(problem_at("/clients/" + parts_.clients_name + "/population",
                                      fmt::format("a server would have {} users; this model knows "
                                                  "less than {} a server",
                                                  server.crowd.users, workload::max_local_users)));
        return;
      }
  }

 private:
  // Of one server of each cluster: its share of the users.
  std::vector<double> weights_of(const std::vector<std::pair<std::string, spec::Cluster>>& clusters,
                                 Diagnostics& problems) const {
    const auto& shares = parts_.clients->phones.carriers;
    std::map<std::string, double> servers;
    for (const auto& [_, cluster] : clusters)
      servers[cluster.carrier] += static_cast<double>(cluster.servers);
    for (const auto& [carrier, _] : shares)
      if (servers.count(carrier) == 0)
        problems.push_back(
            problem_at("/clients/" + parts_.clients_name + "/phones/carriers/" + carrier,
                       "no cluster serves this carrier's users"));
    std::vector<double> weights;
    for (const auto& [name, cluster] : clusters) {
      const auto share = shares.find(cluster.carrier);
      if (!shares.empty() && share == shares.end())
        problems.push_back(
            problem_at("/clusters/" + name + "/carrier", "this carrier has no share of the users"));
      weights.push_back(shares.empty() || share == shares.end()
                            ? 1
                            : share->second.value / servers[cluster.carrier]);
    }
    return weights;
  }

  static std::int64_t part(std::int64_t whole, double share) {
    return static_cast<std::int64_t>(static_cast<double>(whole) * std::min(share, 1.0) + 0.5);
  }

  void add_server(std::size_t number, ClusterLayout& cluster, std::int64_t i, double before,
                  double after) {
    const auto all = static_cast<std::uint32_t>(layout_.servers.size());
    ServerLayout made;
    made.cluster = number;
    const std::size_t width = std::to_string(cluster.servers - 1).size();
    made.label = fmt::format("{}/{:0{}}", cluster.name, i, width);
    made.first_user = part(layout_.population, before);
    made.crowd.seed = seed_;
    made.crowd.server = all;
    made.crowd.users =
        static_cast<std::uint32_t>(part(layout_.population, after) - made.first_user);
    made.crowd.online = static_cast<std::uint32_t>(std::min<std::int64_t>(
        part(layout_.online, after) - part(layout_.online, before), made.crowd.users));
    made.crowd.connections = parts_.access->connections;
    made.server =
        server_spec(all, clusters_of(scenario_, parts_)[number].second, made.crowd.online);
    cluster.cores += made.server.runtime.cores;
    layout_.servers.push_back(std::move(made));
  }

  ServerSpec server_spec(std::uint32_t number, const spec::Cluster& cluster, std::int64_t online) {
    const std::string& node_name = cluster.node;
    const spec::Node& node = scenario_.nodes.at(node_name);
    const spec::Runtime runtime = spec::runtime_of(scenario_, node);
    ServerSpec made;
    made.number = number;
    made.seed = seed_;
    made.service = *parts_.access;
    made.network_card = node.network_card;
    made.network_card.bandwidth = narrowest(node.network_card, *parts_.link, cluster);
    made.link = *parts_.link;
    made.pools = scenario_.packets;
    made.servers = servers_;
    made.clock_offset = clock_offset(node.clock, number);
    made.runtime = runtime_spec(runtime, node, number, online);
    Stream speeds(seed_, "fleet/speed", number);
    slow_down(made, 1 + node.speed_spread.value * (2 * speeds.uniform() - 1));
    made.way = way_of(node_name, runtime.go.thread_wake);
    for (const auto& [_, incident] : scenario_.incidents)
      if (incident.enabled && incident.kind == spec::Incident::Kind::standstill &&
          incident.node == node_name && incident.index == index_of(node_name))
        made.runtime.stills.push_back(
            {Instant{incident.at.ns}, Instant{incident.at.ns} + incident.length});
    std::sort(made.runtime.stills.begin(), made.runtime.stills.end());
    ++machines_[node_name];
    return made;
  }

  RuntimeSpec runtime_spec(const spec::Runtime& runtime, const spec::Node& node,
                           std::uint32_t number, std::int64_t online) const {
    const std::int64_t cores = runtime.go.processors > 0 ? runtime.go.processors : node.cores;
    RuntimeSpec made =
        make_runtime(*parts_.access, runtime.go, cores, scenario_.packets.size(), online);
    made.seed = seed_;
    made.server = number;
    made.collects = runtime.preset != "threads";
    return made;
  }

  Duration clock_offset(const spec::Clock& clock, std::uint32_t number) const {
    Stream stream(seed_, "fleet/clock", number);
    const Duration error = clock.error.sample(stream);
    return clock.error_either_sign && stream.chance(0.5) ? -error : error;
  }

  static void slow_down(ServerSpec& server, double factor) {
    spec::RedPacketAccess& service = server.service;
    spec::GoRuntime& go = server.runtime.go;
    for (Duration* cost :
         {&service.reader_segment, &service.worker_segment, &service.open_box_segment,
          &service.generator_segment, &service.login_segment, &service.empty_read_system_call,
          &service.write_system_call, &go.switch_cost, &go.stack_scan, &go.reset_loop,
          &go.root_check_loop, &go.barrier_loop, &go.assist_wake})
      cost->ns = static_cast<std::int64_t>(static_cast<double>(cost->ns) * factor + 0.5);
    if (go.mark_rate.count > 0)
      go.mark_rate.count =
          static_cast<std::int64_t>(static_cast<double>(go.mark_rate.count) / factor);
  }

  std::shared_ptr<const Way> way_of(const std::string& node, const Distribution& wake) {
    std::shared_ptr<const Way>& way = ways_[node];
    if (way == nullptr) way = std::make_shared<Way>(make_way(*parts_.link, wake));
    return way;
  }

  std::int64_t index_of(const std::string& node) const {
    const auto found = machines_.find(node);
    return found == machines_.end() ? 0 : found->second;
  }

  const spec::Scenario& scenario_;
  const Parts& parts_;
  std::uint64_t seed_;
  Layout& layout_;
  std::map<std::string, std::shared_ptr<const Way>> ways_;  // by kind of machine
  std::uint32_t servers_ = 0;
  std::map<std::string, std::int64_t> machines_;  // of each kind, so far
};

}  // namespace

Result<Layout> lay_out(const spec::Scenario& scenario, std::uint64_t seed) {
  if (has_client_machines(scenario)) return lay_out_machines(scenario, seed);
  Parts parts;
  Diagnostics problems;
  find_clients(scenario, parts, problems);
  find_service(scenario, parts, problems);
  if (parts.service != nullptr) find_link(scenario, parts, problems);
  if (!problems.empty()) return problems;
  problems = unsupported(scenario, {parts.clients_name, parts.service_name, parts.link_name});
  if (!problems.empty()) return problems;
  Layout layout;
  Builder(scenario, parts, seed, layout).build(problems);
  if (!problems.empty()) return problems;
  return layout;
}

}  // namespace springtide::models::fleet
