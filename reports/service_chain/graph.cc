#include "reports/service_chain/graph.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include <fmt/format.h>

#include "reports/rows.h"

namespace springtide::reports {
namespace {

constexpr std::size_t fewest_of_family = 3;

bool digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

long long first_number(const std::string& name) {
  const auto at = std::find_if(name.begin(), name.end(), digit);
  return at == name.end() ? 0 : std::atoll(&*at);
}

// "component-{1..104}"
std::string family_name(const std::string& family, const std::vector<std::string>& members) {
  long long low = first_number(members.front()), high = low;
  for (const std::string& member : members) {
    low = std::min(low, first_number(member));
    high = std::max(high, first_number(member));
  }
  std::string name = family;
  name.replace(name.find('#'), 1, fmt::format("{{{}..{}}}", low, high));
  return name;
}

class Builder {
 public:
  explicit Builder(const measure::Record& record)
      : edges_(record, "call-graph"), services_(record, "services"), queues_(record, "queues") {}

  ServiceGraph build() {
    find_families();
    for (std::size_t i = 0; i < edges_.size(); ++i) add_edge(i);
    for (std::size_t i = 0; i < services_.size(); ++i) add_service(i);
    for (std::size_t i = 0; i < queues_.size(); ++i) add_queue(i);
    return std::move(graph_);
  }

 private:
  void find_families() {
    for (std::size_t i = 0; i < edges_.size(); ++i)
      for (const char* end : {"from", "to"}) names_.insert(edges_.text(i, end));
    std::map<std::string, std::vector<std::string>> families;
    for (const std::string& name : names_)
      if (const std::string family = family_of(name); family != name)
        families[family].push_back(name);
    for (const auto& [family, members] : families) {
      if (members.size() < fewest_of_family) continue;
      const std::string shown = family_name(family, members);
      for (const std::string& member : members) family_of_[member] = shown;
      members_[shown] = members;
    }
  }

  std::string shown(const std::string& name) const {
    const auto found = family_of_.find(name);
    return found == family_of_.end() ? name : found->second;
  }

  // Clients and caches may have the name of a service.
  std::size_t node(const std::string& name, GraphNode::Kind kind) {
    const bool called = kind == GraphNode::Kind::service || kind == GraphNode::Kind::queue;
    const Key key{called ? GraphNode::Kind::service : kind, shown(name)};
    const auto [at, is_new] = known_.try_emplace(key, graph_.nodes.size());
    if (is_new) {
      GraphNode& node = graph_.nodes.emplace_back();
      node.name = key.second;
      node.kind = kind;
      if (const auto family = members_.find(node.name); family != members_.end())
        node.members = family->second.size();
    }
    return at->second;
  }

  static GraphNode::Kind kind_of_caller(const std::string& edge) {
    if (edge == "asks") return GraphNode::Kind::clients;
    if (edge == "fetch") return GraphNode::Kind::cache;
    return edge == "deliver" ? GraphNode::Kind::queue : GraphNode::Kind::service;
  }
  static GraphNode::Kind kind_of_callee(const std::string& edge) {
    if (edge == "look-up") return GraphNode::Kind::cache;
    return edge == "put" ? GraphNode::Kind::queue : GraphNode::Kind::service;
  }

  void add_edge(std::size_t row) {
    const std::string kind = edges_.text(row, "kind");
    const std::size_t from = node(edges_.text(row, "from"), kind_of_caller(kind));
    const std::size_t to = node(edges_.text(row, "to"), kind_of_callee(kind));
    const bool one_way = kind == "one-way", by_queue = kind == "put" || kind == "deliver";
    auto edge = std::find_if(graph_.edges.begin(), graph_.edges.end(), [&](const GraphEdge& e) {
      return e.from == from && e.to == to && e.one_way == one_way;
    });
    if (edge == graph_.edges.end())
      edge = graph_.edges.insert(edge, {from, to, 0, 0, 0, one_way, by_queue});
    edge->calls += static_cast<double>(edges_.count(row, "calls"));
    edge->answered += static_cast<double>(edges_.count(row, "answered"));
    edge->per_second += edges_.number(row, "calls_per_s");
  }

  // "web.east" is the service web in the site east.
  std::string without_site(std::string name) const {
    while (!names_.contains(name)) {
      const std::size_t dot = name.rfind('.');
      if (dot == std::string::npos) return {};
      name.resize(dot);
    }
    return name;
  }

  void add_service(std::size_t row) {
    const std::string name = services_.text(row, "service");
    const auto known = known_.find({GraphNode::Kind::service, shown(without_site(name))});
    if (known == known_.end()) return;  // nobody calls it
    GraphNode& node = graph_.nodes[known->second];
    node.arrived += static_cast<double>(services_.count(row, "arrived"));
    node.refused += static_cast<double>(services_.count(row, "turned away"));
    const double busiest = services_.number(row, "busiest");
    if (!(node.busiest >= busiest)) {
      node.busiest = busiest;
      node.utilisation = services_.number(row, "utilisation");
      node.worst = name;
    }
  }

  void add_queue(std::size_t row) {
    const auto known = known_.find({GraphNode::Kind::service, shown(queues_.text(row, "queue"))});
    if (known == known_.end()) return;
    GraphNode& node = graph_.nodes[known->second];
    node.kind = GraphNode::Kind::queue;
    node.backlog = std::max(node.backlog, queues_.number(row, "longest backlog"));
  }

  Rows edges_, services_, queues_;
  ServiceGraph graph_;
  std::set<std::string> names_;
  using Key = std::pair<GraphNode::Kind, std::string>;  // the name as it is shown
  std::map<Key, std::size_t> known_;
  std::map<std::string, std::string> family_of_;             // as it is shown, by member
  std::map<std::string, std::vector<std::string>> members_;  // by family as it is shown
};

}  // namespace

std::string family_of(const std::string& name) {
  std::string family;
  for (const char c : name)
    if (!digit(c))
      family += c;
    else if (family.empty() || family.back() != '#')
      family += '#';
  return family;
}

ServiceGraph service_graph(const measure::Record& record) { return Builder(record).build(); }

}  // namespace springtide::reports
