#include "models/station/layout.h"

#include <cmath>

#include <fmt/format.h>

#include "models/station/cells.h"
#include "models/station/limits.h"

namespace springtide::models::station {
namespace {

// One end of a link names a group of clients or a service, or the node that it is on.
bool names(const std::string& end, const std::string& name, const std::string& node) {
  return end == name || (!node.empty() && end == node);
}

struct Place {
  std::string name, node;
};

const spec::Link* link_between(const spec::Scenario& scenario, const Place& x, const Place& y) {
  const spec::Link* by_node = nullptr;
  for (const auto& [_, link] : scenario.links) {
    const bool there = names(link.from, x.name, x.node) && names(link.to, y.name, y.node);
    const bool back = names(link.from, y.name, y.node) && names(link.to, x.name, x.node);
    if (!there && !back) continue;
    const bool exact =
        (link.from == x.name && link.to == y.name) || (link.from == y.name && link.to == x.name);
    if (exact) return &link;
    if (by_node == nullptr) by_node = &link;
  }
  return by_node;
}

class Builder {
 public:
  explicit Builder(const spec::Scenario& scenario) : scenario_(scenario) {}

  Result<Layout> build() {
    Diagnostics problems = beyond_this_world(scenario_);
    if (!problems.empty()) return problems;
    add_services();
    for (const auto& [name, clients] : scenario_.clients) add_clients(name, clients);
    if (layout_.routes > route_limit)
      return Diagnostic{"",
                        0,
                        0,
                        "/clients",
                        "clients and their calls are too many",
                        fmt::format("at most {}", route_limit),
                        fmt::to_string(layout_.routes),
                        ""};
    number_levels();
    assign_cells();
    problems = endless_loops(layout_);
    if (!problems.empty()) return problems;
    return std::move(layout_);
  }

 private:
  void add_services() {
    for (const auto& [name, service] : scenario_.services) {
      number_of_[name] = layout_.services.size();
      layout_.services.push_back({name,
                                  &std::get<spec::Station>(service.kind),
                                  scenario_.nodes.at(service.on).workers,
                                  {},
                                  0});
    }
  }

  Place place(std::size_t service) const {
    const std::string& name = layout_.services[service].name;
    return {name, scenario_.services.at(name).on};
  }

  void add_clients(const std::string& name, const spec::Clients& clients) {
    ClientLayout client;
    client.name = name;
    client.clients = &clients;
    client.closed = std::holds_alternative<spec::ClosedPlan>(clients.plan);
    for (const spec::Call& call : scenario_.operations.at(clients.asks).calls)
      client.services.push_back(number_of_.at(call.service));
    client.first = static_cast<Route>(layout_.routes);
    layout_.routes += client.services.size();
    Place at{name, clients.on};
    for (const std::size_t service : client.services) {
      client.onward.push_back(link_between(scenario_, at, place(service)));
      at = place(service);
      client.back.push_back(link_between(scenario_, at, {name, clients.on}));
    }
    client.onward.push_back(client.back.back());
    layout_.clients.push_back(std::move(client));
  }

  void number_levels() {
    for (const ClientLayout& client : layout_.clients)
      for (const std::size_t service : client.services)
        layout_.services[service].levels[client.clients->priority] = 0;
    for (ServiceLayout& service : layout_.services) {
      std::uint32_t level = 0;
      for (auto& [_, number] : service.levels) number = level++;
    }
  }

  // Vertices: senders, then receivers, then services. Closed clients send what they receive.
  void assign_cells() {
    const std::size_t count = layout_.clients.size();
    std::vector<std::vector<std::size_t>> edges(2 * count + layout_.services.size());
    for (std::size_t k = 0; k < count; ++k) {
      const ClientLayout& client = layout_.clients[k];
      std::size_t at = k;
      for (const std::size_t service : client.services) {
        edges[at].push_back(2 * count + service);
        at = 2 * count + service;
        edges[at].push_back(count + k);
      }
      if (client.closed) edges[count + k].push_back(k);
    }
    const Components components = connected_components(edges);
    layout_.cells = components.count;
    for (std::size_t k = 0; k < count; ++k) {
      layout_.clients[k].sender_cell = components.of[k];
      layout_.clients[k].receiver_cell = components.of[count + k];
    }
    for (std::size_t i = 0; i < layout_.services.size(); ++i)
      layout_.services[i].cell = components.of[2 * count + i];
  }

  const spec::Scenario& scenario_;
  Layout layout_;
  std::map<std::string, std::size_t> number_of_;
};

}  // namespace

bool is_station_scenario(const spec::Scenario& scenario) {
  for (const auto& [_, service] : scenario.services)
    if (!std::holds_alternative<spec::Station>(service.kind)) return false;
  return true;
}

Result<Layout> lay_out(const spec::Scenario& scenario) { return Builder(scenario).build(); }

}  // namespace springtide::models::station
